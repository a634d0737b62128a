"""Counts columns: states at a moment, attainment, percentiles, groups, days, hours. Pure.

The same figures as sla.figures gives for single clocks, over many at once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

import numpy as np

from reports.columns import Array, Columns, take
from reports.days import start_of
from sla.figures import Attainment

STATES = ("met", "late", "missed", "closed_unanswered", "open")
MET, LATE, MISSED, CLOSED, OPEN = range(5)
DAY = 86400
BY = ("agent", "platform", "category", "sku", "aspect", "reason")


@dataclass(frozen=True)
class Filters:
    """Which cases count; None and empty mean all. `unknown` picks those without a value."""

    agent: str | None = None
    platform: str | None = None
    category: str | None = None
    sku: str | None = None
    aspect: str | None = None
    reason: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """Return the filters that are set, by name."""
        return {name: getattr(self, name) for name in BY if getattr(self, name)}


UNKNOWN = "unknown"


def choose(columns: Columns, filters: Filters, *, key: str | None = None) -> Array:
    """Return a mask of the rows that fit."""
    mask = np.ones(columns.rows, dtype=bool)
    wanted = dict(filters.given)
    if key is not None:
        wanted["key"] = key
    for name, value in wanted.items():
        mask &= _is(columns, name, value)
    return mask


def keep(columns: Columns, mask: Array) -> Columns:
    """Return only the chosen rows."""
    if mask.all():
        return columns
    return take(columns, mask)


def states_at(columns: Columns, now: datetime) -> Array:
    """Return each clock's state at `now` as a place in STATES."""
    names = {name: place for place, name in enumerate(STATES)}
    table = np.array([names.get(word, OPEN) for word in columns.names["state"]] or [0], dtype="i1")
    states: Array = table[columns.words["state"]]
    over = (states == OPEN) & (columns.numbers["due"] < now.timestamp())
    return np.where(over, MISSED, states)


def attainment_of(states: Array) -> Attainment:
    """Count states into an attainment."""
    counts = np.bincount(states, minlength=len(STATES))
    return Attainment(**{name: int(counts[place]) for place, name in enumerate(STATES)})


def percentile_of(waited: Array, waiting: Array, share: float) -> float | None:
    """Give one percentile: see percentiles_of."""
    return percentiles_of(waited, waiting, (share,))[0]


def percentiles_of(waited: Array, waiting: Array, shares: Sequence[float]) -> list[float | None]:
    """Give the seconds within which at least these shares of cases are answered (Kaplan-Meier).

    `waited` holds those answered, `waiting` how long the others have waited so far. Without others
    this is the nearest rank. None where the data do not reach that far.
    """
    n = len(waited) + len(waiting)
    if not n or not len(waited):
        return [None] * len(shares)
    ranks = [math.ceil(Fraction(str(share)) * n) - 1 for share in shares]
    inside = [rank for rank in ranks if rank < len(waited)]
    ordered = np.partition(waited, inside) if inside else waited
    first_open = waiting.min() if len(waiting) else np.inf
    return [
        float(ordered[rank])
        if rank < len(waited) and ordered[rank] <= first_open
        else _kaplan_meier(waited, waiting, share)
        for rank, share in zip(ranks, shares, strict=True)
    ]


def _kaplan_meier(waited: Array, waiting: Array, share: float) -> float | None:
    times = np.concatenate([waited, waiting])
    answered = np.concatenate([np.ones(len(waited), bool), np.zeros(len(waiting), bool)])
    order = np.lexsort((~answered, times))
    times, answered = times[order], answered[order]
    left = len(times) - np.arange(len(times))
    surviving = np.cumprod(np.where(answered, 1 - 1 / left, 1.0))
    enough = np.nonzero(answered & (surviving <= 1 - share + 1e-12))[0]
    return float(times[enough[0]]) if len(enough) else None


def groups(columns: Columns, states: Array, by: str) -> list[tuple[str | None, Attainment]]:
    """Give the attainment of every value of a dimension, the largest n first."""
    names = columns.names[by]
    size = len(names) + 1
    flat = np.bincount(
        (columns.words[by].astype("i8") + 1) * len(STATES) + states, minlength=size * len(STATES)
    ).reshape(-1, len(STATES))
    found = [
        (None if place == 0 else names[place - 1], _attainment(row))
        for place, row in enumerate(flat[:size].tolist())
        if any(row)
    ]
    return sorted(found, key=lambda one: (-one[1].n, one[0] or ""))


def by_day(columns: Columns, states: Array, *, first: int, last: int) -> list[Attainment]:
    """Give the attainment of each day by the clock's start."""
    return [
        _attainment(row)
        for row in _table(_days(columns.numbers["started"], first), states, last - first + 1)
    ]


def by_slot(columns: Columns, states: Array) -> list[Attainment]:
    """Give the attainment of each of the 168 hours of the week by the clock's start."""
    return [_attainment(row) for row in _table(columns.numbers["slot"], states, 168)]


def _days(started: Array, first: int) -> Array:
    # Dividing floats with // takes ten times as long, and microseconds are far from its limits.
    return np.floor((started - start_of(first).timestamp()) / DAY).astype("i8")


def _table(places: Array, states: Array, size: int) -> list[list[int]]:
    inside = (places >= 0) & (places < size)
    if not inside.all():
        places, states = places[inside], states[inside]
    flat = places.astype("i8") * len(STATES) + states
    rows: list[list[int]] = (
        np.bincount(flat, minlength=size * len(STATES)).reshape(size, -1).tolist()
    )
    return rows


def _attainment(row: Sequence[int]) -> Attainment:
    return Attainment(**dict(zip(STATES, row, strict=True)))


def histogram(waited: Array, edges: Sequence[float]) -> list[int]:
    """Count waits between edges; what lies beyond the last edge is counted in a last bin."""
    # For two dozen edges quicker than looking up the place of each wait.
    below = [*(int(np.count_nonzero(waited < edge)) for edge in edges), len(waited)]
    return [after - before for before, after in pairwise(below)]


def count_words(columns: Columns, name: str) -> Mapping[str | None, int]:
    """Count the rows of every value of a column of words."""
    counts = np.bincount(columns.words[name].astype("i8") + 1, minlength=1)
    words = [None, *columns.names[name]]
    return {word: int(count) for word, count in zip(words, counts, strict=False) if count}


def _is(columns: Columns, name: str, value: str) -> Array:
    if name not in columns.words:
        return np.zeros(columns.rows, dtype=bool)
    if value == UNKNOWN:
        return np.asarray(columns.words[name] == -1)
    names = columns.names[name]
    place = names.index(value) if value in names else -2
    return np.asarray(columns.words[name] == place)
