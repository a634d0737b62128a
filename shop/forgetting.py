"""Erasing a customer's personal data (个人信息保护法 §47); the figures of her orders stay.

What another law makes a shop keep stays too (§47, last paragraph): an issued invoice keeps its
title and tax number, but not where it was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.after_sales import STILL_OPEN
from shop.intake.codes import Kind
from shop.intake.orders import PERSONAL
from shop.invoices import ISSUED
from shop.orders import UNDER_WAY
from shop.promises import DbPromise
from shop.tables import (
    DbAfterSale,
    DbCustomer,
    DbInvoice,
    DbOrder,
    DbParcel,
    DbParcelEvent,
    DbServiceRequest,
    DbSourceRecord,
)
from shop.wording import FORGOTTEN_CUSTOMER
from storage import audit

_AT_ONCE = 500


class NoSuchCustomerError(LookupError):
    """No customer has this id."""


class StillUnderWayError(ValueError):
    """An order or a request of the customer is not over yet; `numbers` are those orders.

    Its data is still needed for what it was given for (个人信息保护法 §47, first item).
    """

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(f"orders under way: {', '.join(numbers)}")
        self.numbers = tuple(numbers)


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """Who was forgotten, and how many orders lost their receivers."""

    customer_id: str
    orders: int


async def forget_customer(
    session: AsyncSession, customer_id: str, *, actor: str, now: datetime
) -> Forgotten:
    """Erase what tells who the customer is; this cannot be undone.

    Her id stays, as the pseudonym that her orders share; no import brings the rest back. Raises
    NoSuchCustomerError and StillUnderWayError.
    """
    customer = await session.get(DbCustomer, customer_id, with_for_update=True)
    if customer is None:
        raise NoSuchCustomerError(customer_id)
    query = select(DbOrder).where(DbOrder.customer_id == customer_id).order_by(DbOrder.placed_at)
    orders = (await session.scalars(query.with_for_update())).all()
    await _check_over(session, orders)
    _erase_customer(customer, now)
    for order in orders:
        order.receiver = order.receiver_phone = order.receiver_address = None
        order.remark = order.cancel_reason = ""
    for start in range(0, len(orders), _AT_ONCE):
        some = orders[start : start + _AT_ONCE]
        await _erase_around(session, [order.id for order in some])
        await _erase_statements(session, [order.number for order in some])
    said = (DbSourceRecord.kind == Kind.CUSTOMER, DbSourceRecord.key == customer_id)
    await session.execute(delete(DbSourceRecord).where(*said))
    await audit.record(
        session,
        actor=actor,
        action="customer.forgotten",
        object_type="customer",
        object_id=customer_id,
        at=now,
        detail={"orders": len(orders)},
    )
    return Forgotten(customer_id=customer_id, orders=len(orders))


async def _check_over(session: AsyncSession, orders: Sequence[DbOrder]) -> None:
    numbers = [order.number for order in orders if order.status in UNDER_WAY]
    requests = (
        select(DbOrder.number)
        .join(DbAfterSale, DbAfterSale.order_id == DbOrder.id)
        .where(DbOrder.id.in_([order.id for order in orders]), DbAfterSale.status.in_(STILL_OPEN))
    )
    numbers += await session.scalars(requests)
    if numbers:
        raise StillUnderWayError(list(dict.fromkeys(numbers)))


def _erase_customer(customer: DbCustomer, now: datetime) -> None:
    customer.nickname = FORGOTTEN_CUSTOMER
    customer.name = customer.phone = customer.address = None
    customer.phone_index = customer.city = customer.gender = customer.birthday = None
    customer.marketing_consent = False
    customer.forgotten_at = now


async def _erase_around(session: AsyncSession, order_ids: Sequence[str]) -> None:
    """Erase what else tells of the person: traces, notes, photos, where invoices went."""
    parcels = select(DbParcel.id).where(DbParcel.order_id.in_(order_ids))
    await session.execute(delete(DbParcelEvent).where(DbParcelEvent.parcel_id.in_(parcels)))
    for table, values in (
        (DbParcel, {"signed_by": ""}),
        (DbAfterSale, {"note": "", "decision_note": "", "photos": []}),
        (DbServiceRequest, {"detail": {}}),
        (DbInvoice, {"email_sealed": None}),
    ):
        await session.execute(update(table).where(table.order_id.in_(order_ids)).values(**values))
    not_issued = (DbInvoice.order_id.in_(order_ids), DbInvoice.status != ISSUED)
    await session.execute(update(DbInvoice).where(*not_issued).values(title="", tax_number=None))


async def _erase_statements(session: AsyncSession, numbers: Sequence[str]) -> None:
    """Erase what sources said of receivers, and the numbers at which calls were promised."""
    said = select(DbSourceRecord).where(
        DbSourceRecord.kind == Kind.ORDER, DbSourceRecord.key.in_(numbers)
    )
    for row in await session.scalars(said):
        row.fields = {name: hash_ for name, hash_ in row.fields.items() if name not in PERSONAL}
    promised = update(DbPromise).where(DbPromise.order_number.in_(numbers))
    await session.execute(promised.values(phone_sealed=None))
