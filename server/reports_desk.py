"""Opens the reports inside the web program: rules, and the rounds that keep them."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import structlog
from aiohttp import web
from sqlalchemy.exc import OperationalError

from reports.alarm_rules import read_alarm_policy
from reports.asking import Desk
from reports.catching_up import catch_up
from reports.measuring import Rules
from reports.people import read_names
from server.keys import DATABASE
from sla.policies import read_policies
from storage.engine import Database

log = structlog.get_logger(__name__)
FRESH_SECONDS = 1.0
MOST_WAITED = 2.0


@dataclass
class Reports:
    """What report handlers share; `clock` is where tests set the time."""

    database: Database
    rules: Rules
    fresh: asyncio.Lock = field(default_factory=asyncio.Lock)
    read_at: float = -math.inf
    now: datetime | None = None

    def clock(self) -> datetime:
        """Return the present moment."""
        return self.now or datetime.now(UTC)

    async def refresh(self) -> None:
        """Read what changed in the rooms; calls within a second share one reading.

        A database that is busy for long costs freshness, never the report: each report says when
        it was true.
        """
        try:
            await asyncio.wait_for(self.fresh.acquire(), MOST_WAITED)
        except TimeoutError:  # all is being read anew: meanwhile what is there is shown
            return
        try:
            if monotonic() - self.read_at < FRESH_SECONDS:
                return
            try:
                await catch_up(self.database, self.rules, now=self.clock())
            except OperationalError:
                log.warning("reports could not catch up: the database is busy")
            self.read_at = monotonic()
        finally:
            self.fresh.release()

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """Hand out what a report is made from, over one consistent reading transaction."""
        await self.refresh()
        async with self.database.read() as session:
            names = await read_names(session)
            yield Desk(session, self.rules.policies, self.clock(), names)


REPORTS = web.AppKey("reports", Reports)


def open_reports(app: web.Application) -> None:
    """Open the reports; the rounds that keep them are server.reports_rounds."""
    app[REPORTS] = Reports(app[DATABASE], Rules(read_policies(), read_alarm_policy()))
