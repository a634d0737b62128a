"""What happened here that the shop's own system does not say yet, for it to take over."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.after_sales import STILL_OPEN
from shop.intake.codes import Kind
from shop.intake.orders import RECEIVER
from shop.intake.statements import digest
from shop.orders import OrderStatus
from shop.requests import OPEN
from shop.tables import DbAfterSale, DbOrder, DbServiceRequest, DbSourceRecord

_OURS = frozenset(
    {OrderStatus.CANCELLED, OrderStatus.REFUNDING, OrderStatus.EXCHANGING, OrderStatus.REFUNDED}
)
_AT_ONCE = 500
Change = dict[str, Any]


async def changes(session: AsyncSession) -> AsyncIterator[Change]:
    """Yield each order that differs from what its source said, then what is open about orders.

    Only orders that a source spoke of can differ from it. Receivers are in the clear: they are
    for the label of the parcel.
    """
    query = (
        select(DbOrder, DbSourceRecord.fields)
        .join(DbSourceRecord, DbSourceRecord.key == DbOrder.number)
        .where(DbSourceRecord.kind == Kind.ORDER, DbOrder.status != OrderStatus.COMPLETED)
        .order_by(DbOrder.placed_at, DbOrder.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    async for order, said in await session.stream(query):
        found = _of_order(order, said)
        if found:
            yield {"kind": "order", "number": order.number} | found
        session.expunge(order)
    for change in [*await _requests(session), *await _after_sales(session)]:
        yield change


def _of_order(order: DbOrder, said: dict[str, str]) -> Change:
    def is_ours(name: str) -> bool:
        stored = getattr(order, name)
        return name in said and said[name] != digest(Kind.ORDER, order.number, name, stored)

    found: Change = {}
    if order.status in _OURS and is_ours("status"):
        found["status"] = order.status
        found |= {"cancel_reason": order.cancel_reason} if order.cancel_reason else {}
    return found | {name: getattr(order, name) for name in RECEIVER if is_ours(name)}


async def _requests(session: AsyncSession) -> list[Change]:
    query = (
        select(DbServiceRequest, DbOrder.number)
        .join(DbOrder, DbOrder.id == DbServiceRequest.order_id)
        .where(DbServiceRequest.status == OPEN)
        .order_by(DbServiceRequest.due_at, DbServiceRequest.id)
    )
    return [
        {
            "kind": "request",
            "number": request.number,
            "order_number": number,
            "wish": request.kind,
            "due_at": request.due_at.isoformat() if request.due_at else None,
        }
        for request, number in (await session.execute(query)).all()
    ]


async def _after_sales(session: AsyncSession) -> list[Change]:
    spoken_of = and_(
        DbSourceRecord.kind == Kind.AFTER_SALE, DbSourceRecord.key == DbAfterSale.number
    )
    query = (
        select(DbAfterSale, DbOrder.number, DbSourceRecord.fields)
        .join(DbOrder, DbOrder.id == DbAfterSale.order_id)
        .outerjoin(DbSourceRecord, spoken_of)
        .where(DbAfterSale.status.in_(STILL_OPEN))
        .order_by(DbAfterSale.requested_at, DbAfterSale.id)
    )
    return [
        {
            "kind": "after_sale",
            "number": asked.number,
            "order_number": number,
            "wish": asked.kind,
            "status": asked.status,
            "sku": asked.sku,
            "amount_fen": asked.amount_fen,
        }
        for asked, number, said in (await session.execute(query)).all()
        if not _says_so(said, asked)
    ]


def _says_so(said: dict[str, str] | None, asked: DbAfterSale) -> bool:
    if said is None:
        return False
    return said.get("status") == digest(Kind.AFTER_SALE, asked.number, "status", asked.status)
