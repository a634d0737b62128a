"""Scores clauses for each aspect, and which way they lean, from n-grams and lexicon cues."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.findings import Aspect
from review_manager.analysis.lexicon import Hit
from review_manager.analysis.model_file import opened
from review_manager.analysis.ngrams import BITS, Grams

ASPECTS = tuple(Aspect)
SIDE = len(ASPECTS)  # the column after the aspects: praise against complaint
CUES = 3 * len(ASPECTS) + 1  # each aspect's complaint, topic and praise; the clause's margin
_FORM = 1
_SMALLEST = 1e-6
_MARGIN_LIMIT = 2.0


@dataclass(frozen=True)
class AspectModel:
    """Logistic regressions, one column an aspect and one for the side.

    Shapes: `bucket` (grams,) sorted; `rarity` (grams,); `weight` (grams, 14); `cue` (40, 14);
    `bias` (14,).
    """

    bucket: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    weight: NDArray[np.float32]
    cue: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a model that `write` stored; raises UnreadableModelError."""
        with opened(file, form=_FORM) as stored:
            names = ("rarity", "weight", "cue", "bias")
            return cls(stored["bucket"], *(stored[name].astype(np.float32) for name in names))

    def write(self, file: Path) -> None:
        """Store the weights in half precision."""
        tables = {name: getattr(self, name) for name in ("rarity", "weight", "cue", "bias")}
        half = {name: table.astype(np.float16) for name, table in tables.items()}
        np.savez_compressed(file, form=_FORM, bucket=self.bucket, **half)

    def scores(self, grams: Grams, cues: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return log-odds, shape (clauses, 14); `cues` comes from `cue_table`."""
        row, known = self._rows(grams)
        text, rarity = grams.text[known], self.rarity[row]
        norm = np.sqrt(np.bincount(text, weights=rarity**2, minlength=grams.count))
        shares = rarity / np.maximum(norm, _SMALLEST)[text]
        table = cues @ self.cue + self.bias
        for column in range(table.shape[1]):
            weights = shares * self.weight[row, column]
            table[:, column] += np.bincount(text, weights=weights, minlength=grams.count)
        return table.astype(np.float64)

    def _rows(self, grams: Grams) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        row_of = np.full(1 << BITS, -1, np.int32)
        row_of[self.bucket] = np.arange(len(self.bucket), dtype=np.int32)
        row = row_of[grams.bucket]
        known = row >= 0
        return row[known].astype(np.int64), known


def cue_table(hits: Sequence[Sequence[Hit]], margins: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return which cues each clause holds, and its margin; shape (clauses, 40)."""
    table = np.zeros((len(hits), CUES), np.float32)
    for number, own in enumerate(hits):
        for hit in own:
            table[number, 3 * ASPECTS.index(hit.aspect) + hit.leaning + 1] = 1.0
    table[:, -1] = np.clip(margins, -_MARGIN_LIMIT, _MARGIN_LIMIT)
    return table
