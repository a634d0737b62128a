"""How promises were kept: attainment, waits, days, groups of each clock, and before."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from reports.asking import Desk, attainment_view, find_policy, name_of
from reports.columns import Array, Columns
from reports.period import Period
from reports.reading import read_days
from reports.tally import (
    BY,
    CLOSED,
    LATE,
    MET,
    OPEN,
    Filters,
    attainment_of,
    by_day,
    by_slot,
    choose,
    groups,
    histogram,
    keep,
    percentile_of,
    states_at,
)
from sla.calendars import Always, working_time_between
from sla.figures import Attainment

Json = dict[str, Any]
SHARES = (0.5, 0.9, 0.95)
SMALLEST_GROUP = 1
BINS = 24
HOUSE = "house_"
HOUSE_ORDER = {
    "house_review_reply": 0,
    "house_human_first": 1,
    "house_human_next": 2,
    "house_bot_reply": 3,
    "house_resolution": 4,
}


@dataclass(frozen=True)
class _Chosen:
    """The clocks of one key in one period, with their states now."""

    columns: Columns
    states: Array

    @property
    def attainment(self) -> Attainment:
        return attainment_of(self.states)


async def clocks_report(desk: Desk, period: Period, filters: Filters) -> Json:
    """Return every clock that ran: attainment with n and interval, waits, and the period before."""
    here = await _choose(desk, period, filters)
    before = await _choose(desk, period.before, filters)
    keys = sorted({*here, *before}, key=lambda key: _rank(desk, key))
    empty = Columns(0, {}, {}, {})
    nothing = _Chosen(empty, np.array([], dtype="i1"))
    return {
        "clocks": [
            {
                **desk.describe(key),
                "now": _figures(desk, key, here.get(key, nothing)),
                "before": attainment_view(before.get(key, nothing).attainment),
            }
            for key in keys
        ]
    }


async def clock_report(desk: Desk, period: Period, filters: Filters, *, key: str) -> Json:
    """Return one clock in depth: by day, by hour of the week, by wait, by every dimension."""
    chosen = (await _choose(desk, period, filters)).get(key)
    before = (await _choose(desk, period.before, filters)).get(key)
    about = desk.describe(key)
    if chosen is None:
        return {**about, "now": None, "before": _view_or_none(before)}
    columns, states = chosen.columns, chosen.states
    days = by_day(columns, states, first=period.first, last=period.last)
    return {
        **about,
        "now": _figures(desk, key, chosen),
        "before": _view_or_none(before),
        "days": [
            {"date": date.isoformat(), **attainment_view(one)}
            for date, one in zip(period.dates, days, strict=True)
        ],
        "slots": [_slot(one) for one in by_slot(columns, states)],
        "waits": _waits(desk, key, chosen),
        "by": {
            name: [
                {"value": value, "name": name_of(name, value, desk.people), **attainment_view(one)}
                for value, one in groups(columns, states, name)
            ]
            for name in BY
        },
    }


async def values_report(desk: Desk, period: Period) -> Json:
    """Return the values that each dimension has in the period, with their names."""
    found: dict[str, set[str]] = {name: set() for name in BY}
    for kind in ("clock", "chat"):
        columns = await read_days(
            desk.session, desk.shelf, kind, first=period.first, last=period.last
        )
        for name in BY:
            found[name].update(columns.names.get(name, ()))
    named = {
        by: [{"value": value, "name": name_of(by, value, desk.people)} for value in sorted(values)]
        for by, values in found.items()
    }
    return {"by": named}


async def _choose(desk: Desk, period: Period, filters: Filters) -> dict[str, _Chosen]:
    columns = await read_days(
        desk.session, desk.shelf, "clock", first=period.first, last=period.last
    )
    if filters.given:
        columns = keep(columns, choose(columns, filters))
    states = states_at(columns, desk.now)
    places = columns.words["key"]
    order = np.argsort(places, kind="stable")
    edges = np.searchsorted(places[order], np.arange(len(columns.names["key"]) + 1))
    chosen = {}
    for place, key in enumerate(columns.names["key"]):
        rows = order[edges[place] : edges[place + 1]]
        if len(rows):
            chosen[key] = _Chosen(_rows(columns, rows), states[rows])
    return chosen


def _rows(columns: Columns, rows: Array) -> Columns:
    return Columns(
        len(rows),
        {name: array[rows] for name, array in columns.numbers.items()},
        {name: array[rows] for name, array in columns.words.items()},
        columns.names,
    )


def _figures(desk: Desk, key: str, chosen: _Chosen) -> Json:
    if not chosen.columns.rows:
        return {**attainment_view(Attainment()), "p50": None, "p90": None, "p95": None}
    answered, waiting = _times(desk, key, chosen)
    shares = {f"p{share * 100:.0f}": percentile_of(answered, waiting, share) for share in SHARES}
    return {**attainment_view(chosen.attainment), **shares}


def _times(desk: Desk, key: str, chosen: _Chosen) -> tuple[Array, Array]:
    """Give how long the answered waited, and how long the others did until they end or now."""
    states, numbers = chosen.states, chosen.columns.numbers
    is_answered = (states == MET) | (states == LATE)
    given_up = states == CLOSED
    running = ~is_answered & ~given_up
    so_far = _so_far(desk, key, numbers["started"][running])
    return numbers["waited"][is_answered], np.concatenate([numbers["waited"][given_up], so_far])


def _so_far(desk: Desk, key: str, started: Array) -> Array:
    policy = find_policy(desk.policies, key.split("/", maxsplit=1)[0])
    calendar = desk.policies.get_calendar(policy.calendar, at=desk.now) if policy else Always()
    if isinstance(calendar, Always):
        return desk.now.timestamp() - started
    since = (datetime.fromtimestamp(one, UTC) for one in started)
    spent = (working_time_between(calendar, one, desk.now) for one in since)
    return np.array([one.total_seconds() for one in spent], dtype="f8")


def _waits(desk: Desk, key: str, chosen: _Chosen) -> Json:
    """Give how long answers took, in bins that the target divides evenly, the rest in the last."""
    answered, waiting = _times(desk, key, chosen)
    target = desk.describe(key)["target_seconds"]
    longest = float(np.quantile(answered, 0.98)) if len(answered) else 0.0
    width = _bin_width(target or longest or 1.0, longest)
    edges = [width * place for place in range(BINS + 1)]
    counts = histogram(answered, edges)
    bins = [
        {"from": start, "to": start + width if place < BINS else None, "n": count}
        for place, (start, count) in enumerate(zip(edges, counts, strict=True))
    ]
    while len(bins) > 1 and not bins[-1]["n"]:
        bins.pop()
    return {
        "bins": bins,
        "still_waiting": int((chosen.states == OPEN).sum()),
        "unanswered": len(waiting),
    }


def _bin_width(target: float, longest: float) -> float:
    """Choose a width that divides the target, so that the target falls between two bins."""
    for parts in (12, 8, 6, 4, 3, 2, 1):
        if longest <= target / parts * BINS:
            return target / parts
    return max(target, longest / BINS)


def _slot(figure: Attainment) -> Json:
    return {"n": figure.n, "met": figure.met, "failed": figure.n - figure.met}


def _rank(desk: Desk, key: str) -> tuple[int, int, str]:
    names = [f"{entry.name}" for entry in desk.policies.clocks]
    policy = key.split("/", maxsplit=1)[0]
    place = names.index(policy) if policy in names else len(names)
    # The shop's own promises come first, reviews before chats; then the platforms'.
    return (0 if policy.startswith(HOUSE) else 1), HOUSE_ORDER.get(policy, place), key


def _view_or_none(chosen: _Chosen | None) -> Json | None:
    return attainment_view(chosen.attainment) if chosen else None
