"""Reads stretches labelled alarm or harmless, and marks of stretches of reviews read one by one."""

import hashlib
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.alarms import Alarm
from review_manager.analysis.plain_text import plain

_FOLDER = Path(str(resources.files("data") / "reviews"))
LINES = {Alarm.SAFETY: _FOLDER / "dangers.tsv", Alarm.THREAT: _FOLDER / "threats.tsv"}
MARKS = {Alarm.SAFETY: _FOLDER / "danger_marks.tsv", Alarm.THREAT: _FOLDER / "threat_marks.tsv"}
_LABELS = {"danger": 1, "threat": 1, "harmless": 0, "unsure": -1}
UNSURE = -1


class AlarmLabelError(ValueError):
    """A line of the labelled stretches cannot be read."""

    def __init__(self, file: Path, line: int, found: str) -> None:
        expected = "'danger', 'threat' or 'harmless', tab, text"
        super().__init__(f"{file}, line {line}: {found!r} is not {expected}")


def read_lines(file: Path) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return plain texts and their labels, 1 alarm or 0; AlarmLabelError names the line."""
    rows = [(plain(text), label) for text, label in _rows(file)]
    return tuple(text for text, _ in rows), np.array([label for _, label in rows], np.int64)


def read_marks(file: Path) -> dict[str, int]:
    """Return labels (1 alarm, 0 harmless, UNSURE) by fingerprint; AlarmLabelError names the line.

    A mark tells how somebody read a stretch of a review, without repeating a word of it.
    """
    return dict(_rows(file))


def fingerprint(stretch: str) -> str:
    """Return what stands for a plain stretch in a file of marks: 16 hexadecimal digits."""
    return hashlib.blake2b(stretch.encode(), digest_size=8).hexdigest()


def _rows(file: Path) -> list[tuple[str, int]]:
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            continue
        label, tab, text = line.partition("\t")
        if not tab or label not in _LABELS or not text.strip():
            raise AlarmLabelError(file, number, line)
        rows.append((text.strip(), _LABELS[label]))
    return rows
