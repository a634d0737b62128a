"""How things stand now: what breaches next, what is open by age, what to answer now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from reports import wording
from reports.clock_report import Desk, describe_key, find_policy, name_of
from reports.days import day_of
from reports.measuring import WAITING
from reports.reading import read_days
from reports.tables import DbCase, DbClock
from reports.tally import Filters, attainment_of, choose, states_at
from sla.figures import misses_left, to_rescue

Json = dict[str, Any]
MOST_ROWS = 200
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
    waiting = select(DbClock, DbCase.title).join(DbCase, DbCase.id == DbClock.case_id)
    waiting = waiting.where(DbClock.state == WAITING)
    soon = waiting.where(DbClock.due_at >= desk.now, DbClock.due_at <= until)
    late = waiting.where(DbClock.due_at < desk.now)
    first = list(await desk.session.execute(soon.order_by(DbClock.due_at).limit(limit)))
    over = list(await desk.session.execute(late.order_by(DbClock.due_at.desc()).limit(limit)))
    return {"hours": hours, "soon": _by_case(desk, first), "late": _by_case(desk, over)}


def _by_case(desk: Desk, rows: Sequence[Row[DbClock, str]]) -> list[Json]:
    """List each case once, with the clock that comes first; `also` counts its others."""
    cases: dict[str, Json] = {}
    for clock, title in rows:
        if clock.case_id in cases:
            cases[clock.case_id]["also"] += 1
        else:
            cases[clock.case_id] = {**clock_view(desk, clock, title), "also": 0}
    return list(cases.values())


async def backlog_report(desk: Desk, *, kind: str | None = None) -> Json:
    """Count what is open by time left and by age, for every clock."""
    query = select(DbClock.policy, DbClock.clock, DbClock.started_at, DbClock.due_at)
    query = query.where(DbClock.state == WAITING)
    if kind is not None:
        query = query.where(DbClock.kind == kind)
    by_key: dict[str, list[tuple[datetime, datetime]]] = {}
    for policy, clock, started_at, due_at in await desk.session.execute(query):
        by_key.setdefault(f"{policy}/{clock}", []).append((started_at, due_at))
    return {
        "clocks": [
            {
                **describe_key(desk.policies, key, now=desk.now),
                "n": len(times),
                "left": _binned([due - desk.now for _started, due in times], LEFT),
                "age": _binned([desk.now - started for started, _due in times], AGES),
            }
            for key, times in sorted(by_key.items())
        ]
    }


async def rescue_report(desk: Desk) -> Json:
    """For each goal say what of today must be answered to keep it, the most urgent first."""
    today = day_of(desk.now)
    columns = await read_days(desk.session, desk.shelf, "clock", first=today, last=today)
    states = states_at(columns, desk.now)
    lists = []
    for key in columns.names.get("key", ()):
        policy = find_policy(desk.policies, key.split("/", maxsplit=1)[0])
        if policy is None or policy.goal is None:
            continue
        figure = attainment_of(states[choose(columns, Filters(), key=key)])
        needed = to_rescue(figure, goal=policy.goal, pending=figure.open)
        lists.append(
            {
                **describe_key(desk.policies, key, now=desk.now),
                "n": figure.n,
                "met": figure.met,
                "share": figure.share,
                "pending": figure.open,
                "needed": needed,
                "spare": misses_left(figure, goal=policy.goal, pending=figure.open),
                "cases": await _pending(desk, key, today) if figure.open else [],
            }
        )
    return {"lists": lists}


async def _pending(desk: Desk, key: str, day: int) -> list[Json]:
    policy, clock = key.split("/")
    query = (
        select(DbClock, DbCase.title)
        .join(DbCase, DbCase.id == DbClock.case_id)
        .where(DbClock.state == WAITING, DbClock.due_at >= desk.now)
        .where(DbClock.day == day, DbClock.policy == policy, DbClock.clock == clock)
        .order_by(DbClock.due_at)
        .limit(20)
    )
    return [clock_view(desk, row, title) for row, title in await desk.session.execute(query)]


async def count_open(desk: Desk) -> int:
    """Count the cases with an open clock."""
    query = select(func.count(func.distinct(DbClock.case_id))).where(DbClock.state == WAITING)
    return int(await desk.session.scalar(query) or 0)


def clock_view(desk: Desk, clock: DbClock, title: str) -> Json:
    """Return one clock as a row of a list, with the address of its case."""
    state: str = clock.state
    if state == WAITING:
        state = "missed" if clock.due_at < desk.now else "open"
    return {
        "case": clock.case_id,
        "kind": clock.kind,
        "kind_text": wording.KINDS[clock.kind],
        "href": case_href(clock.kind, clock.case_id),
        "title": title or case_title(clock.kind, clock.case_id),
        "key": f"{clock.policy}/{clock.clock}",
        "clock": describe_key(desk.policies, f"{clock.policy}/{clock.clock}", now=desk.now)[
            "title"
        ],
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


def _binned(times: Sequence[timedelta], bins: Sequence[tuple[str, timedelta | None]]) -> list[Json]:
    counts = [0] * len(bins)
    for time in times:
        place = next(n for n, (_name, end) in enumerate(bins) if end is None or time < end)
        counts[place] += 1
    return [{"name": name, "n": n} for (name, _end), n in zip(bins, counts, strict=True)]
