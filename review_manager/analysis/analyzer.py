"""The door of the analysis: one review or a batch in, findings out."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.alarms import Alarm, AlarmBell, load_alarms
from review_manager.analysis.aspects import ClauseMood, find_aspects
from review_manager.analysis.clauses import Clause, split_clauses
from review_manager.analysis.evidence import as_pairs, contradicts, emoji_margin, stars_margin
from review_manager.analysis.findings import Analysis, AspectFinding, Polarity, Sentiment
from review_manager.analysis.lexicon import Lexicon, load_lexicon
from review_manager.analysis.plain_text import plain
from review_manager.analysis.polarity import PolarityModel

SHIPPED_MODEL = Path(__file__).parent / "model"
_AT_ONCE = 512


@functools.cache
def load(model: Path | None = None) -> "Analyzer":
    """Load the shipped model, or the one in folder `model`; loading twice costs nothing."""
    return Analyzer(
        polarity=PolarityModel.read((model or SHIPPED_MODEL) / "polarity.npz"),
        lexicon=load_lexicon(),
        alarms=load_alarms(),
    )


@dataclass(frozen=True)
class Analyzer:
    """Judges reviews; holds no state, so one instance serves all threads."""

    polarity: PolarityModel
    lexicon: Lexicon
    alarms: dict[Alarm, AlarmBell]

    def analyse(self, text: str, stars: float | None = None) -> Analysis:
        """Analyse one review of any length and language; `stars` 1 to 5 count as evidence."""
        return self.analyse_many([(text, stars)])[0]

    def analyse_many(
        self, batch: Sequence[tuple[str, float | None]], *, fast: bool = False
    ) -> list[Analysis]:
        """Analyse (review, stars) pairs in order; `fast` leaves out whatever is slow."""
        pairs = as_pairs(batch)
        chunks = (pairs[k : k + _AT_ONCE] for k in range(0, len(pairs), _AT_ONCE))
        return [analysis for chunk in chunks for analysis in self._chunk(chunk)]

    def _chunk(self, pairs: list[tuple[str, int | None]]) -> Iterator[Analysis]:
        texts = [plain(review) for review, _ in pairs]
        words = self.polarity.margins(texts)
        split = [split_clauses(text) for text in texts]
        moods = iter(self._moods(split))
        for (review, stars), text, margin, clauses in zip(pairs, texts, words, split, strict=True):
            own = [next(moods) for _ in clauses]
            yield self._judge(review, text, stars, float(margin) + emoji_margin(review), own)

    def _moods(self, split: list[tuple[Clause, ...]]) -> list[ClauseMood]:
        clauses = [clause for own in split for clause in own]
        if not clauses:
            return []
        margins = self.polarity.margins([clause.text for clause in clauses])
        return [ClauseMood(*pair) for pair in zip(clauses, margins.tolist(), strict=True)]

    def _judge(
        self, review: str, text: str, stars: int | None, words: float, moods: list[ClauseMood]
    ) -> Analysis:
        by_words = self._probability(words)
        margin = words + stars_margin(stars)
        p_negative = self._probability(margin)
        findings = find_aspects(review, moods, margin=margin, lexicon=self.lexicon)
        odd = contradicts(stars, by_words, text)
        return Analysis(
            polarity=Polarity.NEGATIVE if p_negative >= 0.5 else Polarity.POSITIVE,
            p_negative=round(p_negative, 4),
            sentiment=_sentiment(p_negative, findings),
            aspects=findings,
            safety=self.alarms[Alarm.SAFETY].rings(text, p_negative=by_words),
            threat=self.alarms[Alarm.THREAT].rings(text, p_negative=by_words),
            misclick=odd is Polarity.POSITIVE,
            hidden_bad=odd is Polarity.NEGATIVE,
        )

    def _probability(self, margin: float) -> float:
        margins: NDArray[np.float64] = np.array([margin])
        return float(self.polarity.p_negative(margins)[0])


def _sentiment(p_negative: float, findings: tuple[AspectFinding, ...]) -> Sentiment:
    sides = {finding.polarity for finding in findings}
    if len(sides) == 2 and 0.2 < p_negative < 0.8:
        return Sentiment.MIXED
    if 0.4 < p_negative < 0.6:
        return Sentiment.MIXED
    return Sentiment.NEGATIVE if p_negative >= 0.5 else Sentiment.POSITIVE
