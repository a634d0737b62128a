"""What reviews say: product x aspect with the return rate beside it, suppliers, carriers, trend."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.analysis import Polarity
from review_manager.proof import Rate
from review_manager.rising import BadReview
from review_manager.tables import DbReview
from review_manager.wording import CHINA, UNKNOWN_PRODUCT
from shop.tables import DbAfterSale, DbOrder, DbOrderItem, DbParcel, DbProduct

BACK_TO_US = frozenset({"return", "exchange", "refund_only", "refund"})
LOGISTICS = "logistics"
MOST_READ = 20_000


@dataclass(frozen=True)
class Period:
    """From `since` (included) to `until` (not included), aware UTC."""

    since: datetime
    until: datetime


@dataclass
class Line:
    """What the reviews of one product, supplier or carrier say."""

    key: str
    name: str
    sku: str | None = None
    reviews: int = 0
    bad: int = 0
    stars: list[int] = field(default_factory=list)
    complaints: Counter[str] = field(default_factory=Counter)
    sold: int = 0
    returned: int = 0
    supplier: str = ""
    picture: str = ""

    @property
    def mean_stars(self) -> float | None:
        """The mean of the stars given; None where there are none."""
        return sum(self.stars) / len(self.stars) if self.stars else None

    @property
    def return_rate(self) -> float | None:
        """Pieces of orders that came back, or asked to, of those sold in the period."""
        return min(1.0, self.returned / self.sold) if self.sold else None

    def rate(self, aspect: str) -> Rate:
        """How many reviews complain of an aspect."""
        return Rate(self.complaints[aspect], self.reviews)

    def as_record(self) -> dict[str, Any]:
        """Return the line as JSON."""
        bad = Rate(self.bad, self.reviews)
        return {
            "key": self.key,
            "name": self.name,
            "sku": self.sku,
            "reviews": self.reviews,
            "bad": self.bad,
            "bad_share": bad.share,
            "bad_interval": bad.interval,
            "stars": self.mean_stars,
            "complaints": dict(self.complaints.most_common()),
            "sold": self.sold,
            "returned": self.returned,
            "return_rate": self.return_rate,
            "supplier": self.supplier,
            "picture": self.picture,
        }


@dataclass(frozen=True)
class _Told:
    sku: str | None
    name: str
    stars: int | None
    bad: bool
    complaints: tuple[str, ...]
    posted_at: datetime
    order_number: str | None


async def by_product(session: AsyncSession, period: Period) -> list[Line]:
    """Return a line for each product that was reviewed, most complaints first."""
    products = await _products(session)
    lines: dict[str, Line] = {}
    for told in await _told(session, period):
        key = told.sku or told.name or UNKNOWN_PRODUCT
        if key not in lines:
            product = products.get(told.sku or "")
            name = product.name if product else told.name or key
            lines[key] = Line(key, name, told.sku)
            if product is not None:
                lines[key].supplier = product.supplier or ""
                lines[key].picture = product.picture or ""
        _count(lines[key], told)
    await _add_returns(session, period, lines)
    return _sorted(lines.values())


async def by_supplier(session: AsyncSession, period: Period) -> list[Line]:
    """Return a line for each supplier: its products' reviews and returns together."""
    lines: dict[str, Line] = {}
    for product in await by_product(session, period):
        key = product.supplier
        if not key:
            continue
        line = lines.setdefault(key, Line(key, key))
        line.reviews += product.reviews
        line.bad += product.bad
        line.stars += product.stars
        line.complaints += product.complaints
        line.sold += product.sold
        line.returned += product.returned
    return _sorted(lines.values())


async def by_carrier(session: AsyncSession, period: Period) -> list[Line]:
    """Return a line for each carrier of reviewed orders; only logistics is counted there."""
    carriers: dict[str, str] = {}
    query = (
        select(DbOrder.number, DbParcel.carrier)
        .join(DbParcel, DbParcel.order_id == DbOrder.id)
        .where(DbParcel.direction == "outbound")
    )
    for number, carrier in await session.execute(query):
        carriers[number] = carrier
    lines: dict[str, Line] = {}
    for told in await _told(session, period):
        carrier = carriers.get(told.order_number or "", "")
        if carrier:
            line = lines.setdefault(carrier, Line(carrier, carrier))
            line.reviews += 1
            if LOGISTICS in told.complaints:
                line.bad += 1
                line.complaints[LOGISTICS] += 1
    return _sorted(lines.values())


