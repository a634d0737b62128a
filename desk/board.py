"""The board on which waiting customers read their place in the line."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

import structlog

from desk.feed import Stop
from desk.office import Office
from desk.pen import Change
from desk.standing import Line, Standing, read_line
from desk.states import Owner

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
LOOK_ANYWAY = timedelta(seconds=10)

StandingListener = Callable[[Standing], None]


class Board:
    """Reads the line once for everybody who looks at it, and tells only what changed."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lookers: dict[str, set[StandingListener]] = {}
        self._told: dict[str, Standing] = {}
        self._is_stale = True
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Stop = lambda: None

    def start(self) -> None:
        """Begin to watch the line."""
        self._stop_listening = self._office.feed.listen_to_all(self._hear)
        self._task = asyncio.create_task(self._work(), name="desk-board")

    async def stop(self) -> None:
        """Stop watching."""
        self._stop_listening()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def look(self, conversation: str, listener: StandingListener) -> Stop:
        """Call `listener` whenever this conversation's place changes; returns how to stop."""
        self._lookers.setdefault(conversation, set()).add(listener)
        self._told.pop(conversation, None)
        self._is_stale = True

        def stop() -> None:
            lookers = self._lookers.get(conversation, set())
            lookers.discard(listener)
            if not lookers:
                self._lookers.pop(conversation, None)
                self._told.pop(conversation, None)

        return stop

    async def read(self) -> Line:
        """Return the line as it is now."""
        async with self._office.database.read() as session:
            return await read_line(
                session, self._office.policy, self._office.opening, now=self._office.clock()
            )

    def _hear(self, change: Change) -> None:
        # Whoever joins or leaves the line moves the others; mere words in it do not.
        if change.conversation.owner in (Owner.QUEUED, Owner.AGENT) or self._lookers:
            self._is_stale = True

    async def _work(self) -> None:
        last = self._office.clock()
        while True:
            now = self._office.clock()
            if self._lookers and (self._is_stale or now - last >= LOOK_ANYWAY):
                self._is_stale, last = False, now
                try:
                    self._tell(await self.read())
                except Exception:
                    log.exception("reading the line failed")
            await asyncio.sleep(LOOK_SECONDS)

    def _tell(self, line: Line) -> None:
        for position, one in enumerate(line.waiting, start=1):
            lookers = self._lookers.get(one.conversation)
            if not lookers:
                continue
            standing = line.standing_at(position, self._office.policy)
            if self._told.get(one.conversation) == standing:
                continue
            self._told[one.conversation] = standing
            for listener in tuple(lookers):
                listener(standing)
