"""Writing that gives way: while customers talk a lot, whoever can wait rests after each write."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database

BUSY_PER_SECOND = 50.0
# A write that took 50 ms is followed by ten seconds of rest: of a hundred customers' messages less
# than one then meets a report, so that not even the slowest hundredth is slower for it.
REST = 199


class PoliteDatabase(Database):
    """The same database; `write()` first rests as long as the write before it demands."""

    def __init__(
        self, database: Database, *, per_second: Callable[[], float], stop: asyncio.Event
    ) -> None:
        self.url, self.engine = database.url, database.engine
        self._database = database
        self._per_second = per_second
        self._stop = stop
        self._rests_until = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for this process's turn to write."""
        async with self._database.turn():
            yield

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a writing transaction, after a rest where the desk is busy; a stop ends the rest."""
        loop = asyncio.get_running_loop()
        while self._per_second() > BUSY_PER_SECOND and not self._stop.is_set():
            left = self._rests_until - loop.time()
            if left <= 0:
                break
            with suppress(TimeoutError):  # looks again each second whether it is still busy
                await asyncio.wait_for(self._stop.wait(), min(left, 1.0))
        async with self._database.write() as session:
            began = loop.time()
            yield session
        self._rests_until = loop.time() + (loop.time() - began) * REST
