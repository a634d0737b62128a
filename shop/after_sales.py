"""Returns, exchanges and refunds without return: asking for one, and how far one has got."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.days import ONE_DAY, china_day
from shop.orders import OrderStatus
from shop.requests import number_of
from shop.returns import Reason, Right, Verdict
from shop.returns.deadlines import seller_deadlines
from shop.service_policy import ServicePolicy
from shop.tables import DbAfterSale, DbOrder, DbOrderItem, DbParcel

REFUND_DAYS = 7
"""网络购买商品七日无理由退货暂行办法 §13."""


class Kind(StrEnum):
    """What a customer asks for."""

    RETURN = "return"
    EXCHANGE = "exchange"
    REFUND_ONLY = "refund_only"
    REPAIR = "repair"


class Status(StrEnum):
    """How far a request has got."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RETURNING = "returning"
    RECEIVED = "received"
    EXCHANGE_SHIPPED = "exchange_shipped"
    REFUNDED = "refunded"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STILL_OPEN = (Status.REQUESTED, Status.APPROVED, Status.RETURNING, Status.RECEIVED)


class NotGrantedError(ValueError):
    """A request may only be opened by itself where the verdict grants it; others need a person."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A request just opened and the last day to send the goods back."""

    request: DbAfterSale
    send_back_by: date


async def open_after_sale(
    session: AsyncSession,
    order: DbOrder,
    item: DbOrderItem,
    kind: Kind,
    verdict: Verdict,
    *,
    policy: ServicePolicy,
    reason: Reason,
    note: str = "",
    photos: Sequence[str] = (),
    now: datetime,
) -> Opened:
    """Approve and record a return or exchange that the verdict grants; raise NotGrantedError.

    An exchange keeps its amount at zero: nothing is paid back. `photos` are the addresses of the
    pictures that the customer sent for it.
    """
    if verdict.right is not Right.GRANTED:
        raise NotGrantedError(verdict.finding)
    returned = kind is Kind.RETURN
    request = DbAfterSale(
        number=number_of("AS", now),
        order_id=order.id,
        sku=item.sku,
        kind=str(kind),
        reason=str(reason),
        note=note,
        photos=list(photos),
        status=Status.APPROVED,
        quantity=item.quantity,
        amount_fen=verdict.refund_fen or 0 if returned else 0,
        freight_payer=str(verdict.freight_payer),
        decision_note=verdict.why,
        requested_at=now,
        decided_at=now,
    )
    order.status = OrderStatus.REFUNDING if returned else OrderStatus.EXCHANGING
    session.add(request)
    await session.flush()
    return Opened(
        request=request,
        send_back_by=china_day(now) + policy.returns.send_back_days * ONE_DAY,
    )


async def send_back(
    session: AsyncSession, request: DbAfterSale, *, waybill: str, now: datetime
) -> None:
    """Note that the customer has sent the goods of an approved request, with this waybill."""
    request.status, request.returned_at = Status.RETURNING, now
    session.add(
        DbParcel(
            order_id=request.order_id,
            carrier="",
            waybill=waybill,
            direction="return",
            status="in_transit",
            shipped_at=now,
        )
    )
    await session.flush()


async def withdraw(
    session: AsyncSession, request: DbAfterSale, order: DbOrder, *, now: datetime
) -> None:
    """Withdraw a request at the customer's wish; the order stands again as it did before."""
    request.status, request.closed_at = Status.WITHDRAWN, now
    order.status = OrderStatus.COMPLETED if order.completed_at else OrderStatus.SIGNED
    await session.flush()


async def find_after_sale(session: AsyncSession, number: str) -> DbAfterSale | None:
    """Return the request with this number, or None."""
    found: DbAfterSale | None = await session.scalar(
        select(DbAfterSale).where(DbAfterSale.number == number)
    )
    return found


async def after_sales_of(
    session: AsyncSession, orders: Iterable[DbOrder], *, open_only: bool = False
) -> Sequence[DbAfterSale]:
    """Return the requests of these orders, newest first."""
    query = select(DbAfterSale).where(DbAfterSale.order_id.in_([order.id for order in orders]))
    if open_only:
        query = query.where(DbAfterSale.status.in_(STILL_OPEN))
    return (await session.scalars(query.order_by(DbAfterSale.requested_at.desc()))).all()


async def find_open_after_sale(
    session: AsyncSession, order: DbOrder, sku: str
) -> DbAfterSale | None:
    """Return the open request about this item of the order, or None."""
    found = await after_sales_of(session, [order], open_only=True)
    return next((request for request in found if request.sku in (sku, None)), None)


def refund_due(request: DbAfterSale) -> date | None:
    """Return by when the refund has to be sent; None while the goods are not back."""
    if request.received_at is None:
        return None
    return seller_deadlines(
        requested_on=china_day(request.requested_at),
        received_on=china_day(request.received_at),
        refund_due_days=REFUND_DAYS,
    ).refund_by


def is_late(request: DbAfterSale, *, now: datetime) -> bool:
    """Say whether the refund should have been sent already."""
    due = refund_due(request)
    return request.status == Status.RECEIVED and due is not None and china_day(now) > due
