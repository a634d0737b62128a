"""Follows one conversation for one connection: every message once and in order, by number."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from desk.messages import Message
from desk.office import Office, find_conversation, messages_after
from desk.pen import Change
from desk.tables import DbConversation
from server.connection import ClosedError, Connection

log = structlog.get_logger(__name__)


class Following:
    """Shows each message once; a gap in the numbers means that the database knows more."""

    def __init__(
        self,
        connection: Connection,
        office: Office,
        conversation: str,
        *,
        frame: Callable[[Message], str],
        internal: bool,
    ) -> None:
        self._connection = connection
        self._office = office
        self._conversation = conversation
        self._frame = frame
        self._internal = internal
        self._cursor = 0
        self._is_reading = True  # until begin() has read what there is
        self._heard_more = False
        self._has_ended = False
        self._reading: asyncio.Task[None] | None = None

    async def begin(self, *, after: int) -> None:
        """Show everything after `after`; from then on `hear` shows what comes."""
        self._cursor = after
        self._heard_more = True
        await self._catch_up()

    async def begin_with(self, row: DbConversation, missing: Sequence[Message]) -> None:
        """Begin with what was read in one transaction after the listening to the feed began."""
        await self._show(row, missing)
        await self._catch_up()

    async def end(self) -> None:
        """Stop reading."""
        self._has_ended = True
        if self._reading is not None:
            await self._reading

    def hear(self, change: Change) -> None:
        """Show what a change said, or read it where something is missing before it."""
        if self._has_ended:
            return
        if self._is_reading:
            self._heard_more = True
            return
        for message in change.messages:
            if message.seq == self._cursor + 1:
                self._cursor = message.seq
                if self._internal or not message.draft.internal:
                    self._connection.offer_text(self._frame(message))
        if change.conversation.last_seq > self._cursor:
            self._is_reading = self._heard_more = True
            self._reading = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        try:
            await self._catch_up()
        except (ClosedError, ConnectionError):
            pass
        except Exception:
            log.exception("catching up failed")
            self._connection.cut()

    async def _catch_up(self) -> None:
        """Read until nothing was published while a read was under way."""
        while self._heard_more and not self._has_ended:
            self._heard_more = False
            await self._show(*await self._read())
        self._is_reading = False

    async def _show(self, row: DbConversation, missing: Sequence[Message]) -> None:
        for message in missing:
            await self._connection.put_text(self._frame(message))
        self._cursor = max(self._cursor, row.last_seq, *(each.seq for each in missing))

    async def _read(self) -> tuple[DbConversation, list[Message]]:
        async with self._office.database.read() as session:
            # The conversation first: messages read after it include at least all that it counts.
            row = await find_conversation(session, self._conversation)
            if row is None:
                raise ClosedError
            missing = await messages_after(
                session, self._conversation, self._cursor, internal=self._internal
            )
        return row, list(missing)
