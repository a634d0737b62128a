"""Finds what a review praises and complains about, clause by clause, with the exact words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.aspect_model import ASPECTS, SIDE, AspectModel, cue_table
from review_manager.analysis.clauses import Clause
from review_manager.analysis.findings import Aspect, AspectFinding, Polarity
from review_manager.analysis.lexicon import Lexicon
from review_manager.analysis.ngrams import hashed_grams
from review_manager.analysis.polarity import PolarityModel

NAMED = -0.62  # log-odds from which a clause names an aspect: 0.35, tuned on labelled reviews
OF_CLAUSE, OF_SIDE, OF_REVIEW = 1.5, 0.5, 1.0  # what the side of a clause is made of


@dataclass(frozen=True)
class ClauseMood:
    """A clause, the aspects it names, and its lean before the review's own margin is added."""

    clause: Clause
    aspects: tuple[Aspect, ...]
    lean: float


@dataclass(frozen=True)
class AspectReader:
    """Reads clauses in batches: the aspects they name and the side they take."""

    model: AspectModel
    polarity: PolarityModel
    lexicon: Lexicon

    def moods(self, split: Sequence[Sequence[Clause]]) -> list[tuple[ClauseMood, ...]]:
        """Return what the clauses of each text say, all read in one go."""
        flat = [clause for own in split for clause in own]
        if not flat:
            return [() for _ in split]
        read = iter(self._read(flat))
        return [tuple(next(read) for _ in own) for own in split]

    def _read(self, clauses: list[Clause]) -> Iterator[ClauseMood]:
        texts = [clause.text for clause in clauses]
        grams = hashed_grams(texts)
        margins = self.polarity.margins_of(grams)
        scores = self.model.scores(grams, cue_table(self.lexicon.hits(texts), margins))
        leans = OF_CLAUSE * margins + OF_SIDE * scores[:, SIDE]
        named = _named(scores)
        for number, clause in enumerate(clauses):
            yield ClauseMood(clause, named.get(number, ()), float(leans[number]))


def find_aspects(
    review: str, moods: Sequence[ClauseMood], *, margin: float
) -> tuple[AspectFinding, ...]:
    """Return the aspects of a review whose plain text was split into `moods`.

    `margin` is the review's own. A review that names no aspect on its own side is about its
    quality: a bare "very good" praises the goods.
    """
    found = [
        _finding(review, aspect, mood.lean + OF_REVIEW * margin, mood.clause)
        for mood in moods
        for aspect in mood.aspects
    ]
    side = Polarity.POSITIVE if margin > 0 else Polarity.NEGATIVE
    if moods and not any(finding.polarity is side for finding in found):
        strongest = (max if margin > 0 else min)(moods, key=lambda mood: mood.lean)
        found.append(_finding(review, Aspect.QUALITY, margin, strongest.clause))
    return tuple(sorted(found, key=lambda finding: finding.start))


def _named(scores: NDArray[np.float64]) -> dict[int, tuple[Aspect, ...]]:
    named: dict[int, tuple[Aspect, ...]] = {}
    for number, column in np.argwhere(scores[:, :SIDE] > NAMED).tolist():
        named[number] = (*named.get(number, ()), ASPECTS[column])
    return named


def _finding(review: str, aspect: Aspect, lean: float, clause: Clause) -> AspectFinding:
    polarity = Polarity.POSITIVE if lean > 0 else Polarity.NEGATIVE
    words = review[clause.start : clause.end]
    return AspectFinding(aspect, polarity, words, clause.start, clause.end)
