"""A model file of another form, or a damaged one, is refused in words that say what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from review_manager.analysis.alarm_model import AlarmModel
from review_manager.analysis.analyzer import SHIPPED_MODEL
from review_manager.analysis.aspect_model import AspectModel
from review_manager.analysis.model_file import UnreadableModelError, opened
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion

READERS: list[tuple[str, Callable[[Path], Any]]] = [
    ("polarity.npz", PolarityModel.read),
    ("second_opinion.npz", SecondOpinion.read),
    ("aspects.npz", AspectModel.read),
    ("safety.npz", AlarmModel.read),
]


def test_a_file_of_the_right_form_gives_its_tables(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    np.savez(file, form=3, numbers=np.arange(4))
    with opened(file, form=3) as tables:
        assert tables["numbers"].tolist() == [0, 1, 2, 3]


def test_a_file_without_a_form_is_of_the_first(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    np.savez(file, numbers=np.arange(2))
    with opened(file, form=1) as tables:
        assert len(tables["numbers"]) == 2
    with pytest.raises(UnreadableModelError, match="form 1, but this program reads form 2: train"):
        opened(file, form=2).__enter__()


def test_a_newer_form_asks_for_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    np.savez(file, form=9)
    with pytest.raises(UnreadableModelError, match=r"model\.npz: written in form 9.*restart"):
        opened(file, form=2).__enter__()


@pytest.mark.parametrize(("name", "read"), READERS)
def test_every_model_names_its_form_and_refuses_another(
    name: str, read: Callable[[Path], Any], tmp_path: Path
) -> None:
    read(SHIPPED_MODEL / name).write(tmp_path / name)
    with np.load(tmp_path / name, allow_pickle=False) as stored:
        tables = dict(stored)
    later = int(tables.pop("form")) + 1
    np.savez(tmp_path / name, form=later, **tables)
    with pytest.raises(UnreadableModelError, match="restart the program"):
        read(tmp_path / name)


@pytest.mark.parametrize(("name", "read"), READERS)
def test_a_file_of_another_model_is_refused(
    name: str, read: Callable[[Path], Any], tmp_path: Path
) -> None:
    form = 4 if name == "second_opinion.npz" else 1
    np.savez(tmp_path / name, form=form, other=np.zeros(2))
    with pytest.raises(UnreadableModelError, match="not a model of this kind"):
        read(tmp_path / name)


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    whole = (SHIPPED_MODEL / "safety.npz").read_bytes()
    file = tmp_path / "safety.npz"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableModelError, match="damaged"):
        AlarmModel.read(file)


def test_no_file_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PolarityModel.read(tmp_path / "polarity.npz")
