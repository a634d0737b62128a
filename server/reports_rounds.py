"""The rounds that keep reports and alarms true while the server runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import structlog
from aiohttp import web

from desk.policy import DeskPolicy
from reports.reading import build_stale_days
from server.alarms import AlarmRounds
from server.desk_office import DESK
from server.keys import SETTINGS
from server.politeness import ALARMING, REPORTING, Manners, PoliteDatabase
from server.reports_desk import REPORTS, Reports
from server.settings import Settings

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
    desk = app[DESK]
    rounds = Rounds(
        app[REPORTS],
        desk.office.policy,
        app[SETTINGS],
        per_second=desk.intake.flow.per_second,
        stop=stop,
    )
    # Each walks by itself: an alarm must not wait until the reports have had their rest.
    tasks = [
        asyncio.create_task(_walk(rounds.report, stop, rest_after), name="reports-rounds"),
        asyncio.create_task(_walk(rounds.alarm, stop, lambda _took: ROUND_SECONDS), name="alarms"),
    ]
    yield
    stop.set()
    for task in tasks:
        await task


class Rounds:
    """What is done again and again: reports, which can wait, and alarms, which cannot."""

    def __init__(
        self,
        reports: Reports,
        desk_policy: DeskPolicy,
        settings: Settings,
        *,
        per_second: Callable[[], float],
        stop: asyncio.Event,
        reporting: Manners = REPORTING,
    ) -> None:
        def polite(manners: Manners) -> PoliteDatabase:
            return PoliteDatabase(reports.database, manners, per_second=per_second, stop=stop)

        self.reporting = polite(reporting)
        # One lock for all of them: a page reads what is there.
        self._reports = replace(reports, database=self.reporting)
        alarms = replace(reports, database=polite(ALARMING))
        self._alarms = AlarmRounds(alarms, desk_policy, settings)

    async def report(self) -> None:
        """Bring cases and clocks up to date, build stale columns."""
        self.reporting.begin_round()
        await self._reports.refresh()
        for _ in range(DAYS_A_ROUND):  # a day at a time: chats must not have to wait for reports
            async with self.reporting.write() as session:
                if not await build_stale_days(session, limit=1):
                    return

    async def alarm(self) -> None:
        """Raise and tell what is due."""
        await self._alarms.walk()


async def _walk(
    work: Callable[[], Awaitable[None]], stop: asyncio.Event, rest: Callable[[float], float]
) -> None:
    """Go round until told to stop, always between two pieces of work."""
    loop = asyncio.get_running_loop()
    took = 0.0
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), rest(took))
        if stop.is_set():
            return
        began = loop.time()
        try:
            await work()
        except Exception:
            log.exception("reports round failed")
        took = loop.time() - began


def rest_after(took: float) -> float:
    """Return how many seconds to rest after a round that took so many."""
    return min(max(ROUND_SECONDS, took * REST), LONGEST_REST_SECONDS)
