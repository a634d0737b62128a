"""Listens for danger in whole reviews: alarm words, two trained heads, and the mood together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.alarms import AlarmBell
from review_manager.analysis.clauses import Clause, stretches
from review_manager.analysis.danger_model import DangerModel, Voices
from review_manager.analysis.embedding import embed
from review_manager.analysis.ngrams import hashed_grams
from review_manager.analysis.polarity import PolarityModel

WORTH_A_LOOK, SURE = -1.2, 2.0  # the embedding is asked in between: about one review in thirty


@dataclass(frozen=True)
class DangerEar:
    """Hears danger in plain texts, a batch at a time; holds no state."""

    bell: AlarmBell
    model: DangerModel
    polarity: PolarityModel

    def dangers(
        self,
        texts: Sequence[str],
        split: Sequence[Sequence[Clause]],
        p_negative: Sequence[float],
        *,
        embedded: bool,
    ) -> list[bool]:
        """Return whether each text tells of a danger.

        `split` holds the clauses of each text and `p_negative` its mood. Each review is judged by
        its most dangerous stretch; with `embedded`, that stretch is read once more by its sense.
        """
        parts = [stretches(text, own) for text, own in zip(texts, split, strict=True)]
        flat = [part.text for own in parts for part in own]
        if not flat:
            return [False] * len(texts)
        owner = np.repeat(np.arange(len(texts)), [len(own) for own in parts])
        voices = self._voices(texts, flat, owner, p_negative)
        scores = self.model.words_score(voices)
        worst = _worst_of_each(scores, owner)
        if embedded:
            doubtful = [row for row in worst if WORTH_A_LOOK < scores[row] < SURE]
            sensed = self.model.sensed(embed([flat[row] for row in doubtful]))
            scores[doubtful] = self.model.full_score(voices.at(doubtful), sensed)
        ringing = {int(owner[row]) for row in worst if scores[row] > 0}
        return [number in ringing for number in range(len(texts))]

    def _voices(
        self,
        texts: Sequence[str],
        flat: Sequence[str],
        owner: NDArray[np.int64],
        p_negative: Sequence[float],
    ) -> Voices:
        grams = hashed_grams(flat)
        rung = [
            self.bell.rings(text, p_negative=p) for text, p in zip(texts, p_negative, strict=True)
        ]
        signs = [
            rung[text] and self.bell.rings(part, p_negative=p_negative[text])
            for part, text in zip(flat, owner.tolist(), strict=True)
        ]
        return Voices.of(self.model.heard(grams), signs, self.polarity.margins_of(grams))


def _worst_of_each(
    scores: NDArray[np.float64],
    owner: NDArray[np.int64],
) -> list[int]:
    """Return the row of the highest score of each text that has any stretch."""
    order = np.lexsort((-scores, owner))
    first = np.ones(len(order), bool)
    first[1:] = owner[order][1:] != owner[order][:-1]
    rows: list[int] = order[first].tolist()
    return rows
