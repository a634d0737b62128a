"""Lets tests import the bot's own components, and reads lines with the trained bot."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bot"))  # the folder that Rasa runs in


@pytest.fixture(scope="session")
def reader() -> Iterator[Any]:
    """The reader behind `kefu bot parse`, on a model of the present files (trained if need be)."""
    from kefu.bot_lines import line_reader
    from kefu.bot_model import ensure_model

    with line_reader(ensure_model(lambda said: None)) as running:
        yield running


@pytest.fixture(scope="session")
def observe() -> Callable[..., dict[str, Any]]:
    """Runs a script of this folder in the bot's own environment; returns what it printed last."""
    from kefu.bot_environment import QUIET
    from kefu.bot_lines import PYTHON

    def run(script: str, *, seconds: float) -> dict[str, Any]:
        done = subprocess.run(
            [str(PYTHON), str(Path(__file__).with_name(script))],
            env={**os.environ, **QUIET},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


def lines_of(name: str) -> list[dict[str, Any]]:
    """Read one of the sets of labelled lines in this folder."""
    lines = (ROOT / "tests" / "bot" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def held_out() -> list[dict[str, Any]]:
    """Lines in another register than the training sentences, written before any tuning."""
    return lines_of("held_out.jsonl")


@pytest.fixture(scope="session")
def blind() -> list[dict[str, Any]]:
    """Who should answer? Near ones on either side, written before the sentences that teach it."""
    return lines_of("blind.jsonl")


@pytest.fixture(scope="session")
def blind_later() -> list[dict[str, Any]]:
    """The same question, harder, written after those sentences and before looking at answers."""
    return lines_of("blind_later.jsonl")


@pytest.fixture(scope="session")
def blind_short() -> list[dict[str, Any]]:
    """Fragments as chats have them, most for the bot; written after the last sentences."""
    return lines_of("blind_short.jsonl")


@pytest.fixture(scope="session")
def blind_long() -> list[dict[str, Any]]:
    """Long run-on lines, half of them with a danger or a threat somewhere, others calm about both.

    The first 38 were written before the sentences of their round, the other 27 after all of them.
    """
    return lines_of("blind_long.jsonl")


@pytest.fixture(scope="session")
def follow_ups() -> list[dict[str, Any]]:
    """Short lines that lean on the one before them, written before any was read."""
    return lines_of("follow_ups.jsonl")
