"""The shop's own model: used by whoever judges reviews, and read anew when it was trained again."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review_manager.analysis.analyzer import SHIPPED_MODEL, load
from review_manager.analysis.polarity import PolarityModel
from review_manager.intake.analysts import Analysts
from review_manager.own_model import (
    FILE,
    FOLDER,
    find_own_model,
    load_in_use,
    use_models,
)

REVIEW = ("东西收到了", None)


@pytest.fixture(autouse=True)
def models(tmp_path: Path) -> Iterator[Path]:
    """A folder of the shop's own, empty at first."""
    use_models(tmp_path)
    yield tmp_path
    use_models(None)
    load.cache_clear()


def train(models: Path, *, offset: float, written: int) -> None:
    """Store a model that leans as far as `offset` says, as `kefu reviews train` would."""
    own = models / FOLDER / FILE
    own.parent.mkdir(exist_ok=True)
    shipped = PolarityModel.read(SHIPPED_MODEL / FILE)
    replace(shipped, offset=shipped.offset + offset).write(own)
    os.utime(own, (written, written))


async def leaning() -> float:
    with Analysts(many=False) as analysts:
        (analysis,) = await analysts.analyse([REVIEW])
    return analysis.p_negative


async def test_without_one_the_shipped_model_judges(models: Path) -> None:
    assert find_own_model() is None
    assert load_in_use() is load()
    assert await leaning() == load().analyse_many([REVIEW], fast=True)[0].p_negative


async def test_an_import_is_judged_by_the_shops_own_model(models: Path) -> None:
    shipped = await leaning()
    train(models, offset=-20, written=1_000)
    assert find_own_model() == models / FOLDER
    harsh = await leaning()
    assert harsh > max(shipped, 0.9)
    train(models, offset=20, written=2_000)
    assert await leaning() < 0.1 < harsh
    shutil.rmtree(models / FOLDER)
    assert await leaning() == shipped


def test_a_folder_may_be_asked_about_without_using_it(models: Path, tmp_path: Path) -> None:
    train(models, offset=0, written=1_000)
    use_models(None)
    assert find_own_model() is None
    assert find_own_model(tmp_path) == tmp_path / FOLDER
