"""The rounds that keep reports and alarms true while the server runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from reports.reading import build_stale_days
from server.alarms import AlarmRounds
from server.desk_office import DESK
from server.keys import SETTINGS
from server.reports_desk import REPORTS, Reports

log = structlog.get_logger(__name__)
ROUND_SECONDS = 5.0


def add_rounds(app: web.Application) -> None:
    """Walk the rounds from the server's start to its end."""
    app.cleanup_ctx.append(_rounds)


async def _rounds(app: web.Application) -> AsyncIterator[None]:
    stop = asyncio.Event()
    alarms = AlarmRounds(app[REPORTS], app[DESK].office.policy, app[SETTINGS])
    task = asyncio.create_task(_walk(app[REPORTS], alarms, stop), name="reports-rounds")
    yield
    stop.set()
    await task


async def _walk(reports: Reports, alarms: AlarmRounds, stop: asyncio.Event) -> None:
    """Go round until told to stop, always between two pieces of work."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), ROUND_SECONDS)
        if stop.is_set():
            return
        try:
            await one_round(reports, alarms)
        except Exception:
            log.exception("reports round failed")


async def one_round(reports: Reports, alarms: AlarmRounds) -> None:
    """Bring cases and clocks up to date, raise and tell what is due, build stale columns."""
    await reports.refresh()
    await alarms.walk()
    async with reports.database.write() as session:
        await build_stale_days(session)
