"""Who the person behind a widget is, and which conversation is hers now."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.pen import Pen
from desk.policy import DeskPolicy
from desk.states import Owner
from desk.tables import DbConversation, DbVisitor
from storage.tables import new_id

TOKEN_BYTES = 32
# Built once: to build a statement costs as much as to run it, and everybody who arrives asks these.
_BY_TOKEN = select(DbVisitor).where(DbVisitor.token_hash == bindparam("token_hash"))
_NEWEST = (
    select(DbConversation)
    .where(DbConversation.visitor_id == bindparam("visitor_id"))
    .order_by(DbConversation.id.desc())
    .limit(20)
)


@dataclass(frozen=True)
class Arrival:
    """A visitor at the door: her token (to keep), her conversation, and whether she is new."""

    token: str
    visitor: DbVisitor
    conversation: DbConversation
    fresh: bool


async def find_arrival(
    session: AsyncSession,
    policy: DeskPolicy,
    *,
    token: str | None,
    conversation_id: str | None,
    customer_id: str | None = None,
    now: datetime,
) -> Arrival | None:
    """Return the known visitor and her conversation without writing; None where one is missing.

    A conversation that is not hers, or ended longer ago than the policy allows, is left alone and
    her newest usable one is taken.
    """
    visitor = await _find_visitor(session, token)
    if visitor is None or token is None:
        return None
    if customer_id not in (None, visitor.customer_id):
        return None
    conversation = await _current(session, visitor, policy, conversation_id, now)
    return Arrival(token, visitor, conversation, fresh=False) if conversation else None


async def arrive(
    pen: Pen,
    policy: DeskPolicy,
    *,
    token: str | None,
    conversation_id: str | None,
    customer_id: str | None = None,
) -> Arrival:
    """Return the visitor and her conversation; an unknown token gets a new visitor.

    `customer_id` is whom the shop vouches for; a token of another customer's is not used.
    """
    visitor = await _find_visitor(pen.session, token)
    if visitor is not None and customer_id not in (None, visitor.customer_id):
        if visitor.customer_id is None:
            await _introduce(pen, visitor, customer_id)
        else:
            visitor = None
    if visitor is not None and token is not None:
        current = await _current(pen.session, visitor, policy, conversation_id, pen.now)
        return Arrival(token, visitor, current or start(pen, visitor), fresh=False)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    visitor = DbVisitor(
        id=new_id(),
        token_hash=_hash(token),
        customer_id=customer_id,
        created_at=pen.now,
        seen_at=pen.now,
    )
    pen.session.add(visitor)
    await pen.session.flush()
    return Arrival(token, visitor, start(pen, visitor), fresh=True)


async def _introduce(pen: Pen, visitor: DbVisitor, customer_id: str | None) -> None:
    """A guest has logged in at the shop: from now on her conversations are a customer's."""
    visitor.customer_id = customer_id
    query = select(DbConversation.id).where(
        DbConversation.visitor_id == visitor.id, DbConversation.customer_id.is_(None)
    )
    for row in (await pen.conversations(await pen.session.scalars(query))).values():
        row.customer_id = customer_id
        pen.touch(row)


def start(pen: Pen, visitor: DbVisitor) -> DbConversation:
    """Begin a conversation, with the bot."""
    conversation = DbConversation(
        id=new_id(),
        visitor_id=visitor.id,
        customer_id=visitor.customer_id,
        owner=Owner.BOT,
        owner_epoch=1,
        revision=0,
        last_seq=0,
        last_customer_seq=0,
        bot_done_seq=0,
        bot_session=1,
        customer_read_seq=0,
        agent_read_seq=0,
        unread=0,
        last_text="",
        customer_text="",
        created_at=pen.now,
        updated_at=pen.now,
    )
    pen.session.add(conversation)
    pen.hold(conversation)
    return conversation


async def _find_visitor(session: AsyncSession, token: str | None) -> DbVisitor | None:
    if not token:
        return None
    found: DbVisitor | None = await session.scalar(_BY_TOKEN, {"token_hash": _hash(token)})
    return found


async def _current(
    session: AsyncSession,
    visitor: DbVisitor,
    policy: DeskPolicy,
    wanted: str | None,
    now: datetime,
) -> DbConversation | None:
    found = await session.scalars(_NEWEST, {"visitor_id": visitor.id})
    usable = [each for each in found if not _is_over(each, policy, now)]
    return next((each for each in usable if each.id == wanted), usable[0] if usable else None)


def _is_over(conversation: DbConversation, policy: DeskPolicy, now: datetime) -> bool:
    if conversation.closed_at is None:
        return False
    return now - conversation.closed_at > timedelta(hours=policy.close.new_after_hours)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
