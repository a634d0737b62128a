"""Reads labelled reviews from a CSV file."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.plain_text import plain


class MissingColumnError(ValueError):
    """The file of labelled reviews lacks a column."""

    def __init__(self, file: Path, column: str) -> None:
        super().__init__(f"{file}: no column {column!r} (needed: review, label)")


class LabelError(ValueError):
    """A label is neither 1 (positive) nor 0 (negative)."""

    def __init__(self, file: Path, line: int, label: str) -> None:
        super().__init__(f"{file}, line {line}: label {label!r} is neither 1 nor 0")


@dataclass(frozen=True)
class LabelledReviews:
    """Plain texts, label 1 positive or 0 negative, the category where given, and a weight each."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    categories: NDArray[np.str_]
    weights: NDArray[np.float64]

    def part(self, chosen: NDArray[np.bool_]) -> "LabelledReviews":
        """Return the rows where `chosen` is true."""
        texts = tuple(text for text, wanted in zip(self.texts, chosen, strict=True) if wanted)
        return LabelledReviews(
            texts, self.labels[chosen], self.categories[chosen], self.weights[chosen]
        )

    def followed_by(self, other: "LabelledReviews") -> "LabelledReviews":
        """Return these rows and then the rows of `other`."""
        return LabelledReviews(
            texts=self.texts + other.texts,
            labels=np.append(self.labels, other.labels),
            categories=np.append(self.categories, other.categories),
            weights=np.append(self.weights, other.weights),
        )


_LABELS = {"1": 1, "positive": 1, "0": 0, "negative": 0}


def read_reviews(file: Path) -> LabelledReviews:
    """Read columns `review`, `label` (1/0 or positive/negative) and optional `cat`.

    Raises MissingColumnError or LabelError, which name the file and what to mend.
    """
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        for column in ("review", "label"):
            if column not in (reader.fieldnames or ()):
                raise MissingColumnError(file, column)
        rows = list(reader)
    labels = [_label(file, line, row["label"]) for line, row in enumerate(rows, start=2)]
    texts = tuple(plain(row["review"] or "") for row in rows)
    categories = np.array([row.get("cat") or "" for row in rows], dtype=np.str_)
    return LabelledReviews(texts, np.array(labels, np.int64), categories, np.ones(len(rows)))


def _label(file: Path, line: int, label: str | None) -> int:
    known = _LABELS.get((label or "").strip().lower())
    if known is None:
        raise LabelError(file, line, label or "")
    return known
