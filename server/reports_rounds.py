"""The rounds that keep reports and alarms true while the server runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import structlog
from aiohttp import web

from reports.reading import build_stale_days
from server.alarms import AlarmRounds
from server.desk_office import DESK
from server.keys import SETTINGS
from server.politeness import PoliteDatabase
from server.reports_desk import REPORTS, Reports

log = structlog.get_logger(__name__)
ROUND_SECONDS = 5.0
DAYS_A_ROUND = 50
# A round that took a second is followed by nine of rest: on a busy day reports may be some
# seconds older, but they never take more than a tenth of the machine from the chats; while the
# desk is flooded they rest after every write (server.politeness).
REST = 9
LONGEST_REST_SECONDS = 60.0


def add_rounds(app: web.Application) -> None:
    """Walk the rounds from the server's start to its end."""
    app.cleanup_ctx.append(_rounds)


async def _rounds(app: web.Application) -> AsyncIterator[None]:
    stop = asyncio.Event()
    desk, reports = app[DESK], app[REPORTS]
    polite = PoliteDatabase(reports.database, per_second=desk.intake.flow.per_second, stop=stop)
    rounds = replace(reports, database=polite)  # one lock for both: a page reads what is there
    alarms = AlarmRounds(rounds, desk.office.policy, app[SETTINGS])
    task = asyncio.create_task(_walk(rounds, alarms, stop), name="reports-rounds")
    yield
    stop.set()
    await task


async def _walk(reports: Reports, alarms: AlarmRounds, stop: asyncio.Event) -> None:
    """Go round until told to stop, always between two pieces of work."""
    loop = asyncio.get_running_loop()
    took = 0.0
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), rest_after(took))
        if stop.is_set():
            return
        began = loop.time()
        try:
            await one_round(reports, alarms)
        except Exception:
            log.exception("reports round failed")
        took = loop.time() - began


def rest_after(took: float) -> float:
    """Return how many seconds to rest after a round that took so many."""
    return min(max(ROUND_SECONDS, took * REST), LONGEST_REST_SECONDS)


async def one_round(reports: Reports, alarms: AlarmRounds) -> None:
    """Bring cases and clocks up to date, raise and tell what is due, build stale columns."""
    await reports.refresh()
    await alarms.walk()
    for _ in range(DAYS_A_ROUND):  # a day at a time: chats must not have to wait for reports
        async with reports.database.write() as session:
            if not await build_stale_days(session, limit=1):
                return
