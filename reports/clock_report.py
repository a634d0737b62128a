"""How promises were kept: attainment, waits, days, groups of each clock, and before."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from reports.asking import Desk, attainment_view, find_policy, name_of
from reports.columns import CHATS, CLOCKS, Array, Columns, join
from reports.parts import Part
from reports.period import Period
from reports.reading import ALL, COUNTS, NAMES, WAITS, read_parts
from reports.sums import Sums, sum_up
from reports.tally import (
    BY,
    Filters,
    by_day,
    by_slot,
    choose,
    groups,
    histogram,
    keep,
    percentiles_of,
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


async def clocks_report(desk: Desk, period: Period, filters: Filters) -> Json:
    """Return every clock that ran: attainment with n and interval, waits, and the period before."""
    here = await _sums(desk, period, filters, what=WAITS)
    before = await _sums(desk, period.before, filters, what=COUNTS)
    keys = sorted({*here, *before}, key=lambda key: _rank(desk, key))
    return {
        "clocks": [
            {
                **desk.describe(key),
                "now": _figures(desk, key, here.get(key, Sums())),
                "before": attainment_view(before.get(key, Sums()).attainment(desk.now)),
            }
            for key in keys
        ]
    }


async def clock_report(desk: Desk, period: Period, filters: Filters, *, key: str) -> Json:
    """Return one clock in depth: by day, by hour of the week, by wait, by every dimension."""
    about = desk.describe(key)
    found = await _sums(desk, period.before, filters, key=key, what=COUNTS)
    before = attainment_view(found[key].attainment(desk.now)) if key in found else None
    parts = await read_parts(desk.session, CLOCKS, first=period.first, last=period.last, key=key)
    sums = sum_up(parts, filters).get(key)
    if sums is None:
        return {**about, "now": None, "before": before}
    columns = join(CLOCKS, [_chosen(part, filters) for part in parts])
    states = states_at(columns, desk.now)
    days = by_day(columns, states, first=period.first, last=period.last)
    return {
        **about,
        "now": _figures(desk, key, sums),
        "before": before,
        "days": [
            {"date": date.isoformat(), **attainment_view(one)}
            for date, one in zip(period.dates, days, strict=True)
        ],
        "slots": [_slot(one) for one in by_slot(columns, states)],
        "waits": _waits(desk, key, sums),
        "by": {
            name: [
                {"value": value, "name": name_of(name, value, desk.people), **attainment_view(one)}
                for value, one in groups(columns, states, name)
            ]
            for name in BY
        },
    }


async def _sums(
    desk: Desk,
    period: Period,
    filters: Filters,
    *,
    what: Sequence[str],
    key: str | None = None,
) -> dict[str, Sums]:
    parts = await read_parts(
        desk.session,
        CLOCKS,
        first=period.first,
        last=period.last,
        key=key,
        what=ALL if filters.given else what,
    )
    return sum_up(parts, filters, waits="waits" in what)


def _chosen(part: Part, filters: Filters) -> Columns:
    columns = part.read_columns()
    return keep(columns, choose(columns, filters)) if filters.given else columns


async def values_report(desk: Desk, period: Period) -> Json:
    """Return the values that each dimension has in the period, with their names."""
    found: dict[str, set[str]] = {name: set() for name in BY}
    for kind in (CLOCKS, CHATS):
        parts = await read_parts(
            desk.session, kind, first=period.first, last=period.last, what=NAMES
        )
        for part in parts:
            for name in BY:
                found[name].update((part.names or {}).get(name, ()))
    named = {
        by: [{"value": value, "name": name_of(by, value, desk.people)} for value in sorted(values)]
        for by, values in found.items()
    }
    return {"by": named}


def _figures(desk: Desk, key: str, sums: Sums) -> Json:
    answered, waiting = _times(desk, key, sums)
    shares = percentiles_of(answered, waiting, SHARES)
    named = {f"p{share * 100:.0f}": wait for share, wait in zip(SHARES, shares, strict=True)}
    return {**attainment_view(sums.attainment(desk.now)), **named}


def _times(desk: Desk, key: str, sums: Sums) -> tuple[Array, Array]:
    """Give how long the answered waited, and how long the others did until they end or now."""
    so_far = _so_far(desk, key, sums.running.started)
    return sums.answered, np.concatenate([sums.given_up, so_far])


def _so_far(desk: Desk, key: str, started: Array) -> Array:
    policy = find_policy(desk.policies, key.split("/", maxsplit=1)[0])
    calendar = desk.policies.get_calendar(policy.calendar, at=desk.now) if policy else Always()
    if isinstance(calendar, Always):
        return desk.now.timestamp() - started
    since = (datetime.fromtimestamp(one, UTC) for one in started)
    spent = (working_time_between(calendar, one, desk.now) for one in since)
    return np.array([one.total_seconds() for one in spent], dtype="f8")


def _waits(desk: Desk, key: str, sums: Sums) -> Json:
    """Give how long answers took, in bins that the target divides evenly, the rest in the last."""
    answered, waiting = _times(desk, key, sums)
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
        "still_waiting": sums.attainment(desk.now).open,
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
