"""The board on which waiting customers read their place in the line."""

from collections.abc import Callable
from datetime import datetime, timedelta

from desk.feed import Stop
from desk.office import Office
from desk.pen import Change
from desk.rounds import Rounds
from desk.standing import Line, Standing, read_line
from desk.states import Owner

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
        self._looked_at: datetime | None = None
        self._rounds = Rounds(self._look_again, every=LOOK_SECONDS, name="desk-board")
        self._stop_listening: Stop = lambda: None

    def start(self) -> None:
        """Begin to watch the line."""
        self._stop_listening = self._office.feed.listen_to_all(self._hear)
        self._rounds.start()

    async def stop(self) -> None:
        """Stop watching."""
        self._stop_listening()
        await self._rounds.stop()

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

    async def _look_again(self) -> None:
        now = self._office.clock()
        is_due = self._looked_at is None or now - self._looked_at >= LOOK_ANYWAY
        if self._lookers and (self._is_stale or is_due):
            self._is_stale, self._looked_at = False, now
            self._tell(await self.read())

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
