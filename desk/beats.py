"""Signs of life and of writing of all consoles, written together: fifty agents would else write
all the time.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from desk.office import Office
from desk.presence import beat
from desk.rounds import Rounds
from desk.states import Owner
from desk.tables import DbConversation

WRITE_SECONDS = 2.0  # of the 45 after which silence means gone

Writing = tuple[str, str]
"""A conversation, and the agent who writes in it."""


class Beats:
    """Who was heard of since the last writing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._heard: set[str] = set()
        self._writing: dict[Writing, datetime] = {}
        self._rounds = Rounds(self.write, every=WRITE_SECONDS, name="desk-beats")

    def start(self) -> None:
        """Begin to write."""
        self._rounds.start()

    async def stop(self) -> None:
        """Write what was heard last, and stop."""
        await self._rounds.stop()
        await self.write()

    def note(self, staff_id: str) -> None:
        """Note a sign of life of one agent."""
        self._heard.add(staff_id)

    def note_writing(self, conversation: str, staff_id: str) -> None:
        """Note that an agent is writing an answer; in another's talk that changes nothing."""
        self._writing[conversation, staff_id] = self._office.clock()

    async def write(self) -> None:
        """Write all that was heard."""
        if not self._heard and not self._writing:
            return
        heard, self._heard = self._heard, set()
        writing, self._writing = self._writing, {}
        try:
            async with self._office.database.write() as session:
                if heard:
                    await beat(session, heard, now=self._office.clock())
                await _keep_writing(session, writing)
        except BaseException:
            self._heard |= heard
            self._writing = writing | self._writing
            raise


async def _keep_writing(session: AsyncSession, writing: Mapping[Writing, datetime]) -> None:
    """Write who writes her first answer where; nobody needs to be told, so no revision grows."""
    row = DbConversation
    for (conversation, agent), at in writing.items():
        is_due = row.owner == Owner.AGENT, row.agent_id == agent, row.agent_answered_at.is_(None)
        await session.execute(
            update(row).where(row.id == conversation, *is_due).values(agent_wrote_at=at)
        )
