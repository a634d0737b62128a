"""The list of reviews as a table to work on elsewhere: the rows of a view under its filters."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.cells import safe_cell
from review_manager.listing import LONGEST_PAGE, Filters, list_reviews
from review_manager.tables import DbReply, DbReview
from shop.tables import DbProduct

MOST_ROWS = 100_000
_FLAGS = ("safety", "threat", "hidden_bad", "misclick", "followed_up")


async def table_rows(
    session: AsyncSession, filters: Filters, *, now: datetime, most: int = MOST_ROWS
) -> AsyncIterator[list[Any]]:
    """Yield one row a review in the order of the page, cells in the order of LIST_HEADERS.

    No cell becomes a formula; times are China's; nothing here is sealed personal data.
    """
    cursor, given = None, 0
    while given < most:
        page = await list_reviews(session, filters, now=now, cursor=cursor, limit=LONGEST_PAGE)
        for review, reply, product in page.rows[: most - given]:
            yield [safe_cell(cell) for cell in _cells(review, reply, product)]
        given += len(page.rows)
        cursor = page.next
        if cursor is None:
            return


def _cells(review: DbReview, reply: DbReply | None, product: DbProduct | None) -> list[Any]:
    sentiments, flags = wording.SENTIMENTS, wording.FLAGS
    complaints = [name for name in review.complaints.split("|") if name]
    return [
        review.id,
        wording.PLATFORMS.get(review.platform, review.platform),
        review.external_id or "",
        review.order_number or "",
        review.sku or "",
        product.name if product else review.product_name,
        review.stars,
        review.text,
        _time(review.posted_at),
        sentiments.get(review.sentiment or "", ""),
        "、".join(wording.ASPECTS.get(name, name) for name in complaints),
        "、".join(flags[name] for name in _FLAGS if getattr(review, name)),
        wording.STATES[review.state],
        _time(review.due_at),
        _time(review.replied_at),
        reply.text if reply else "",
    ]


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(wording.CHINA):%Y-%m-%d %H:%M}"
