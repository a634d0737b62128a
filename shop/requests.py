"""What the shop was asked to do about an order: opened once, with a number and a due time.

The due time is told to the customer, so it is a promise.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.days import CHINA
from shop.service_policy import RequestKind, ServicePolicy
from shop.tables import DbOrder, DbServiceRequest

OPEN = "open"


async def open_request(
    session: AsyncSession,
    order: DbOrder,
    kind: RequestKind,
    policy: ServicePolicy,
    *,
    now: datetime,
    detail: dict[str, Any] | None = None,
    sku: str | None = None,
) -> tuple[DbServiceRequest, bool]:
    """Return the open request of this kind for the order and whether it is new.

    Who asks twice gets the number and the due time of the first request; one about an item of the
    order (`sku`) stands beside those about the others.
    """
    found = await find_open_request(session, order, kind, sku=sku)
    if found is not None:
        return found, False
    request = DbServiceRequest(
        number=number_of("SR", now),
        order_id=order.id,
        kind=str(kind),
        detail={**(detail or {}), **({"sku": sku} if sku else {})},
        status=OPEN,
        requested_at=now,
        due_at=now + policy.due_within(kind),
    )
    session.add(request)
    await session.flush()
    return request, True


async def find_open_request(
    session: AsyncSession, order: DbOrder, kind: RequestKind, *, sku: str | None = None
) -> DbServiceRequest | None:
    """Return the newest request of this kind for the order that is not done yet, or None.

    With `sku` it is one about this item, or about the whole order.
    """
    found = await requests_of(session, order, kind, sku=sku)
    return next((each for each in found if each.status == OPEN), None)


async def requests_of(
    session: AsyncSession, order: DbOrder, kind: RequestKind, *, sku: str | None = None
) -> Sequence[DbServiceRequest]:
    """Return all requests of this kind for the order, or for one of its items, newest first."""
    query = (
        select(DbServiceRequest)
        .where(DbServiceRequest.order_id == order.id, DbServiceRequest.kind == str(kind))
        .order_by(DbServiceRequest.requested_at.desc())
    )
    found = (await session.scalars(query)).all()
    return [each for each in found if sku is None or each.detail.get("sku") in (sku, None)]


def number_of(prefix: str, now: datetime) -> str:
    """Return a fresh number that can be read out: prefix, day in China, six random digits."""
    return f"{prefix}{now.astimezone(CHINA):%y%m%d}{secrets.randbelow(10**6):06d}"
