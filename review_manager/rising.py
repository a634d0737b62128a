"""What bad reviews complain of more this week than in the weeks before: aspects and words; pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from review_manager.telling_words import holds, terms_of

FEWEST = 3
"""So many reviews of this week must say a thing before it can rise."""

FALSE_ONES = 0.1
"""The share of what is listed that may be there by chance alone (the false discovery rate)."""

SAME = 0.8
"""A word that stands in so large a share of the reviews of one already listed adds nothing."""

OVERALL = "general"


@dataclass(frozen=True)
class BadReview:
    """A bad review's text, and each of its complaints: the aspect, and the words that say so."""

    text: str
    complaints: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The complaints; the whole text where none was made out."""
        return self.complaints or ((OVERALL, self.text),)


@dataclass(frozen=True)
class Rise:
    """A word or aspect, how many bad reviews say it now and before, the chance of such a rise."""

    word: str
    now: int
    before: int
    chance: float


@dataclass
class _Counted:
    reviews: int = 0
    terms: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    aspects: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    within: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True)
class _Test:
    """One thing that may have risen; `least` is the smallest chance that its counts could show."""

    word: str
    chance: float
    least: float


def rising_words(
    now: Sequence[BadReview], before: Sequence[BadReview], *, limit: int = 12
) -> list[Rise]:
    """Return words of complaints that a larger share of bad reviews use now, the surest first.

    A word has to be commoner both among all bad reviews and among those that complain of the same
    aspect: a word that comes with any complaint of service rises whenever those do, which
    `rising_aspects` says. Both are Fisher's exact test of one side (1935), of which the worse
    counts; what is listed is chosen by Gilbert's procedure for many discrete tests (2005). The
    counts given are of reviews whose text holds the word anywhere, as the list finds them.
    """
    fresh, earlier = _count(now), _count(before)
    tests = [_tested(term, fresh, earlier) for term in _frequent(fresh.terms)]
    found: list[Rise] = []
    shown: list[tuple[str, set[int]]] = []
    for test in _surest(tests):
        uses = {place for place, review in enumerate(now) if holds(review.text, test.word)}
        if any(_is_part(test.word, word) and _overlap(uses, of) >= SAME for word, of in shown):
            continue
        shown.append((test.word, uses))
        used = sum(holds(review.text, test.word) for review in before)
        if len(uses) * len(before) > used * len(now) or not before:
            found.append(Rise(test.word, len(uses), used, test.chance))
    return found[:limit]


def rising_aspects(now: Sequence[BadReview], before: Sequence[BadReview]) -> list[Rise]:
    """Return aspects that a larger share of bad reviews complain of now, the surest first."""
    fresh, earlier = _count(now), _count(before)
    tests = [
        _Test(aspect, *_fisher(len(fresh.aspects[aspect]), fresh.reviews, len(of), earlier.reviews))
        for aspect in _frequent(fresh.aspects)
        if aspect != OVERALL
        for of in [earlier.aspects.get(aspect, set())]
    ]
    return [
        Rise(one.word, len(fresh.aspects[one.word]), len(earlier.aspects[one.word]), one.chance)
        for one in _surest(tests)
    ]


def _count(reviews: Iterable[BadReview]) -> _Counted:
    counted = _Counted()
    for place, review in enumerate(reviews):
        counted.reviews += 1
        for aspect, clause in review.said:
            counted.aspects[aspect].add(place)
            for term in terms_of(clause):
                counted.terms[term].add(place)
                counted.within[term, aspect].add(place)
    return counted


def _frequent(uses: dict[str, set[int]]) -> list[str]:
    return sorted(word for word, of in uses.items() if len(of) >= FEWEST)


def _tested(term: str, fresh: _Counted, earlier: _Counted) -> _Test:
    """Test a word among all bad reviews, and among those of the aspect that it mostly goes with."""
    aspect = max(sorted(fresh.aspects), key=lambda one: len(fresh.within.get((term, one), ())))
    among_all = _fisher(
        len(fresh.terms[term]), fresh.reviews, len(earlier.terms.get(term, ())), earlier.reviews
    )
    among_alike = _fisher(
        len(fresh.within[term, aspect]),
        len(fresh.aspects[aspect]),
        len(earlier.within.get((term, aspect), ())),
        len(earlier.aspects.get(aspect, ())),
    )
    return _Test(term, max(among_all[0], among_alike[0]), max(among_all[1], among_alike[1]))


def _surest(tests: Sequence[_Test]) -> list[_Test]:
    """Choose by Benjamini and Hochberg (1995) among those that could come out (Gilbert 2005).

    With counts as small as a week's most words could never be sure whatever they did; to count
    them as tried would hide those that can.
    """
    share = next(
        (n for n in range(1, len(tests) + 1) if _able(tests, FALSE_ONES / n) <= n), len(tests) or 1
    )
    able = [test for test in tests if test.least <= FALSE_ONES / share]
    able.sort(key=lambda test: (test.chance, -len(test.word), test.word))
    last = max(
        (n for n, test in enumerate(able, 1) if test.chance <= n * FALSE_ONES / len(able)),
        default=0,
    )
    return able[:last]


def _able(tests: Iterable[_Test], level: float) -> int:
    return sum(test.least <= level for test in tests)


def _is_part(one: str, other: str) -> bool:
    return one in other or other in one or bool(set(one.split()) & set(other.split()))


def _overlap(one: set[int], other: set[int]) -> float:
    return len(one & other) / len(one) if one else 1.0


def _fisher(uses: int, texts: int, earlier: int, earlier_texts: int) -> tuple[float, float]:
    """Return the chance that `uses` or more of all uses fall among these texts; and the least."""
    users = uses + earlier
    every = _log_ways(texts + earlier_texts, users)
    most = min(texts, users)
    tails = [
        math.exp(_log_ways(texts, now) + _log_ways(earlier_texts, users - now) - every)
        for now in range(uses, most + 1)
    ]
    return min(1.0, sum(tails)), tails[-1]


def _log_ways(all_texts: int, chosen: int) -> float:
    if chosen > all_texts:
        return -math.inf
    return (
        math.lgamma(all_texts + 1) - math.lgamma(chosen + 1) - math.lgamma(all_texts - chosen + 1)
    )
