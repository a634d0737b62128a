"""Promises made in chat: each has an owner and a time, and ends kept, broken or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.messages import instant
from desk.pen import Pen
from desk.tables import DbConversation
from shop.after_sales import Status
from shop.promises import DbPromise, PromiseKind, PromiseState
from shop.tables import DbAfterSale, DbServiceRequest
from storage.tables import new_id


@dataclass(frozen=True, kw_only=True)
class Promised:
    """What is promised, by whom, by when; `record_id` names the shop's record that fulfils it."""

    kind: PromiseKind
    text: str
    due_at: datetime
    made_by: str
    made_by_name: str
    owner_id: str | None = None
    order_number: str | None = None
    amount_fen: int | None = None
    phone: str | None = None
    client_id: str | None = None
    record_id: str | None = None


class PromiseOverError(Exception):
    """The promise is kept or withdrawn already."""


async def promise(pen: Pen, conversation: DbConversation, promised: Promised) -> DbPromise:
    """Enter a promise; the same client id again returns the first one."""
    if promised.client_id is not None:
        query = select(DbPromise).where(
            DbPromise.conversation_id == conversation.id,
            DbPromise.client_id == promised.client_id,
        )
        found: DbPromise | None = await pen.session.scalar(query)
        if found is not None:
            return found
    entry = DbPromise(
        id=new_id(),
        conversation_id=conversation.id,
        client_id=promised.client_id,
        kind=promised.kind,
        text=promised.text,
        order_number=promised.order_number,
        amount_fen=promised.amount_fen,
        made_by=promised.made_by,
        made_by_name=promised.made_by_name,
        made_at=pen.now,
        owner_id=promised.owner_id,
        due_at=promised.due_at,
        state=PromiseState.OPEN,
        record_id=promised.record_id,
    )
    entry.phone = promised.phone
    pen.session.add(entry)
    facts = {"promise": entry.id, "kind": promised.kind, "due_at": promised.due_at.isoformat()}
    pen.event(conversation, "promise_made", actor=promised.made_by, detail=facts)
    return entry


def keep(
    pen: Pen, conversation: DbConversation, entry: DbPromise, *, actor: str, note: str = ""
) -> None:
    """Note that the promise is fulfilled; raises PromiseOverError."""
    _end(pen, conversation, entry, PromiseState.KEPT, actor=actor, note=note)


def withdraw(
    pen: Pen, conversation: DbConversation, entry: DbPromise, *, actor: str, why: str
) -> None:
    """Take the promise back, with the reason; raises PromiseOverError."""
    _end(pen, conversation, entry, PromiseState.WITHDRAWN, actor=actor, note=why)


async def keep_call_backs(pen: Pen, conversation: DbConversation, *, actor: str) -> None:
    """An agent's answer fulfils what was promised as an answer."""
    answers = (PromiseKind.CALL_BACK.value, PromiseKind.REPLY_BY.value)
    query = select(DbPromise).where(
        DbPromise.conversation_id == conversation.id,
        DbPromise.kind.in_(answers),
        DbPromise.state.in_((_OPEN, _BROKEN)),
        DbPromise.made_at < pen.now,
    )
    for entry in await pen.session.scalars(query):
        keep(pen, conversation, entry, actor=actor)


async def settle(pen: Pen) -> int:
    """Close what the shop's records have fulfilled, and count what is overdue as broken."""
    unfinished = select(DbPromise).where(DbPromise.state.in_((_OPEN, _BROKEN)), _IN_CHAT)
    is_due = or_(DbPromise.record_id.is_not(None), DbPromise.due_at < pen.now)
    settled = 0
    for entry in await pen.session.scalars(unfinished.where(is_due)):
        if entry.record_id and await _is_fulfilled(pen.session, entry.record_id):
            row = await pen.conversation(entry.conversation_id or "")
            keep(pen, row, entry, actor="shop")
        elif entry.state == _OPEN and entry.due_at < pen.now:
            entry.state, entry.broken_at = PromiseState.BROKEN, pen.now
            row = await pen.conversation(entry.conversation_id or "")
            pen.event(row, "promise_broken", actor="system", detail={"promise": entry.id})
        else:
            continue
        settled += 1
    return settled


