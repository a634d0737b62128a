"""Finding orders and saying where they stand."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from shop.order_numbers import canonical
from shop.tables import DbOrder, DbOrderItem, DbParcel


class OrderStatus(StrEnum):
    """Where an order stands."""

    UNPAID = "unpaid"
    PAID = "paid"
    PICKING = "picking"
    SHIPPED = "shipped"
    SIGNED = "signed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    EXCHANGING = "exchanging"


NOT_SHIPPED = frozenset({OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PICKING})
UNDER_WAY = NOT_SHIPPED | {OrderStatus.SHIPPED, OrderStatus.REFUNDING, OrderStatus.EXCHANGING}


class NoSuchOrderError(LookupError):
    """No order has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{self.__doc__} ({number})")


async def find_order(session: AsyncSession, number: str) -> DbOrder | None:
    """Return the order with its items, products, parcels and their events, or None.

    A number that is spelt otherwise than the platform does (dashes, spaces, case) finds it too.
    """
    spelt = DbOrder.canonical_number == (canonical(number) or number)
    query = _whole_orders().where(or_(DbOrder.number == number, spelt))
    found: DbOrder | None = await session.scalar(
        query.order_by((DbOrder.number == number).desc(), DbOrder.placed_at.desc()).limit(1)
    )
    return found


async def get_order(session: AsyncSession, number: str) -> DbOrder:
    """Return the order, whole; raises NoSuchOrderError."""
    order = await find_order(session, number)
    if order is None:
        raise NoSuchOrderError(number)
    return order


async def recent_orders(
    session: AsyncSession, customer_id: str, *, limit: int = 5, placed_since: datetime | None = None
) -> Sequence[DbOrder]:
    """Return the customer's newest orders, whole, newest first."""
    query = _whole_orders().where(DbOrder.customer_id == customer_id)
    if placed_since is not None:
        query = query.where(DbOrder.placed_at >= placed_since)
    return (await session.scalars(query.order_by(DbOrder.placed_at.desc()).limit(limit))).all()


def title_of(order: DbOrder, *, longest: int = 120) -> str:
    """Return what a person calls the order: its first product, and how many more there are.

    The product's name is cut after `longest` characters.
    """
    names = [item.product.name for item in order.items]
    more = f" 等{len(names)}件" if len(names) > 1 else ""
    return f"{names[0][:longest].rstrip()}{more}" if names else order.number


def _whole_orders() -> Select[DbOrder]:
    return select(DbOrder).options(
        selectinload(DbOrder.items).selectinload(DbOrderItem.product),
        selectinload(DbOrder.parcels).selectinload(DbParcel.events),
    )
