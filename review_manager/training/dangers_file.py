"""Reads stretches labelled danger or harmless (data/reviews/dangers.tsv)."""

from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.plain_text import plain

SHIPPED = Path(str(resources.files("data") / "reviews" / "dangers.tsv"))
_LABELS = {"danger": 1, "harmless": 0}


class DangerLabelError(ValueError):
    """A line of the labelled stretches cannot be read."""

    def __init__(self, file: Path, line: int, found: str) -> None:
        super().__init__(f"{file}, line {line}: {found!r} is not 'danger' or 'harmless', tab, text")


def read_dangers(file: Path = SHIPPED) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return plain texts and their labels, 1 danger or 0; DangerLabelError names the line."""
    texts, labels = [], []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            continue
        label, tab, text = line.partition("\t")
        if not tab or label not in _LABELS or not text.strip():
            raise DangerLabelError(file, number, line)
        texts.append(plain(text.strip()))
        labels.append(_LABELS[label])
    return tuple(texts), np.array(labels, np.int64)
