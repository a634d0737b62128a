"""A model is trained when its inputs change and only then; half a model is none."""

import tarfile
from pathlib import Path

import pytest

from kefu import bot_model
from kefu.bot_model import NoBotEnvironmentError, TrainingFailedError, ensure_model, inputs_hash


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small bot folder whose `rasa` is a script that the test writes."""
    for file in ("bot/config.yml", "bot/uv.lock", "bot/domain/a.yml", "data/nlu/a.yml"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a")
    monkeypatch.setattr(bot_model, "ROOT", tmp_path)
    monkeypatch.setattr(bot_model, "BOT", tmp_path / "bot")
    monkeypatch.setattr(bot_model, "MODELS", tmp_path / "bot" / "models")
    monkeypatch.setattr(bot_model, "RASA", tmp_path / "bot" / "rasa")
    return tmp_path


def _rasa(bot: Path, script: str) -> None:
    path = bot / "bot" / "rasa"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


# `rasa train ... --out FOLDER --fixed-model-name NAME`, reduced to what matters here.
TRAINS = """
while [ "$1" != "--out" ]; do shift; done
mkdir -p "$2"; echo once >> runs; tar czf "$2/$4.tar.gz" config.yml
"""


def _runs(bot: Path) -> int:
    return len((bot / "bot" / "runs").read_text().splitlines())


def test_a_model_is_trained_once(bot: Path) -> None:
    _rasa(bot, TRAINS)
    told: list[str] = []
    first = ensure_model(told.append)
    assert ensure_model(told.append) == first
    assert tarfile.is_tarfile(first)
    assert _runs(bot) == 1
    assert told == ["  unchanged since the last training"]


@pytest.mark.parametrize("file", ["bot/config.yml", "bot/domain/b.yml", "data/rules/new.yml"])
def test_a_changed_or_new_input_trains_again(bot: Path, file: str) -> None:
    _rasa(bot, TRAINS)
    first = ensure_model(print)
    (bot / file).parent.mkdir(exist_ok=True)
    (bot / file).write_text("changed")
    assert ensure_model(print) != first
    assert _runs(bot) == 2


def test_what_is_no_input_does_not_count(bot: Path) -> None:
    before = inputs_hash()
    (bot / "bot" / "domain" / "__pycache__").mkdir()
    (bot / "bot" / "domain" / "__pycache__" / "x.pyc").write_text("x")
    assert inputs_hash() == before


def test_a_cut_model_is_trained_anew(bot: Path) -> None:
    _rasa(bot, TRAINS)
    model = ensure_model(print)
    model.write_bytes(model.read_bytes()[:20])
    assert tarfile.is_tarfile(ensure_model(print))
    assert _runs(bot) == 2


def test_a_failed_training_says_what_rasa_said_and_leaves_nothing(bot: Path) -> None:
    _rasa(bot, "echo 'YamlException: line 7' >&2; exit 1")
    with pytest.raises(TrainingFailedError, match="YamlException: line 7"):
        ensure_model(print)
    assert [file.name for file in (bot / "bot" / "models").iterdir()] == ["training.log"]


def test_without_rasa_it_says_how_to_get_it(bot: Path) -> None:
    with pytest.raises(NoBotEnvironmentError, match="make setup"):
        ensure_model(print)