async def by_week(session: AsyncSession, period: Period) -> list[dict[str, Any]]:
    """Return each week (from Monday, China's) with its reviews, bad ones and complaints."""
    weeks: dict[datetime, Line] = defaultdict(lambda: Line("", ""))
    for told in await _told(session, period):
        local = told.posted_at.astimezone(CHINA)
        monday = (local - timedelta(days=local.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        _count(weeks[monday], told)
    return [
        {"week": f"{monday:%Y-%m-%d}", **line.as_record()} for monday, line in sorted(weeks.items())
    ]


async def bad_reviews(session: AsyncSession, period: Period) -> list[BadReview]:
    """Return the newest bad reviews of a period with the words of each complaint."""
    query = (
        select(DbReview.text, DbReview.aspects)
        .where(
            DbReview.bad_since.is_not(None),
            DbReview.posted_at >= period.since,
            DbReview.posted_at < period.until,
        )
        .order_by(DbReview.posted_at.desc())
        .limit(MOST_READ)
    )
    return [
        BadReview(
            text,
            tuple(
                (str(one["aspect"]), str(one["text"]))
                for one in aspects
                if one["polarity"] == Polarity.NEGATIVE
            ),
        )
        for text, aspects in await session.execute(query)
    ]


async def _told(session: AsyncSession, period: Period) -> list[_Told]:
    query = select(
        DbReview.sku,
        DbReview.product_name,
        DbReview.stars,
        DbReview.bad_since,
        DbReview.complaints,
        DbReview.posted_at,
        DbReview.order_number,
    ).where(DbReview.posted_at >= period.since, DbReview.posted_at < period.until)
    return [
        _Told(
            sku=row.sku,
            name=row.product_name,
            stars=row.stars,
            bad=row.bad_since is not None,
            complaints=tuple(name for name in row.complaints.split("|") if name),
            posted_at=row.posted_at,
            order_number=row.order_number,
        )
        for row in await session.execute(query)
    ]


def _count(line: Line, told: _Told) -> None:
    line.reviews += 1
    line.bad += told.bad
    line.complaints.update(told.complaints)
    if told.stars is not None:
        line.stars.append(told.stars)


async def _products(session: AsyncSession) -> dict[str, DbProduct]:
    return {product.sku: product for product in await session.scalars(select(DbProduct))}


async def _add_returns(session: AsyncSession, period: Period, lines: dict[str, Line]) -> None:
    """Put sales of the period and what came back of those very orders beside the reviews."""
    in_period = (DbOrder.placed_at >= period.since, DbOrder.placed_at < period.until)
    sold = (
        select(DbOrderItem.sku, func.count())
        .join(DbOrder, DbOrder.id == DbOrderItem.order_id)
        .where(*in_period, DbOrder.paid_at.is_not(None))
        .group_by(DbOrderItem.sku)
    )
    for sku, count in await session.execute(sold):
        if sku in lines:
            lines[sku].sold = count
    returned = (
        select(DbAfterSale.sku, func.count())
        .join(DbOrder, DbOrder.id == DbAfterSale.order_id)
        .where(*in_period, DbAfterSale.kind.in_(BACK_TO_US))
        .group_by(DbAfterSale.sku)
    )
    for of_sku, count in await session.execute(returned):
        if of_sku is not None and of_sku in lines:
            lines[of_sku].returned = count


def _sorted(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.bad, -line.reviews, line.key))


def table_of(lines: Sequence[Line], aspects: Sequence[str]) -> list[list[Any]]:
    """Return lines as rows for a spreadsheet: counts, then one column an aspect."""
    return [
        [
            line.key,
            line.name,
            line.supplier,
            line.reviews,
            line.bad,
            Rate(line.bad, line.reviews).share,
            line.mean_stars,
            line.sold,
            line.returned,
            line.return_rate,
            *(line.complaints[aspect] for aspect in aspects),
        ]
        for line in lines
    ]
