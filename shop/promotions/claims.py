"""What the records say about a fallen price: the offers that run, and the case of an order line."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.promotions.offers import Offer
from shop.promotions.policy import PriceKind
from shop.promotions.price_protection import PriceCase
from shop.service_policy import RequestKind
from shop.tables import DbOrder, DbOrderItem, DbPromotion, DbServiceRequest


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
    """Return the case of an order line against today's price in the catalogue."""
    return PriceCase(
        paid_at=order.paid_at,
        asked_at=now,
        paid_unit_fen=item.paid_fen // item.quantity,
        price_now_fen=item.product.price_fen,
        price_kind=PriceKind.PUBLIC,
        quantity_kept=item.quantity,
        times_used=await _times_used(session, order),
    )


async def _times_used(session: AsyncSession, order: DbOrder) -> int:
    query = select(func.count()).where(
        DbServiceRequest.order_id == order.id,
        DbServiceRequest.kind == str(RequestKind.PRICE_PROTECTION),
    )
    return await session.scalar(query) or 0
