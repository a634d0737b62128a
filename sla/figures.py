"""Figures that a manager can stake a bonus on: attainment, its interval, percentiles, what to save.

Every figure names its n; what is late and still open counts as a miss; no data is None, never 0.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

from sla.clocks import Clock, ClockState


class Interval(NamedTuple):
    """The bounds of a share, both from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True)
class Attainment:
    """How many clocks were kept; `open` ones are not yet decided and stand outside `n`."""

    met: int = 0
    late: int = 0
    missed: int = 0
    closed_unanswered: int = 0
    open: int = 0

    @property
    def n(self) -> int:
        """How many clocks are decided."""
        return self.met + self.late + self.missed + self.closed_unanswered

    @property
    def share(self) -> float | None:
        """The share of decided clocks that were met; None where none is decided."""
        return self.met / self.n if self.n else None

    def interval(self, *, confidence: float = 0.95) -> Interval | None:
        """Give the Wilson interval of the share; None where no clock is decided."""
        return wilson_interval(self.met, self.n, confidence=confidence) if self.n else None


def attainment(clocks: Iterable[Clock]) -> Attainment:
    """Count clocks by state."""
    return Attainment(**Counter(clock.state.value for clock in clocks))


def wilson_interval(hits: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Give the Wilson score interval of `hits` out of `n` > 0 (Wilson 1927), kept inside 0 to 1.

    Unlike the usual plus-minus it stays honest for few cases and for shares near 0 and 1.
    """
    if not 0 <= hits <= n or n == 0 or not 0 < confidence < 1:
        raise ValueError(f"no interval for {hits} of {n} at confidence {confidence}")
    z = _deviations(confidence)
    share, square = hits / n, z * z / n
    centre = (share + square / 2) / (1 + square)
    reach = z / (1 + square) * math.sqrt(share * (1 - share) / n + square / (4 * n))
    low = 0.0 if hits == 0 else max(0.0, centre - reach)
    return Interval(low, 1.0 if hits == n else min(1.0, centre + reach))


@cache
def _deviations(confidence: float) -> float:
    """Give how many standard deviations to either side hold so much of a normal distribution."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


class Waited(NamedTuple):
    """How long one case waited, or has waited so far when it is not `answered`."""

    time: timedelta
    answered: bool = True


def percentile(waits: Sequence[Waited], share: float) -> timedelta | None:
    """Give the time within which at least `share` (0 to 1) of cases are answered.

    Cases still waiting are neither left out nor counted as answered now: they stay at risk up to
    their waiting time (Kaplan-Meier 1958). Without them this is the nearest rank, so always the
    time of a real case. None where the data do not reach that far, or are empty.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a percentile's share lies above 0 and up to 1, not {share}")
    waiting, left, wanted = Fraction(1), len(waits), 1 - Fraction(str(share))
    answers = Counter(wait.time for wait in waits if wait.answered)
    gone = Counter(wait.time for wait in waits if not wait.answered)
    for time in sorted({wait.time for wait in waits}):
        waiting *= 1 - Fraction(answers[time], left)
        if answers[time] and waiting <= wanted:
            return time
        left -= answers[time] + gone[time]
    return None


def misses_left(figure: Attainment, *, goal: float, pending: int = 0) -> int:
    """Give how many of the `pending` clocks may still be missed with the goal kept; below 0: lost.

    `goal` is the share to keep once the pending clocks are decided too.
    """
    total = figure.n + pending
    needed = math.ceil(Fraction(str(goal)) * total)
    return figure.met + pending - needed


def to_rescue(figure: Attainment, *, goal: float, pending: int) -> int | None:
    """Give how many of the `pending` clocks must be met for the goal; None when all are too few."""
    spare = misses_left(figure, goal=goal, pending=pending)
    return max(0, pending - spare) if spare >= 0 else None


def overall(figures: Iterable[Attainment]) -> Attainment:
    """Add figures up; shares are never averaged."""
    states = [state.value for state in ClockState]
    parts = list(figures)
    return Attainment(**{state: sum(getattr(part, state) for part in parts) for state in states})
