"""What the desk knows of the customers behind conversations, read once for many rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.masking import mask_name
from desk.tables import DbConversation
from shop.days import china_day
from shop.members.policy import load_member_policy
from shop.members.standing import standing_of
from shop.members.tiers import find_own_agent
from shop.orders import find_order
from shop.tables import DbCustomer


@dataclass(frozen=True)
class Person:
    """What a row tells of the customer."""

    name: str
    tier: str | None = None
    tier_text: str | None = None
    birthday: bool = False


async def read_people(
    session: AsyncSession, rows: Iterable[DbConversation], *, now: datetime
) -> dict[str, Person]:
    """Return what each conversation's row tells of its customer, by conversation."""
    listed = list(rows)
    ids = {row.customer_id for row in listed if row.customer_id}
    known: dict[str, DbCustomer] = {}
    if ids:
        found = await session.scalars(select(DbCustomer).where(DbCustomer.id.in_(ids)))
        known = {customer.id: customer for customer in found}
    return {row.id: _person(row, known.get(row.customer_id or ""), now) for row in listed}


async def recognise(session: AsyncSession, row: DbConversation, *, now: datetime) -> None:
    """Read tier and own agent of a customer whom the shop vouched for, once per handoff."""
    if row.customer_id is None:
        return
    standing = await standing_of(session, row.customer_id, load_member_policy(), now=now)
    row.tier = standing.tier.name if standing.tier else None
    if row.own_agent_id is None:
        last = await _last_agent(session, row.customer_id)
        row.own_agent_id = find_own_agent(standing.tier, last)


async def customer_of_order(session: AsyncSession, number: str) -> str | None:
    """Return who placed the order, or None."""
    order = await find_order(session, number)
    return order.customer_id if order is not None else None


async def _last_agent(session: AsyncSession, customer_id: str) -> str | None:
    """Return who last answered this customer in an earlier conversation, or None."""
    found: str | None = await session.scalar(
        select(DbConversation.own_agent_id)
        .where(DbConversation.customer_id == customer_id, DbConversation.own_agent_id.is_not(None))
        .order_by(DbConversation.id.desc())
        .limit(1)
    )
    return found


@cache
def tier_labels() -> dict[str, str]:
    """Return what each tier is called."""
    return {tier.name: tier.label for tier in load_member_policy().tiers}


def _person(row: DbConversation, customer: DbCustomer | None, now: datetime) -> Person:
    tier_text = tier_labels().get(row.tier) if row.tier else None
    if customer is None:
        name = wording.VISITOR.format(tail=row.visitor_id[-4:])
        return Person(name, row.tier, tier_text)
    name = mask_name(customer.name or "") or customer.nickname
    birthday = customer.birthday == china_day(now).strftime("%m-%d")
    return Person(name, row.tier, tier_text, birthday)
