"""Notices what other processes did: another replica, a command, a worker.

The feed tells at once what this process writes; this looks at the database for the rest, so a
lost notice or a second replica costs a second, never a message.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from desk.feed import Stop
from desk.office import Office
from desk.pen import Change
from desk.rounds import Rounds
from desk.tables import DbConversation

LOOK_SECONDS = 1.0
LOOK_BACK = timedelta(seconds=10)
MOST_REMEMBERED = 20_000


class Watch:
    """Publishes conversations whose revision grew without this process having said so."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._known: dict[str, tuple[int, int]] = {}
        self._rounds = Rounds(self.look, every=LOOK_SECONDS, name="desk-watch")
        self._stop_listening: Stop = lambda: None
        self._since: datetime | None = None

    def start(self) -> None:
        """Begin to look."""
        self._since = self._office.clock()
        self._stop_listening = self._office.feed.listen_to_all(self._hear)
        self._rounds.start()

    async def stop(self) -> None:
        """Stop looking."""
        self._stop_listening()
        await self._rounds.stop()

    async def look(self) -> int:
        """Publish what others changed; returns how many conversations."""
        # Clocks of replicas differ and commits come late, so the look reaches back some seconds.
        since = (self._since or self._office.clock()) - LOOK_BACK
        self._since = self._office.clock()
        changed = select(DbConversation.id, DbConversation.revision).where(
            DbConversation.updated_at > since
        )
        async with self._office.database.read() as session:
            found = (await session.execute(changed)).all()
            news = [row.id for row in found if self._is_news(row.id, row.revision)]
            if not news:
                return 0
            query = select(DbConversation).where(DbConversation.id.in_(news))
            rows = (await session.scalars(query)).all()
        self._office.feed.publish(
            Change(row, (), self._known.get(row.id, (0, 0))[1] != row.owner_epoch) for row in rows
        )
        return len(rows)

    def _is_news(self, conversation: str, revision: int) -> bool:
        """Say whether nobody here knows of it; what is still on its way is looked at next time."""
        is_newer = revision > self._known.get(conversation, (-1, 0))[0]
        return is_newer and not self._office.feed.expects(conversation)

    def _hear(self, change: Change) -> None:
        row = change.conversation
        known = row.revision, row.owner_epoch
        self._known[row.id] = max(known, self._known.get(row.id, known))
        if len(self._known) > MOST_REMEMBERED:
            for key in list(self._known)[: MOST_REMEMBERED // 2]:
                del self._known[key]
