"""Reads conversations out of the desk's log as case records, many at a time."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.tables import DbConversation, DbConversationEvent, DbMessage, DbRating
from reports.conversations import Change, Said, Told, read_conversation
from reports.records import CaseRecord, Subject
from shop.tables import DbOrder, DbOrderItem, DbProduct
from storage.sealed import CannotOpenError


@dataclass(frozen=True)
class _Order:
    platform: str
    sku: str | None
    category: str | None


async def read_conversations(
    session: AsyncSession, ids: Sequence[str], *, now: datetime
) -> list[CaseRecord]:
    """Return the case records of these conversations; those in which nobody spoke are left out."""
    chosen = select(DbConversation).where(DbConversation.id.in_(ids))
    rows = list(await session.scalars(chosen))
    said = await _said(session, ids, now)
    changes = await _changes(session, ids, now)
    ratings = await _ratings(session, ids)
    numbers = {row.id: number for row in rows if (number := _order_number(row)) is not None}
    orders = await _orders(session, set(numbers.values()))
    records = []
    for row in rows:
        spoken = said.get(row.id, [])
        if not any(one.sender == "customer" for one in spoken):
            continue
        order = orders.get(numbers.get(row.id, ""))
        told = Told(
            id=row.id,
            revision=row.revision,
            visitor_id=row.visitor_id,
            subject=_subject(row, order),
            said=spoken,
            changes=changes.get(row.id, []),
            rating_asked=row.id in ratings,
            rating=ratings.get(row.id),
        )
        records.append(read_conversation(told, now=now))
    return records


async def _said(session: AsyncSession, ids: Sequence[str], now: datetime) -> dict[str, list[Said]]:
    columns = (
        DbMessage.conversation_id,
        DbMessage.at,
        DbMessage.sender,
        DbMessage.internal,
        DbMessage.automatic,
        DbMessage.author_id,
        DbMessage.text,
        DbMessage.seq,
    )
    query = select(*columns).where(DbMessage.conversation_id.in_(ids), DbMessage.at <= now)
    found: dict[str, list[Said]] = {}
    query = query.order_by(DbMessage.conversation_id, DbMessage.seq)
    for row in await session.execute(query):
        found.setdefault(row[0], []).append(Said(*row[1:]))
    return found


async def _changes(
    session: AsyncSession, ids: Sequence[str], now: datetime
) -> dict[str, list[Change]]:
    log = DbConversationEvent
    query = select(log.conversation_id, log.at, log.kind, log.actor, log.seq, log.detail)
    query = query.where(log.conversation_id.in_(ids), log.at <= now).order_by(log.id)
    found: dict[str, list[Change]] = {}
    for row in await session.execute(query):
        found.setdefault(row[0], []).append(Change(*row[1:]))
    return found


async def _ratings(session: AsyncSession, ids: Sequence[str]) -> dict[str, int | None]:
    """Give the last rating of each conversation that was asked for one; None is no answer."""
    query = select(DbRating.conversation_id, DbRating.score)
    query = query.where(DbRating.conversation_id.in_(ids)).order_by(DbRating.asked_at)
    return {row.conversation_id: row.score for row in await session.execute(query)}


async def _orders(session: AsyncSession, numbers: set[str]) -> dict[str, _Order]:
    if not numbers:
        return {}
    query = (
        select(DbOrder.number, DbOrder.platform, DbProduct.sku, DbProduct.category)
        .outerjoin(DbOrderItem, DbOrderItem.order_id == DbOrder.id)
        .outerjoin(DbProduct, DbProduct.sku == DbOrderItem.sku)
        .where(DbOrder.number.in_(numbers))
        .order_by(DbOrder.number, DbOrderItem.id)
    )
    found: dict[str, _Order] = {}
    for number, platform, sku, category in await session.execute(query):
        found.setdefault(number, _Order(platform, sku, category))
    return found


def _order_number(row: DbConversation) -> str | None:
    """Read the order that the handoff was about from the sealed card."""
    if row.card_sealed is None:
        return None
    card: Any = None
    with suppress(CannotOpenError, json.JSONDecodeError):
        card = json.loads(row.card or "null")
    if not isinstance(card, Mapping):
        return None
    order = card.get("order")
    number = order.get("number") if isinstance(order, Mapping) else card.get("order_number", order)
    return number if isinstance(number, str) else None


def _subject(row: DbConversation, order: _Order | None) -> Subject:
    if order is None:
        return Subject(platform="house", reason=row.reason)
    return Subject(order.platform, order.category, order.sku, reason=row.reason)
