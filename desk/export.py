"""Conversations as records that leave the desk: a customer's own data, or the shop's archive.

A person may have a copy of what is kept about her (个人信息保护法 §45), so words are given as she
said them, unmasked. What colleagues noted for each other is left out unless asked for.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.messages import Message, from_row, instant
from desk.tables import DbConversation, DbMessage, DbRating
from shop.tables import DbCustomer
from storage.sealed import blind_index

Json = dict[str, Any]
COLUMNS = (
    "conversation", "seq", "at", "sender", "name", "kind", "text", "image", "automatic", "internal",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which conversations: of one customer, or one by its id, or all of a time (UTC)."""

    customer: str | None = None
    conversation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_notes: bool = False


async def find_customer_id(session: AsyncSession, known_by: str) -> str | None:
    """Return the customer with this id or this telephone number, or None."""
    if await session.get(DbCustomer, known_by) is not None:
        return known_by
    digits = "".join(filter(str.isdigit, known_by))[-11:]
    query = select(DbCustomer.id).where(DbCustomer.phone_index == blind_index("phone", digits))
    found: str | None = await session.scalar(query)
    return found


async def conversations(session: AsyncSession, wanted: Wanted) -> AsyncIterator[Json]:
    """Yield each conversation with its messages and ratings, the oldest first."""
    ids = list(await session.scalars(_ids(wanted)))
    for conversation_id in ids:
        row = await session.get_one(DbConversation, conversation_id)
        yield {
            "conversation": row.id,
            "customer": row.customer_id,
            "began_at": instant(row.created_at),
            "closed_at": instant(row.closed_at),
            "close_reason": row.close_reason,
            "handed_off_for": row.reason,
            "agent": row.agent_name,
            "messages": await _messages(session, row.id, wanted.with_notes),
            "ratings": await _ratings(session, row.id),
        }
        session.expunge(row)


def flat(conversation: Json) -> list[Json]:
    """Return one record a message, with the columns of `COLUMNS`."""
    return [{"conversation": conversation["conversation"], **m} for m in conversation["messages"]]


def _ids(wanted: Wanted) -> Select[str]:
    query = select(DbConversation.id).where(DbConversation.last_seq > 0)
    if wanted.customer is not None:
        query = query.where(DbConversation.customer_id == wanted.customer)
    if wanted.conversation is not None:
        query = query.where(DbConversation.id == wanted.conversation)
    if wanted.since is not None:
        query = query.where(DbConversation.updated_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(DbConversation.created_at < wanted.until)
    return query.order_by(DbConversation.created_at, DbConversation.id)


async def _messages(session: AsyncSession, conversation: str, with_notes: bool) -> list[Json]:
    query = select(DbMessage).where(DbMessage.conversation_id == conversation)
    if not with_notes:
        query = query.where(~DbMessage.internal)
    rows = await session.scalars(query.order_by(DbMessage.seq))
    return [_record(from_row(row)) for row in rows]


def _record(message: Message) -> Json:
    draft = message.draft
    return {
        "seq": message.seq,
        "at": instant(message.at),
        "sender": draft.sender,
        "name": draft.author_name,
        "kind": draft.kind,
        "text": draft.text,
        "image": draft.image["url"] if draft.image else None,
        "automatic": draft.automatic,
        "internal": draft.internal,
    }


async def _ratings(session: AsyncSession, conversation: str) -> list[Json]:
    query = select(DbRating).where(
        DbRating.conversation_id == conversation, DbRating.answered_at.is_not(None)
    )
    return [
        {"at": instant(row.answered_at), "score": row.score, "comment": row.comment}
        for row in await session.scalars(query)
    ]
