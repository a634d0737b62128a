"""Finds what a review praises and complains about, clause by clause, with the exact words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review_manager.analysis.clauses import Clause
from review_manager.analysis.findings import Aspect, AspectFinding, Polarity
from review_manager.analysis.lexicon import Lexicon

_OF_REVIEW = 0.3  # how much of the review's margin a clause inherits


@dataclass(frozen=True)
class ClauseMood:
    """A clause with its own margin: below 0 complains, above 0 praises."""

    clause: Clause
    margin: float


def find_aspects(
    review: str, moods: Sequence[ClauseMood], *, margin: float, lexicon: Lexicon
) -> tuple[AspectFinding, ...]:
    """Return the aspects of a review whose plain text was split into `moods`.

    `margin` is the review's own. A review that names no aspect on its own side is about its
    quality: a bare "很好" praises the goods.
    """
    found = list(_named(review, moods, margin, lexicon))
    side = Polarity.POSITIVE if margin > 0 else Polarity.NEGATIVE
    if moods and not any(finding.polarity is side for finding in found):
        strongest = (max if margin > 0 else min)(moods, key=lambda mood: mood.margin)
        found.append(_finding(review, Aspect.QUALITY, side, strongest.clause))
    return tuple(dict.fromkeys(sorted(found, key=lambda finding: finding.start)))


def _named(
    review: str, moods: Sequence[ClauseMood], margin: float, lexicon: Lexicon
) -> Iterator[AspectFinding]:
    for mood in moods:
        leanings: dict[Aspect, int] = {}
        for hit in lexicon.hits(mood.clause.text):
            leanings[hit.aspect] = leanings.get(hit.aspect, 0) + hit.leaning
        for aspect, leaning in leanings.items():
            lean = leaning or mood.margin + _OF_REVIEW * margin
            polarity = Polarity.POSITIVE if lean > 0 else Polarity.NEGATIVE
            yield _finding(review, aspect, polarity, mood.clause)


def _finding(review: str, aspect: Aspect, polarity: Polarity, clause: Clause) -> AspectFinding:
    words = review[clause.start : clause.end]
    return AspectFinding(aspect, polarity, words, clause.start, clause.end)
