"""When this program looks for garbage: by the clock and in calm moments, not by what it makes.

Python looks through all that lives whenever a quarter has been added. A desk with thousands of
sockets adds that much every few seconds, and a look takes as long as hundreds of messages.
"""

import gc
import time
from collections.abc import AsyncIterator

from aiohttp import web

from desk.rounds import Rounds
from server.desk_office import DESK
from server.politeness import BUSY_PER_SECOND

YOUNG = 20_000  # new objects before the newest are looked through
EVERY_SECONDS = 60.0
LONGEST_SECONDS = 600.0
_NEVER = 1_000_000


def add_collector(app: web.Application) -> None:
    """Look for garbage once a minute, or later while customers talk a lot."""
    app.cleanup_ctx.append(_by_the_clock)


async def _by_the_clock(app: web.Application) -> AsyncIterator[None]:
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()  # libraries and rules, a million objects, live as long as the program
    gc.set_threshold(YOUNG, 10, _NEVER)
    looking = Rounds(Collector(app).look, every=EVERY_SECONDS, name="garbage")
    looking.start()
    yield
    await looking.stop()
    gc.set_threshold(*thresholds)
    gc.unfreeze()


class Collector:
    """Remembers when it last looked."""

    def __init__(self, app: web.Application) -> None:
        self._flow = app[DESK].intake.flow
        self._looked_at = time.monotonic()

    async def look(self) -> bool:
        """Look through everything unless the desk is busy; returns whether it did."""
        now = time.monotonic()
        is_due = now - self._looked_at >= LONGEST_SECONDS
        if self._flow.per_second() > BUSY_PER_SECOND and not is_due:
            return False
        self._looked_at = now
        gc.collect()
        return True
