"""Cancelling an order: at once before it is packed, by request while it is, never once it left."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from shop.after_sales import Kind, Status
from shop.orders import OrderStatus
from shop.requests import number_of
from shop.tables import DbAfterSale, DbOrder


class Cancellability(StrEnum):
    """What can be done about an order that the buyer does not want any more."""

    AT_ONCE = "at_once"
    BY_REQUEST = "by_request"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    OVER = "over"


STANDING = {
    OrderStatus.UNPAID: Cancellability.AT_ONCE,
    OrderStatus.PAID: Cancellability.AT_ONCE,
    OrderStatus.PICKING: Cancellability.BY_REQUEST,
    OrderStatus.SHIPPED: Cancellability.ON_THE_WAY,
    OrderStatus.SIGNED: Cancellability.ARRIVED,
    OrderStatus.COMPLETED: Cancellability.ARRIVED,
}


class CannotCancelError(ValueError):
    """The order has gone too far to be cancelled at once."""


def cancellability(order: DbOrder) -> Cancellability:
    """Return what can be done about this order now."""
    return STANDING.get(OrderStatus(order.status), Cancellability.OVER)


async def cancel_order(
    session: AsyncSession, order: DbOrder, *, reason: str, now: datetime
) -> DbAfterSale | None:
    """Cancel the order; return the refund that this starts, None if nothing had been paid.

    Raises CannotCancelError once the warehouse has begun to pack it.
    """
    if cancellability(order) is not Cancellability.AT_ONCE:
        raise CannotCancelError(order.status)
    order.status = OrderStatus.CANCELLED
    order.cancelled_at = now
    order.cancel_reason = reason[:200]
    if not order.paid_fen:
        await session.flush()
        return None
    refund = DbAfterSale(
        number=number_of("AS", now),
        order_id=order.id,
        sku=None,
        kind=str(Kind.REFUND_ONLY),
        reason="no_reason",
        note=reason[:200],
        status=Status.REFUNDED,
        amount_fen=order.paid_fen,
        requested_at=now,
        decided_at=now,
        closed_at=now,
    )
    session.add(refund)
    await session.flush()
    return refund
