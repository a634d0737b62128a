"""How things stand now: what breaches next, what is open by age, what to answer now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, func, select

from reports import wording
from reports.asking import Desk, find_policy, name_of
from reports.columns import CLOCKS, Array
from reports.days import day_of
from reports.measuring import WAITING
from reports.open_times import read_open_times
from reports.reading import COUNTS, read_parts
from reports.sums import sum_up
from reports.tables import DbCase, DbClock
from reports.tally import Filters
from sla.figures import misses_left, to_rescue

Json = dict[str, Any]
MOST_ROWS = 200
MOST_PENDING = 60
AGES = (
    ("1 小时内", timedelta(hours=1)),
    ("1–4 小时", timedelta(hours=4)),
    ("4–12 小时", timedelta(hours=12)),
    ("12–24 小时", timedelta(hours=24)),
    ("1–3 天", timedelta(days=3)),
    ("3–7 天", timedelta(days=7)),
    ("7 天以上", None),
)
LEFT = (
    ("已超时", timedelta()),
    ("1 小时内", timedelta(hours=1)),
    ("1–4 小时", timedelta(hours=4)),
    ("4–12 小时", timedelta(hours=12)),
    ("12–24 小时", timedelta(hours=24)),
    ("24 小时以上", None),
)


async def risk_report(desk: Desk, *, hours: float, limit: int = MOST_ROWS) -> Json:
    """Return the open clocks that are due within `hours`, the first due first, and those late."""
    until = desk.now + timedelta(hours=hours)
    waiting = select_clocks().where(DbClock.state == WAITING)
    soon = waiting.where(DbClock.due_at >= desk.now, DbClock.due_at <= until)
    late = waiting.where(DbClock.due_at < desk.now)
    first = list(await desk.session.execute(soon.order_by(DbClock.due_at).limit(limit)))
    over = list(await desk.session.execute(late.order_by(DbClock.due_at.desc()).limit(limit)))
    return {"hours": hours, "soon": _by_case(desk, first), "late": _by_case(desk, over)}


def _by_case(desk: Desk, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Json]:
    """List each case once, with the clock that comes first; `also` counts its others."""
    cases: dict[str, Json] = {}
    for clock in rows:
        if clock.case_id in cases:
            cases[clock.case_id]["also"] += 1
        else:
            cases[clock.case_id] = {**clock_view(desk, clock), "also": 0}
    return list(cases.values())


async def backlog_report(desk: Desk) -> Json:
    """Count what is open by time left and by age, for every clock."""
    times = list((await read_open_times(desk.session)).items())
    counts = [len(one.due) for _key, one in times]
    now = desk.now.timestamp()
    left = _binned([one.due - now for _key, one in times], counts, LEFT)
    age = _binned([now - one.started for _key, one in times], counts, AGES)
    return {
        "clocks": [
            {**desk.describe(key), "n": count, "left": left[place], "age": age[place]}
            for place, ((key, _times), count) in enumerate(zip(times, counts, strict=True))
        ]
    }


async def rescue_report(desk: Desk) -> Json:
    """For each goal say what of today must be answered to keep it, the most urgent first."""
    today = day_of(desk.now)
    parts = await read_parts(desk.session, CLOCKS, first=today, last=today, what=COUNTS)
    sums = sum_up(parts, Filters(), waits=False)
    pending = await _pending(desk, today)
    lists = []
    for key, counted in sums.items():
        policy = find_policy(desk.policies, key.split("/", maxsplit=1)[0])
        if policy is None or policy.goal is None or key.endswith("_resolution"):
            continue  # solving is no answer that somebody could give now
        figure = counted.attainment(desk.now)
        needed = to_rescue(figure, goal=policy.goal, pending=figure.open)
        lists.append(
            {
                **desk.describe(key),
                "n": figure.n,
                "met": figure.met,
                "share": figure.share,
                "pending": figure.open,
                "needed": needed,
                "spare": misses_left(figure, goal=policy.goal, pending=figure.open),
                "cases": pending.get(key, []),
            }
        )
    return {"lists": lists}


async def _pending(desk: Desk, day: int) -> dict[str, list[Json]]:
    query = (
        select_clocks()
        .where(DbClock.state == WAITING, DbClock.due_at >= desk.now)
        .where(DbClock.day == day)
        .order_by(DbClock.due_at)
        .limit(MOST_PENDING)
    )
    found: dict[str, list[Json]] = {}
    for row in await desk.session.execute(query):
        view = clock_view(desk, row)
        found.setdefault(view["key"], []).append(view)
    return found


async def count_open(desk: Desk) -> int:
    """Count the cases with an open clock."""
    query = select(func.count(func.distinct(DbClock.case_id))).where(DbClock.state == WAITING)
    return int(await desk.session.scalar(query) or 0)


def select_clocks() -> Select[*tuple[Any, ...]]:
    """Return the query for what `clock_view` shows; conditions and order are the caller's."""
    columns = (
        DbClock.case_id,
        DbClock.kind,
        DbClock.policy,
        DbClock.clock,
        DbClock.started_at,
        DbClock.due_at,
        DbClock.met_at,
        DbClock.closed_at,
        DbClock.state,
        DbClock.at_risk_at,
        DbClock.waited_seconds,
        DbClock.late_seconds,
        DbClock.agent_id,
        DbClock.platform,
        DbCase.title,
    )
    return select(*columns).join(DbCase, DbCase.id == DbClock.case_id)