async def needs_settling(session: AsyncSession, *, now: datetime) -> bool:
    """Say whether `settle` would have something to look at."""
    overdue = (DbPromise.state == _OPEN) & (DbPromise.due_at < now)
    recorded = DbPromise.state.in_((_OPEN, _BROKEN)) & DbPromise.record_id.is_not(None)
    query = select(DbPromise.id).where(_IN_CHAT, or_(overdue, recorded)).limit(1)
    return await session.scalar(query) is not None


async def read_promises(
    session: AsyncSession,
    *,
    conversation: str | None = None,
    state: str | None = None,
    owner: str | None = None,
    now: datetime,
) -> Sequence[DbPromise]:
    """Return promises, the one due first ahead; state `due` means open and past its time."""
    query = select(DbPromise).where(_IN_CHAT).order_by(DbPromise.due_at).limit(500)
    if conversation is not None:
        query = query.where(DbPromise.conversation_id == conversation)
    if state == "due":
        query = query.where(is_due(now))
    elif state is not None:
        query = query.where(DbPromise.state == state)
    if owner is not None:
        query = query.where(DbPromise.owner_id == owner)
    return (await session.scalars(query)).all()


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition for promises that somebody must keep now."""
    overdue = (DbPromise.state == _OPEN) & (DbPromise.due_at <= now)
    return or_(overdue, DbPromise.state == _BROKEN)


async def count_open(session: AsyncSession) -> int:
    """Count the promises that are neither kept nor withdrawn, due or not."""
    query = select(func.count()).where(DbPromise.state.in_((_OPEN, _BROKEN)), _IN_CHAT)
    return await session.scalar(query) or 0


async def count_due(session: AsyncSession, *, now: datetime) -> dict[str, int]:
    """Count the due promises of each conversation."""
    query = (
        select(DbPromise.conversation_id, func.count())
        .where(_IN_CHAT, is_due(now))
        .group_by(DbPromise.conversation_id)
    )
    rows = await session.execute(query)
    return {str(row[0]): row[1] for row in rows}


def promise_view(entry: DbPromise) -> dict[str, Any]:
    """Return the promise as the protocol describes it."""
    return {
        "id": entry.id,
        "conversation": entry.conversation_id,
        "kind": entry.kind,
        "kind_text": wording.PROMISES[entry.kind],
        "text": entry.text,
        "amount_fen": entry.amount_fen,
        "order": entry.order_number,
        "made_by": {"id": entry.made_by, "name": entry.made_by_name},
        "made_at": instant(entry.made_at),
        "owner": entry.owner_id,
        "due_at": instant(entry.due_at),
        "state": entry.state,
        "broken_at": instant(entry.broken_at),
        "closed_at": instant(entry.closed_at),
        "note": entry.closing_note,
    }


_IN_CHAT = DbPromise.conversation_id.is_not(None)  # those of replies are kept in the reviews page
_OPEN = PromiseState.OPEN.value
_BROKEN = PromiseState.BROKEN.value


def _end(
    pen: Pen,
    conversation: DbConversation,
    entry: DbPromise,
    state: PromiseState,
    *,
    actor: str,
    note: str,
) -> None:
    if entry.state not in (_OPEN, _BROKEN):
        raise PromiseOverError
    entry.state, entry.closed_at = state, pen.now
    entry.closed_by, entry.closing_note = actor, note
    if state is PromiseState.KEPT and entry.broken_at is None and pen.now > entry.due_at:
        entry.broken_at = entry.due_at
    pen.event(conversation, f"promise_{state}", actor=actor, detail={"promise": entry.id})


async def _is_fulfilled(session: AsyncSession, record_id: str) -> bool:
    after_sale = await session.get(DbAfterSale, record_id)
    if after_sale is not None:
        return after_sale.status in (Status.REFUNDED, Status.EXCHANGE_SHIPPED, Status.COMPLETED)
    request = await session.get(DbServiceRequest, record_id)
    return request is not None and request.done_at is not None
