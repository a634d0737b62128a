"""The report pages and lists of `kefu bench sla`, beside the cheapest aggregate over their rows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from reports.asking import Desk
from reports.cases_report import Choice, clock_cases
from reports.chat_report import chats_report
from reports.clock_report import clock_report, clocks_report
from reports.columns import CHATS, CLOCKS, row_of
from reports.days import day_of
from reports.keeping import clock_change
from reports.measuring import WAITING, Rules
from reports.period import Period, period_of
from reports.reading import build_stale_days
from reports.stale_days import Change, note_changes, touch_days
from reports.standing_report import backlog_report, rescue_report, risk_report
from reports.tables import DbCase, DbClock
from reports.tally import Filters
from storage.engine import Database, Session

ROUNDS, RUNS = 3, 4
CHANGED = 50
ENOUGH_MS, MOST_RUNS = 500.0, 100
PERIOD_DAYS = 30
KEY = "house_human_next/human_next_response"
Json = dict[str, Any]


async def measure_reports(
    url: str, rules: Rules, *, now: datetime, tell: Callable[[str], None]
) -> tuple[dict[str, Json], dict[str, float]]:
    """Return what each report page took beside its aggregate, and the ms of each list."""
    database = Database(url)
    try:
        await _build_days(database)
        period = period_of(None, None, now=now, days=PERIOD_DAYS)
        pages, lists = {}, {}
        for name, report in _pages(period).items():
            pages[name] = await _measure_page(database, rules, report, now)
            tell(f"{database.dialect} {name}: {pages[name]}")
        for name, make in _lists(period).items():
            lists[name] = round(await _measure_list(database, rules, make, now), 1)
        tell(f"{database.dialect} lists: {lists}")
        return pages, lists
    finally:
        await database.close()


async def _build_days(database: Database) -> None:
    """Build the parts of all days, as a running server does after every change."""
    async with database.write() as session:
        for kind, column in ((CLOCKS, DbClock.day), (CHATS, DbCase.day)):
            days = await session.scalars(select(column).distinct())
            await touch_days(session, {(kind, day) for day in days})
    while True:
        async with database.write() as session:
            if not await build_stale_days(session, limit=10):
                return


@dataclass(frozen=True)
class _Page:
    """One report page: how it is made, and the rows that it speaks of."""

    make: Callable[[Desk], Awaitable[Any]]
    rows: Callable[[], list[Any]]


def _pages(period: Period) -> dict[str, _Page]:
    both = Period(period.before.first, period.last)
    clocks = [DbClock.day >= both.first, DbClock.day <= both.last]
    policy, _, clock = KEY.partition("/")
    one = [*clocks, DbClock.policy == policy, DbClock.clock == clock]
    chosen = [DbCase.kind == "conversation", DbCase.day >= both.first, DbCase.day <= both.last]
    return {
        "clocks": _Page(lambda desk: clocks_report(desk, period, Filters()), lambda: clocks),
        "clock": _Page(lambda desk: clock_report(desk, period, Filters(), key=KEY), lambda: one),
        "clock of a platform": _Page(
            lambda desk: clock_report(desk, period, Filters(platform="pdd"), key=KEY),
            lambda: [*one, DbClock.platform == "pdd"],
        ),
        "clocks of a platform": _Page(
            lambda desk: clocks_report(desk, period, Filters(platform="pdd")),
            lambda: [*clocks, DbClock.platform == "pdd"],
        ),
        "chats": _Page(lambda desk: chats_report(desk, period, Filters()), lambda: chosen),
        "backlog": _Page(backlog_report, lambda: [DbClock.state == WAITING]),
    }


def _lists(period: Period) -> dict[str, Callable[[Desk], Awaitable[Any]]]:
    failed = Choice(key=KEY, state="failed")
    return {
        "at risk": lambda desk: risk_report(desk, hours=4),
        "rescue": rescue_report,
        "cases behind a figure": lambda desk: clock_cases(desk, period, Filters(), failed),
    }


async def _measure_page(database: Database, rules: Rules, page: _Page, now: datetime) -> Json:
    async def make() -> None:
        async with database.read() as session:
            await page.make(Desk(session, rules.policies, now))

    cheapest = took = float("inf")
    for _ in range(ROUNDS):  # in turns, so that both meet the same company on the machine
        cheapest = min(cheapest, await _cheapest(database, page.rows()))
        took = min(took, await _least(make))
    async with database.write() as session:
        for day in (day_of(now), day_of(now) - 1):
            await note_changes(session, await _some_of(session, day))
    live = float("inf")
    for _ in range(ROUNDS):
        cheapest = min(cheapest, await _cheapest(database, page.rows()))
        live = min(live, await _least(make))
    async with database.write() as session:
        await build_stale_days(session)
    return {
        "ms": round(took, 1),
        "live_ms": round(live, 1),
        "aggregate_ms": round(cheapest, 1),
        "ratio": round(took / cheapest, 2),
        "ratio_live": round(live / cheapest, 2),
    }


async def _some_of(session: Session, day: int) -> list[Change]:
    """Name some clocks and chats of a day, spread over it as their ids are."""
    clocks = select(*DbClock.__table__.columns).where(DbClock.day == day)
    clocks = clocks.order_by(DbClock.id).limit(CHANGED)
    chats = select(*DbCase.__table__.columns).order_by(DbCase.id).limit(CHANGED)
    chats = chats.where(DbCase.day == day, DbCase.kind == "conversation")
    return [
        clock_change(dict(row), dict(row)) for row in (await session.execute(clocks)).mappings()
    ] + [
        Change(CHATS, day, "", row["id"], row_of(CHATS, row))
        for row in (await session.execute(chats)).mappings()
    ]


async def _cheapest(database: Database, conditions: list[Any]) -> float:
    """Give the least time of several one-line aggregates over the rows that a page speaks of."""
    is_case = any("sla_case" in str(one) for one in conditions)
    times = []
    aggregates = (
        (func.count(), func.max(DbCase.opened_at))
        if is_case
        else (func.count(), func.max(DbClock.due_at), func.sum(DbClock.waited_seconds))
    )
    for aggregate in aggregates:
        query = select(aggregate).select_from(DbCase if is_case else DbClock).where(*conditions)

        async def ask(query: Any = query) -> None:
            async with database.read() as session:
                (await session.execute(query)).all()

        times.append(await _least(ask))
    return min(times)


async def _measure_list(
    database: Database, rules: Rules, make: Callable[[Desk], Awaitable[Any]], now: datetime
) -> float:
    async def ask() -> None:
        async with database.read() as session:
            await make(Desk(session, rules.policies, now))

    await ask()
    return await _least(ask)


async def _least(work: Callable[[], Awaitable[None]], *, runs: int = RUNS) -> float:
    """Give the least ms of so many runs, of what is short of as many as fit into a second."""
    times: list[float] = []
    while len(times) < runs or (sum(times) < ENOUGH_MS and len(times) < MOST_RUNS):
        started = perf_counter()
        await work()
        times.append((perf_counter() - started) * 1000)
    return min(times)
