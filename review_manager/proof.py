"""What two complaint rates prove: their difference with its interval, and a plain verdict; pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from sla.figures import Interval, wilson_interval

FEWEST = 20
"""Reviews on either side below which nothing is said."""


class Proof(StrEnum):
    """What the numbers allow to be said."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class Rate:
    """So many complaints in so many reviews; share and interval are None without reviews."""

    complaints: int
    reviews: int

    @property
    def share(self) -> float | None:
        """The share of reviews that complain."""
        return self.complaints / self.reviews if self.reviews else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % Wilson interval of the share."""
        return wilson_interval(self.complaints, self.reviews) if self.reviews else None


@dataclass(frozen=True)
class Comparison:
    """Two rates, the interval of their difference (after minus before), and what it proves."""

    before: Rate
    after: Rate
    difference: float | None
    interval: Interval | None
    proof: Proof


def compare(before: tuple[int, int], after: tuple[int, int]) -> Comparison:
    """Compare (complaints, reviews) before with after at 95 % confidence.

    The interval is Newcombe's hybrid score interval (1998, method 10), honest for few cases. A
    proof needs 20 reviews on either side and an interval that leaves out zero.
    """
    first, second = Rate(*before), Rate(*after)
    if not first.reviews or not second.reviews:
        return Comparison(first, second, None, None, Proof.NOT_ENOUGH)
    difference = second.complaints / second.reviews - first.complaints / first.reviews
    interval = _difference_interval(first, second, difference)
    return Comparison(first, second, difference, interval, _proof(first, second, interval))


def _difference_interval(before: Rate, after: Rate, difference: float) -> Interval:
    p1, (low1, high1) = before.complaints / before.reviews, _bounds(before)
    p2, (low2, high2) = after.complaints / after.reviews, _bounds(after)
    low = difference - math.hypot(p2 - low2, high1 - p1)
    high = difference + math.hypot(high2 - p2, p1 - low1)
    return Interval(max(-1.0, low), min(1.0, high))


def _bounds(rate: Rate) -> Interval:
    return wilson_interval(rate.complaints, rate.reviews)


def _proof(before: Rate, after: Rate, interval: Interval) -> Proof:
    if min(before.reviews, after.reviews) < FEWEST:
        return Proof.NOT_ENOUGH
    if interval.high < 0:
        return Proof.BETTER
    return Proof.WORSE if interval.low > 0 else Proof.NO_DIFFERENCE
