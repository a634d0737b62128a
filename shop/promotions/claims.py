"""What the records say about a fallen price: the offers that run, and the case of an order line."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.after_sales import STILL_OPEN, Kind, Status, after_sales_of
from shop.promotions.offers import Offer
from shop.promotions.policy import PriceKind
from shop.promotions.price_protection import PriceCase
from shop.requests import requests_of
from shop.service_policy import RequestKind
from shop.tables import DbOrder, DbOrderItem, DbPromotion

GOING_BACK = (*STILL_OPEN, Status.REFUNDED, Status.COMPLETED)


async def running_offers(session: AsyncSession, *, now: datetime) -> Sequence[Offer]:
    """Return the offers that hold at `now`, the smallest threshold first."""
    query = select(DbPromotion).order_by(DbPromotion.threshold_fen)
    offers = [
        Offer(
            title=row.title,
            threshold_fen=row.threshold_fen,
            off_fen=row.amount_fen,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in await session.scalars(query)
    ]
    return [offer for offer in offers if offer.is_running(now)]


async def price_case(
    session: AsyncSession, order: DbOrder, item: DbOrderItem, *, now: datetime
) -> PriceCase:
    """Return the case of an order line against today's price in the catalogue.

    Pieces that went back, or are on their way back, are not kept; each line has its own claims.
    """
    used = await requests_of(session, order, RequestKind.PRICE_PROTECTION, sku=item.sku)
    return PriceCase(
        paid_at=order.paid_at,
        asked_at=now,
        paid_unit_fen=item.paid_fen // item.quantity,
        price_now_fen=item.product.price_fen,
        price_kind=PriceKind.PUBLIC,
        quantity_kept=max(0, item.quantity - await _given_back(session, order, item)),
        times_used=len(used),
    )


async def _given_back(session: AsyncSession, order: DbOrder, item: DbOrderItem) -> int:
    requests = await after_sales_of(session, [order])
    back = [r for r in requests if r.kind == Kind.RETURN and r.status in GOING_BACK]
    return sum(request.quantity for request in back if request.sku in (item.sku, None))
