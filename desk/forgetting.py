"""Erases what was said in a chat: when a customer asks for it, and of every chat in its time.

What counts stays: when who spoke, who owned the conversation, and a bare thank-you at its end, so
no report changes (个人信息保护法 §19 and §47).
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.courtesy import is_courtesy
from desk.office import Office
from desk.rounds import Rounds
from desk.states import Kind, Owner, Sender
from desk.tables import DbAttachment, DbConversation, DbMessage, DbRating, DbVisitor
from shop.promises import DbPromise
from storage import audit
from storage.sealed import CannotOpenError

log = structlog.get_logger(__name__)
EVERY_SECONDS = 3600.0
AT_ONCE = 50


class ChatUnderWayError(ValueError):
    """A conversation of the customer is not closed yet."""


async def erase_customer(
    session: AsyncSession, customer_id: str, *, actor: str, now: datetime
) -> int:
    """Erase all that this customer and the shop said to each other; return how many conversations.

    Browsers that were hers are strangers afterwards. Raises ChatUnderWayError.
    """
    hers = DbConversation.customer_id == customer_id
    query = select(DbConversation).where(hers).with_for_update()
    rows = (await session.scalars(query)).all()
    if any(row.owner != Owner.CLOSED for row in rows):
        raise ChatUnderWayError
    for start in range(0, len(rows), AT_ONCE):
        await _erase(session, rows[start : start + AT_ONCE], now)
    known = update(DbVisitor).where(DbVisitor.customer_id == customer_id)
    await session.execute(known.values(customer_id=None))
    await _record(session, "customer", customer_id, len(rows), actor=actor, now=now)
    return len(rows)


async def erase_expired(session: AsyncSession, *, keep: timedelta, now: datetime) -> int:
    """Erase up to `AT_ONCE` conversations that closed longer than `keep` ago; return how many."""
    query = (
        select(DbConversation)
        .where(
            DbConversation.owner == Owner.CLOSED,
            DbConversation.closed_at < now - keep,
            # Who came back after words were erased has said new ones.
            or_(
                DbConversation.erased_at.is_(None),
                DbConversation.erased_at < DbConversation.closed_at,
            ),
        )
        .order_by(DbConversation.closed_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.scalars(query)).all()
    if rows:
        await _erase(session, rows, now)
        await _record(session, "desk", "expired", len(rows), actor="system", now=now)
    return len(rows)


class Keeping:
    """Erases, once an hour, what was kept as long as the policy says."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._rounds = Rounds(self.look, every=EVERY_SECONDS, name="desk-keeping")

    def start(self) -> None:
        """Begin to look."""
        self._rounds.start()

    async def stop(self) -> None:
        """Stop after the batch that is under way."""
        await self._rounds.stop()

    async def look(self) -> int:
        """Erase all that is due; returns how many conversations."""
        keep = timedelta(days=self._office.policy.keeping.words_days)
        total = 0
        while not self._rounds.is_stopping:
            async with self._office.database.write() as session:
                erased = await erase_expired(session, keep=keep, now=self._office.clock())
            total += erased
            if erased < AT_ONCE:
                break
        if total:
            log.info("conversations erased", count=total)
        return total


async def _erase(session: AsyncSession, rows: Sequence[DbConversation], now: datetime) -> None:
    ids = [row.id for row in rows]
    for row in rows:
        row.card = _only_the_order(row)
        row.last_text = row.customer_text = wording.ERASED
        row.erased_at = now
    messages = await session.scalars(select(DbMessage).where(DbMessage.conversation_id.in_(ids)))
    for message in messages:
        if not (message.sender == Sender.CUSTOMER and is_courtesy(message.text)):
            message.text = wording.ERASED
        message.original = message.extras = None
        message.kind = Kind.TEXT
        if message.sender == Sender.CUSTOMER:
            message.author_name = None
    await session.execute(delete(DbAttachment).where(DbAttachment.conversation_id.in_(ids)))
    rated = update(DbRating).where(DbRating.conversation_id.in_(ids))
    await session.execute(rated.values(comment_sealed=None))
    promised = update(DbPromise).where(DbPromise.conversation_id.in_(ids))
    await session.execute(promised.values(phone_sealed=None))
    await session.flush()


def _only_the_order(row: DbConversation) -> str | None:
    """Return the card with nothing but the order it was about: reports count by its platform."""
    try:
        card = json.loads(row.card or "{}")
    except CannotOpenError:
        return None
    number = card.get("order_number")
    return json.dumps({"order_number": number}) if isinstance(number, str) else None


async def _record(
    session: AsyncSession, kind: str, name: str, count: int, *, actor: str, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action="conversations.erased",
        object_type=kind,
        object_id=name,
        at=now,
        detail={"conversations": count},
    )
