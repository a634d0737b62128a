"""Weighs whether a stretch of a review raises an alarm, in whatever words it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.committee import Committee
from review_manager.analysis.model_file import opened
from review_manager.analysis.ngrams import Grams

WORST, BEST = -1.5, 1.5  # moods beyond say nothing more
HUSHED = 1.5  # log-odds: what is told in plainer words of danger than this is not silenced
_FORM = 1
_SMALLEST = 1e-6
_TABLES = ("weight", "by_words", "by_sense")


@dataclass(frozen=True)
class AlarmModel:
    """Two heads, over n-grams and over the sentence embedding, and how to combine voices.

    Shapes: `bucket` (grams,) sorted; `weight` (grams + 1,), ending with the bias; `by_words` (4,):
    trust in the n-gram head, the alarm words and the mood, and a bias; `by_sense` (5,): the same
    with trust in the committee over the embedding first. A score above 0 raises the alarm.
    """

    bucket: NDArray[np.uint32]
    weight: NDArray[np.float32]
    by_words: NDArray[np.float32]
    by_sense: NDArray[np.float32]
    sense: Committee

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a model that `write` stored; raises UnreadableModelError."""
        with opened(file, form=_FORM) as stored:
            weight, by_words, by_sense = (stored[name].astype(np.float32) for name in _TABLES)
            sense = Committee.of_tables(stored)
            return cls(stored["bucket"], weight, by_words, by_sense, sense)

    def write(self, file: Path) -> None:
        """Store the weights in half precision."""
        half: dict[str, Any] = {name: getattr(self, name).astype(np.float16) for name in _TABLES}
        np.savez_compressed(file, form=_FORM, bucket=self.bucket, **half, **self.sense.tables())

    def heard(self, grams: Grams) -> NDArray[np.float64]:
        """Return what the n-gram head says of each text; shape (texts,)."""
        place = np.searchsorted(self.bucket, grams.bucket)
        place[place == len(self.bucket)] = 0
        known = self.bucket[place] == grams.bucket
        text, place = grams.text[known], place[known]
        size = np.sqrt(np.bincount(text, minlength=grams.count))
        total = np.bincount(text, weights=self.weight[place], minlength=grams.count)
        said: NDArray[np.float64] = total / np.maximum(size, _SMALLEST) + self.weight[-1]
        return said

    def sensed(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what the committee says; `vectors` is (texts, 384)."""
        return self.sense.says(vectors)

    def words_score(self, voices: "Voices") -> NDArray[np.float64]:
        """Return the score of each stretch without its embedding."""
        score: NDArray[np.float64] = voices.table @ self.by_words[:-1] + self.by_words[-1]
        return score

    def full_score(self, voices: "Voices", sensed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the score with what the committee says, which may hush words but not silence."""
        table = np.column_stack([sensed, voices.table])
        score: NDArray[np.float64] = table @ self.by_sense[:-1] + self.by_sense[-1]
        return np.maximum(score, self.words_score(voices) - HUSHED)


@dataclass(frozen=True)
class Voices:
    """What is known of stretches before they are embedded; shape (stretches, 3)."""

    table: NDArray[np.float64]

    @classmethod
    def of(
        cls, heard: NDArray[np.float64], signs: Sequence[int], moods: NDArray[np.float64]
    ) -> Self:
        """Draw together the n-gram head, the alarm words and the mood (a polarity margin)."""
        return cls(np.column_stack([heard, signs, moods.clip(WORST, BEST)]))

    def at(self, rows: Sequence[int] | NDArray[np.int64]) -> "Voices":
        """Return some of the stretches."""
        return Voices(self.table[rows])
