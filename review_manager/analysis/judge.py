"""The trained models and word lists behind every judgement, with or without the slow part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from review_manager.analysis.alarm_ear import AlarmEar, Told
from review_manager.analysis.alarms import Alarm
from review_manager.analysis.aspects import AspectReader
from review_manager.analysis.clauses import Clause
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion

_EVEN = 0.5
# With a second opinion fewer good reviews are suspected than bad ones overlooked, and to overlook
# one costs more; words alone suspect good reviews of strange goods too often as it is.
_CAREFUL = 0.44


@dataclass(frozen=True)
class Judge:
    """Answers the questions of the pipeline; holds no state, so all threads may share it."""

    polarity: PolarityModel
    second: SecondOpinion | None
    aspects: AspectReader
    ear: AlarmEar

    def without_second_opinion(self) -> "Judge":
        """Return the same judge without the slow part."""
        return replace(self, second=None)

    def margins(self, texts: Sequence[str]) -> list[float]:
        """Return one margin a plain text, below 0 negative; 0 where no word was said.

        Doubtful texts get a second opinion.
        """
        heard = self.polarity.hear(texts)
        margins = heard.margins if self.second is None else self.second.settle(texts, heard)
        pairs = zip(texts, margins.tolist(), strict=True)
        return [margin if any(map(str.isalnum, text)) else 0.0 for text, margin in pairs]

    def probability(self, margin: float) -> float:
        """Return the calibrated probability that a margin means a negative review."""
        return self.polarity.p_negative(margin)

    @property
    def bad_from(self) -> float:
        """The probability above which a review counts as negative where it must be one of two."""
        has_second = self.second is not None and self.second.is_at_hand
        return _CAREFUL if has_second else _EVEN

    def alarms(
        self,
        texts: Sequence[str],
        split: Sequence[Sequence[Clause]],
        margins: Sequence[float],
        stars: Sequence[int | None],
    ) -> dict[Alarm, list[bool]]:
        """Return which alarms plain texts of these clauses, words' margins and stars raise."""
        moods = [self.probability(margin) for margin in margins]
        told = Told(texts, split, moods, stars)
        return self.ear.hear(told, embedded=self.second is not None)
