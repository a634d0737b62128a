"""The alarm sweep of `kefu bench sla`: what it costs to find the cases that came due."""

from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import func, select

from bench.sla_load import Sink, load_reviews
from bench.sla_model import Review
from reports.keeping import keep_cases
from reports.measuring import Rules
from reports.sweep import sweep
from reports.tables import DbCase
from storage.engine import Database, Session

DUE = 100
SWEEPS = 9


def load_due(sinks: list[Sink], rules: Rules, step: float, *, now: datetime) -> None:
    """Write bad reviews of which DUE come due in each of several later sweeps."""
    late = (
        _due_review(f"d{step}-{n}", minutes=n // DUE * 10 + 5, now=now) for n in range(SWEEPS * DUE)
    )
    load_reviews(sinks, late, rules, now=now)


def _due_review(name: str, *, minutes: float, now: datetime) -> Review:
    """A bad review whose 75 % are over in so many minutes."""
    posted_at = now - timedelta(hours=18) + timedelta(minutes=minutes)
    return Review(name, posted_at, True, None, "taobao", "SKU-001", "quality", "agent-01")


async def measure_sweep(url: str, rules: Rules, *, now: datetime, due: str) -> tuple[float, float]:
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
