"""What one customer has said of the shop's products before, for whoever talks with her now."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.tables import DbReview
from shop.tables import DbOrder

MOST = 5


async def read_reviews_of(session: AsyncSession, customer_id: str) -> list[dict[str, Any]]:
    """Return the newest reviews of the customer's orders as `{id, stars, text, at, platform}`.

    `stars` is None where the platform has none; `at` is ISO 8601.
    """
    orders = select(DbOrder.number).where(DbOrder.customer_id == customer_id)
    query = (
        select(DbReview)
        .where(DbReview.order_number.in_(orders))
        .order_by(DbReview.posted_at.desc())
        .limit(MOST)
    )
    return [
        {
            "id": row.id,
            "stars": row.stars,
            "text": row.text,
            "at": row.posted_at.isoformat(),
            "platform": row.platform,
            "product": row.product_name,
        }
        for row in await session.scalars(query)
    ]
