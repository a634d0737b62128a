"""Judges the mood of whole texts with a linear model over hashed character n-grams."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.model_file import opened
from review_manager.analysis.ngrams import BITS, Grams, hashed_grams

# Shares of known n-grams: of reviews of goods learned from nine in ten lie above the first, of
# other goods half lie between them or below.
FAMILIAR, STRANGE = 0.7, 0.6
_FORM = 1
_SMALLEST = 1e-6
_LARGEST = 500.0  # keeps exp() from overflowing


@dataclass(frozen=True)
class Heard:
    """What words say of texts; shapes (texts,).

    `margins`: below 0 negative. `strange`: how little the model knows of a text's words, from 0
    (goods like those it learned from) to 1 (two in five n-grams are new to it, or more).
    """

    margins: NDArray[np.float64]
    strange: NDArray[np.float64]

    def at(self, rows: NDArray[Any]) -> "Heard":
        """Return some of the texts."""
        return Heard(self.margins[rows], self.strange[rows])


@dataclass(frozen=True)
class PolarityModel:
    """Weights of a naive-Bayes support vector machine (Wang and Manning, 2012), one a bucket.

    The margin of a text is `sum(pull) / sqrt(sum(square)) + offset` over its n-grams: below 0 is
    negative. `slope` and `shift` turn a margin into a calibrated probability.
    """

    pull: NDArray[np.float32]
    square: NDArray[np.float32]
    offset: float
    slope: float
    shift: float

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a model that `write` stored; raises UnreadableModelError."""
        with opened(file, form=_FORM) as stored:
            bucket = stored["bucket"]
            pull, square = np.zeros(1 << BITS, np.float32), np.zeros(1 << BITS, np.float32)
            pull[bucket], square[bucket] = stored["pull"], stored["square"]
            offset, slope, shift = (float(number) for number in stored["line"])
        return cls(pull, square, offset, slope, shift)

    def write(self, file: Path) -> None:
        """Store the weights that are not zero, in half precision, unpacked: it opens faster."""
        bucket = np.flatnonzero(self.square).astype(np.uint32)
        np.savez(
            file,
            form=_FORM,
            bucket=bucket,
            pull=self.pull[bucket].astype(np.float16),
            square=self.square[bucket].astype(np.float16),
            line=np.array([self.offset, self.slope, self.shift]),
        )

    def margins(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one margin a plain text; an unreadable text (no known n-gram) has 0."""
        return self.margins_of(hashed_grams(texts))

    def hear(self, texts: Sequence[str]) -> Heard:
        """Return margins of plain texts, and how strange their words are."""
        grams = hashed_grams(texts)
        return Heard(self.margins_of(grams), self._strangeness(grams))

    def margins_of(self, grams: Grams) -> NDArray[np.float64]:
        """Return one margin a text for n-grams that are already cut."""
        norm = np.sqrt(grams.total(self.square))
        known = norm > _SMALLEST
        raw = grams.total(self.pull) / np.maximum(norm, _SMALLEST) + self.offset
        return np.where(known, raw, 0.0)

    def _strangeness(self, grams: Grams) -> NDArray[np.float64]:
        known = np.bincount(grams.text, self.square[grams.bucket] > 0, minlength=grams.count)
        return strangeness(known, grams.sizes())

    def p_negative(self, margin: float) -> float:
        """Turn a margin into the calibrated probability of being negative."""
        return 1.0 / (1.0 + math.exp(min(self.slope * margin + self.shift, _LARGEST)))


def strangeness(known: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return from 0 to 1 how strange texts are of whose n-grams so many are known."""
    share = known / np.maximum(sizes, 1)
    return np.clip((FAMILIAR - share) / (FAMILIAR - STRANGE), 0.0, 1.0)
