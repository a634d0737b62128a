"""Listens for both alarms in whole reviews: alarm words, two trained heads, mood and stars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.alarm_model import AlarmModel, Voices
from review_manager.analysis.alarms import Alarm, AlarmBell
from review_manager.analysis.clauses import Clause, stretches
from review_manager.analysis.embedding import embed
from review_manager.analysis.ngrams import hashed_grams
from review_manager.analysis.polarity import PolarityModel

WORTH_A_LOOK = -2.0  # a stretch that words alone find less likely than this is not embedded
LOOKS = 2  # stretches of a review that are embedded at most
# Log-odds: who was hurt or threatens seldom gives five stars. Too little to silence plain words.
STARS_PULL = {4: -1.5, 5: -3.0}


@dataclass(frozen=True)
class Told:
    """A batch of reviews as the ear takes them: a row each.

    `split` holds the clauses of each plain text, `p_negative` its mood, `stars` 1 to 5 or None.
    """

    texts: Sequence[str]
    split: Sequence[Sequence[Clause]]
    p_negative: Sequence[float]
    stars: Sequence[int | None]


@dataclass(frozen=True)
class AlarmEar:
    """Hears alarms in plain texts, a batch at a time; holds no state."""

    bells: Mapping[Alarm, AlarmBell]
    models: Mapping[Alarm, AlarmModel]
    polarity: PolarityModel

    def hear(self, told: Told, *, embedded: bool) -> dict[Alarm, list[bool]]:
        """Return for each alarm whether each text raises it.

        Each review is judged by its loudest stretch; with `embedded`, its likeliest stretches are
        read once more by their sense.
        """
        parts = [stretches(*pair) for pair in zip(told.texts, told.split, strict=True)]
        flat = [part.text for own in parts for part in own]
        if not flat:
            return {alarm: [False] * len(told.texts) for alarm in self.models}
        owner = np.repeat(np.arange(len(told.texts)), [len(own) for own in parts])
        voices = self._voices(told, flat, owner)
        scores = {alarm: self.models[alarm].words_score(heard) for alarm, heard in voices.items()}
        if embedded:
            self._look_again(flat, owner, voices, scores)
        pull = np.array([STARS_PULL.get(stars or 0, 0.0) for stars in told.stars])
        return {alarm: _loud(score + pull[owner], owner, told) for alarm, score in scores.items()}

    def _voices(
        self, told: Told, flat: Sequence[str], owner: NDArray[np.int64]
    ) -> dict[Alarm, Voices]:
        grams = hashed_grams(flat)
        moods = self.polarity.margins_of(grams)
        return {
            alarm: Voices.of(
                model.heard(grams), _signs(self.bells[alarm], told, flat, owner), moods
            )
            for alarm, model in self.models.items()
        }

    def _look_again(
        self,
        flat: Sequence[str],
        owner: NDArray[np.int64],
        voices: dict[Alarm, Voices],
        scores: dict[Alarm, NDArray[np.float64]],
    ) -> None:
        """Replace the scores of likely stretches by those that know their sense."""
        rows = {alarm: _likely(score, owner) for alarm, score in scores.items()}
        asked = np.unique(np.concatenate(list(rows.values())))
        vectors = embed([flat[row] for row in asked])
        for alarm, likely in rows.items():
            model = self.models[alarm]
            sensed = model.sensed(vectors[np.searchsorted(asked, likely)])
            scores[alarm][likely] = model.full_score(voices[alarm].at(likely), sensed)


def _signs(bell: AlarmBell, told: Told, flat: Sequence[str], owner: NDArray[np.int64]) -> list[int]:
    """Return what the alarm words say of each stretch; most reviews are done with at one look."""
    moods = told.p_negative
    whole = [bell.says(text, p_negative=mood) for text, mood in zip(told.texts, moods, strict=True)]
    return [
        bell.says(part, p_negative=moods[text]) if whole[text] else 0
        for part, text in zip(flat, owner.tolist(), strict=True)
    ]


def _likely(scores: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the likeliest stretches of each text that are worth a look."""
    order = np.lexsort((-scores, owner))
    start = np.searchsorted(owner, owner[order])
    rank = np.arange(len(order)) - start
    return np.sort(order[(rank < LOOKS) & (scores[order] > WORTH_A_LOOK)])


def _loud(scores: NDArray[np.float64], owner: NDArray[np.int64], told: Told) -> list[bool]:
    ringing = set(owner[scores > 0].tolist())
    return [number in ringing for number in range(len(told.texts))]