def clock_view(desk: Desk, clock: Row[*tuple[Any, ...]]) -> Json:
    """Return one clock of `select_clocks` as a row of a list, with the address of its case."""
    state: str = clock.state
    if state == WAITING:
        state = "missed" if clock.due_at < desk.now else "open"
    return {
        "case": clock.case_id,
        "kind": clock.kind,
        "kind_text": wording.KINDS[clock.kind],
        "href": case_href(clock.kind, clock.case_id),
        "title": clock.title or case_title(clock.kind, clock.case_id),
        "key": f"{clock.policy}/{clock.clock}",
        "clock": desk.describe(f"{clock.policy}/{clock.clock}")["title"],
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "ended_at": _iso(clock.met_at or clock.closed_at),
        "waited_seconds": clock.waited_seconds,
        "late_seconds": clock.late_seconds,
        "state": state,
        "state_text": wording.STATES[state],
        "at_risk": clock.state == WAITING and clock.at_risk_at <= desk.now <= clock.due_at,
        "agent": name_of("agent", clock.agent_id, desk.people) if clock.agent_id else None,
        "platform": name_of("platform", clock.platform, {}) if clock.platform else None,
    }


def case_href(kind: str, case: str) -> str:
    """Return the address at which a case opens."""
    return f"/reviews?review={case}" if kind == "review" else f"/console?conversation={case}"


def case_title(kind: str, case: str) -> str:
    """Name a case without a subject by the end of its id, as the desk names its visitors."""
    return f"{wording.KINDS[kind]} {case[-4:]}"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _binned(
    seconds: Sequence[Array], counts: Sequence[int], bins: Sequence[tuple[str, timedelta | None]]
) -> list[list[Json]]:
    """Count the seconds of each clock by bins, all clocks at once."""
    if not seconds:
        return []
    ends = [end.total_seconds() for _name, end in bins if end is not None]
    places = np.searchsorted(ends, np.concatenate(seconds), side="right")
    places += np.repeat(np.arange(len(counts)) * len(bins), counts)
    found = np.bincount(places, minlength=len(counts) * len(bins)).reshape(len(counts), -1)
    named = list(zip((name for name, _end in bins), [None, *ends], [*ends, None], strict=True))
    return [
        [
            {"name": name, "from": start, "to": stop, "n": n}
            for (name, start, stop), n in zip(named, row, strict=True)
        ]
        for row in found.tolist()
    ]
