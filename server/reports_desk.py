"""Opens the reports inside the web program: rules, shelf, and the rounds that keep them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from aiohttp import web

from reports.alarm_rules import read_alarm_policy
from reports.catching_up import catch_up
from reports.clock_report import Desk
from reports.measuring import Rules
from reports.people import read_names
from reports.reading import Shelf, build_stale_days
from server.keys import DATABASE
from sla.policies import read_policies
from storage.engine import Database

log = structlog.get_logger(__name__)
ROUND_SECONDS = 5.0


@dataclass
class Reports:
    """What report handlers share; `clock` is where tests set the time."""

    database: Database
    rules: Rules
    shelf: Shelf = field(default_factory=Shelf)
    fresh: asyncio.Lock = field(default_factory=asyncio.Lock)
    now: datetime | None = None

    def clock(self) -> datetime:
        """Return the present moment."""
        return self.now or datetime.now(UTC)

    async def refresh(self) -> None:
        """Read what changed in the rooms; two calls at once share one reading after the other."""
        async with self.fresh:
            await catch_up(self.database, self.rules, now=self.clock())

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """Hand out what a report is made from, over one consistent reading transaction."""
        await self.refresh()
        async with self.database.read() as session:
            names = await read_names(session)
            yield Desk(session, self.shelf, self.rules.policies, self.clock(), names)


REPORTS = web.AppKey("reports", Reports)


def add_rounds(app: web.Application) -> None:
    """Open the reports and walk their rounds while the server runs."""
    app[REPORTS] = Reports(app[DATABASE], Rules(read_policies(), read_alarm_policy()))
    app.cleanup_ctx.append(_rounds)


async def _rounds(app: web.Application) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(_walk(app[REPORTS], stop), name="reports-rounds")
    yield
    stop.set()
    await task


async def _walk(reports: Reports, stop: asyncio.Event) -> None:
    """Read changes and build columns until told to stop, always between two pieces of work."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), ROUND_SECONDS)
        if stop.is_set():
            return
        try:
            await one_round(reports)
        except Exception:
            log.exception("reports round failed")


async def one_round(reports: Reports) -> None:
    """Bring cases, clocks and columns up to date once."""
    await reports.refresh()
    async with reports.database.write() as session:
        await build_stale_days(session)
