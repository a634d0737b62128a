"""Writing that gives way: while customers talk a lot, whoever can wait rests after each write."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database

BUSY_PER_SECOND = 50.0


@dataclass(frozen=True)
class Manners:
    """How long a writer rests: so many times as long as its write took, at most so many seconds.

    A round that has not ended after `patience` seconds rests `late` times as long instead, so that
    giving way costs it some time and never the day.
    """

    rest: float
    late: float
    patience: float
    longest: float


# A write that took 50 ms is followed by ten seconds of rest: of a hundred customers' messages less
# than one then meets a report, so that not even the slowest hundredth is slower for it. A flood
# that lasts leaves the reports a tenth of the time.
REPORTING = Manners(rest=199, late=9, patience=30, longest=15)
# What is due must be told now: it takes turns with the chats instead of waiting for them to end.
ALARMING = Manners(rest=9, late=9, patience=0, longest=1)


class PoliteDatabase(Database):
    """The same database; `write()` first rests as long as the write before it demands."""

    def __init__(
        self,
        database: Database,
        manners: Manners,
        *,
        per_second: Callable[[], float],
        stop: asyncio.Event,
    ) -> None:
        self.url, self.engine = database.url, database.engine
        self._database = database
        self._manners = manners
        self._per_second = per_second
        self._stop = stop
        self._round_began = self._ended = asyncio.get_running_loop().time()
        self._took = 0.0

    def begin_round(self) -> None:
        """Say that what is written from now on is as fresh as can be."""
        self._round_began = asyncio.get_running_loop().time()

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for a turn to write."""
        return self._database.is_awaited

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
            left = self._ended + self._rest(loop.time()) - loop.time()
            if left <= 0:
                break
            with suppress(TimeoutError):  # looks again each second whether it is still busy
                await asyncio.wait_for(self._stop.wait(), min(left, 1.0))
        async with self._database.write() as session:
            began = loop.time()
            yield session
        self._ended = loop.time()
        self._took = self._ended - began

    def _rest(self, now: float) -> float:
        manners = self._manners
        is_late = now - self._round_began > manners.patience
        return min(self._took * (manners.late if is_late else manners.rest), manners.longest)
