"""Invoices: what one needs, asking for one, and where one is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.order_numbers import plain
from shop.orders import OrderStatus
from shop.service_policy import ServicePolicy
from shop.tables import DbInvoice, DbOrder
from storage.tables import new_id

REQUESTED, ISSUED = "requested", "issued"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_TAX_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{15,20}(?![0-9A-Za-z])")
_COMPANY = re.compile(
    r"[\u4e00-\u9fff（）()A-Za-z0-9·]{2,60}"
    r"(?:公司|工作室|学校|大学|学院|中学|小学|医院|委员会|中心|研究院|研究所|协会|商行|事务所|合作社|厂|店|局|院|所|社)"
)
_LABELS = re.compile(r"^.*(?:抬头|名称|公司名|单位)[是为叫：:\s]*")


class InvoiceKind(StrEnum):
    """Whose name the invoice carries."""

    PERSONAL = "personal"
    COMPANY = "company"


class InvoiceObstacle(StrEnum):
    """Why no invoice can be asked for."""

    NOT_PAID = "not_paid"
    CALLED_OFF = "called_off"
    TOO_LATE = "too_late"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What goes on the invoice and where it is sent."""

    kind: InvoiceKind
    title: str
    tax_number: str | None
    email: str


def find_obstacle(
    order: DbOrder, policy: ServicePolicy, *, now: datetime
) -> InvoiceObstacle | None:
    """Return what stands against an invoice for this order, None if nothing does."""
    if order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED):
        return InvoiceObstacle.CALLED_OFF
    if order.paid_at is None:
        return InvoiceObstacle.NOT_PAID
    if now - order.paid_at > timedelta(days=policy.invoices.ask_within_days):
        return InvoiceObstacle.TOO_LATE
    return None


async def find_invoice(session: AsyncSession, order: DbOrder) -> DbInvoice | None:
    """Return the newest invoice of the order that was not reversed, or None."""
    query = (
        select(DbInvoice)
        .where(DbInvoice.order_id == order.id, DbInvoice.status.in_((REQUESTED, ISSUED)))
        .order_by(DbInvoice.requested_at.desc())
        .limit(1)
    )
    found: DbInvoice | None = await session.scalar(query)
    return found


async def ask_for_invoice(
    session: AsyncSession, order: DbOrder, wanted: Wanted, *, now: datetime
) -> DbInvoice:
    """Record that the buyer wants this invoice, over what was paid."""
    invoice = DbInvoice(
        id=new_id(),
        order_id=order.id,
        kind=str(wanted.kind),
        title=wanted.title,
        tax_number=wanted.tax_number,
        email=wanted.email,
        amount_fen=order.paid_fen,
        status=REQUESTED,
        requested_at=now,
    )
    session.add(invoice)
    await session.flush()
    return invoice


def find_email(text: str) -> str | None:
    """Return the e-mail address in what somebody typed, or None."""
    match = _EMAIL.search(plain(text))
    return match[0] if match else None


def find_tax_number(text: str) -> str | None:
    """Return the taxpayer number (15 to 20 characters, GB 32100) in what was typed, or None."""
    bare = _EMAIL.sub(" ", plain(text).upper())
    match = _TAX_NUMBER.search(bare)
    return match[0] if match and sum(c.isdigit() for c in match[0]) >= 8 else None


def find_company(text: str) -> str | None:
    """Return the name of a company or institution in what somebody typed, or None."""
    match = _COMPANY.search(_LABELS.sub("", plain(text)))
    return match[0] if match else None


def read_kind(text: str) -> InvoiceKind | None:
    """Return whether somebody asks for an invoice of a person or a company, None if neither."""
    said = plain(text)
    if re.search(r"个人|私人|自己的?名", said):
        return InvoiceKind.PERSONAL
    return InvoiceKind.COMPANY if re.search(r"公司|企业|单位|税号|抬头是", said) else None
