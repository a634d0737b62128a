"""The desk at work in one process: its database, rules and watchers, and how it writes."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.changes import Rules
from desk.feed import Feed
from desk.messages import Message, from_row
from desk.opening import Opening
from desk.pen import Change, Pen
from desk.policy import DeskPolicy
from desk.tables import DbConversation, DbMessage
from sla.policies import Policies
from storage.engine import Database

REPLAY = 200
# Built once, because every connection asks it when it begins.
_AFTER = (
    select(DbMessage)
    .where(
        DbMessage.conversation_id == bindparam("conversation"), DbMessage.seq > bindparam("after")
    )
    .order_by(DbMessage.seq.desc())
    .limit(REPLAY)
)
_VISIBLE_AFTER = _AFTER.where(~DbMessage.internal)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Office:
    """What every part of the desk shares; `write` is the one way to change a conversation."""

    def __init__(
        self,
        database: Database,
        policy: DeskPolicy,
        opening: Opening,
        *,
        clocks: Policies,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.database = database
        self.policy = policy
        self.opening = opening
        self.clocks = clocks
        self.rules = Rules(policy, opening)
        self.feed = Feed()
        self.clock = clock

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Pen]:
        """Open a transaction; at its end everything is committed and then made known."""
        changes: list[Change] = []
        async with self.database.write() as session:
            pen = Pen(session, self.clock())
            yield pen
            changes = await pen.put_down()
        self.feed.publish(changes)


async def find_conversation(session: AsyncSession, conversation_id: str) -> DbConversation | None:
    """Return the conversation, or None."""
    return await session.get(DbConversation, conversation_id)


async def messages_after(
    session: AsyncSession, conversation_id: str, after: int, *, internal: bool
) -> Sequence[Message]:
    """Return the messages after `after`, oldest first; at most the newest 200 of them."""
    query = _AFTER if internal else _VISIBLE_AFTER
    found = await session.scalars(query, {"conversation": conversation_id, "after": after})
    return [from_row(row) for row in found][::-1]


async def messages_before(
    session: AsyncSession, conversation_id: str, before: int, *, limit: int, internal: bool
) -> tuple[list[Message], bool]:
    """Return up to `limit` messages before `before`, oldest first, and whether more exist."""
    query = (
        select(DbMessage)
        .where(DbMessage.conversation_id == conversation_id, DbMessage.seq < before)
        .order_by(DbMessage.seq.desc())
        .limit(limit + 1)
    )
    if not internal:
        query = query.where(~DbMessage.internal)
    found = [from_row(row) for row in await session.scalars(query)]
    return found[:limit][::-1], len(found) > limit
