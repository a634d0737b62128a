"""Forgets a customer from the command line: the shop's records of her, and her chats."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from desk.export import find_customer_id
from desk.forgetting import erase_customer
from kefu.review_desk import in_database
from shop.forgetting import forget_customer as forget

ACTOR = "cli"


def find_customer(known_by: str) -> str | None:
    """Return the customer with this id or telephone number, or None."""

    async def work(session: AsyncSession) -> str | None:
        return await find_customer_id(session, known_by)

    return in_database(work)


def forget_customer(customer: str) -> dict[str, Any]:
    """Erase her personal data or nothing; raises StillUnderWayError and ChatUnderWayError."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        now = datetime.now(UTC)
        done = await forget(session, customer, actor=ACTOR, now=now)
        chats = await erase_customer(session, customer, actor=ACTOR, now=now)
        return {**asdict(done), "conversations": chats}

    return in_database(work)
