"""Reviews, orders and people that the review manager's tests speak of, on a real database."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.analysis import Analysis, Aspect, AspectFinding, Polarity, Sentiment
from review_manager.intake.landing import JudgedReview, Landed, land
from review_manager.intake.reading import ReadReview
from review_manager.judging import judge
from review_manager.tables import DbReview
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbParcel, DbProduct

BAD = "杯盖漏水，包里全湿了"
GOOD = "保温效果很好，孩子每天带去学校"


def analysis(sentiment: Sentiment, p_negative: float, **more: Any) -> Analysis:
    """An analysis as the model might give it, without a model."""
    found: dict[str, Any] = {
        "aspects": (AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "漏水", 2, 4),)
        if sentiment is not Sentiment.POSITIVE
        else (),
        "safety": False,
        "threat": False,
        "misclick": False,
        "hidden_bad": False,
    } | more
    polarity = Polarity.NEGATIVE if p_negative > 0.5 else Polarity.POSITIVE
    return Analysis(polarity=polarity, p_negative=p_negative, sentiment=sentiment, **found)


ANGRY = analysis(Sentiment.NEGATIVE, 0.97)
HAPPY = analysis(Sentiment.POSITIVE, 0.03)


def read(now: datetime, **more: Any) -> ReadReview:
    """A bad review of two hours ago."""
    told: dict[str, Any] = {
        "line": 2,
        "platform": "house",
        "text": BAD,
        "stars": 1,
        "posted_at": now - timedelta(hours=2),
        "external_id": "R1",
    } | more
    return ReadReview(**told)


async def put(
    session: AsyncSession, *reads: ReadReview, now: datetime, said: Analysis = ANGRY, **more: Any
) -> Landed:
    """Land reviews that were all judged alike."""
    later = more.get("later")
    judged = [
        JudgedReview(
            one,
            judge(said, stars=one.stars),
            judge(later, stars=None, later=True) if later and one.follow_up else None,
        )
        for one in reads
    ]
    return await land(session, judged, import_id=None, actor="test", now=now)


async def stock(session: AsyncSession, now: datetime) -> None:
    """王芳 bought a cup ten days ago and has had it for a week."""
    session.add(
        DbProduct(
            sku="CUP",
            name="316不锈钢保温杯",
            category="home",
            price_fen=12900,
            stock=5,
            supplier="示例杯厂",
            batch="B16",
            picture="flask.svg",
        )
    )
    customer = DbCustomer(
        id="C1",
        nickname="小芳",
        gender="female",
        registered_at=now - timedelta(days=400),
        marketing_consent=True,
    )
    customer.name = "王芳"
    session.add(customer)
    await session.flush()
    order = DbOrder(
        id="O1",
        number="860000000000000001",
        customer_id="C1",
        platform="house",
        status="completed",
        placed_at=now - timedelta(days=10),
        paid_at=now - timedelta(days=10),
        shipped_at=now - timedelta(days=9),
        signed_at=now - timedelta(days=3),
        completed_at=now - timedelta(days=2),
        goods_fen=12900,
        payable_fen=12900,
        paid_fen=12900,
    )
    session.add(order)
    await session.flush()
    session.add(
        DbOrderItem(order_id="O1", sku="CUP", quantity=1, unit_price_fen=12900, paid_fen=12900)
    )
    session.add(
        DbParcel(
            order_id="O1",
            carrier="顺丰",
            waybill="SF1",
            status="signed",
            signed_at=now - timedelta(days=3),
        )
    )
    await session.flush()


async def only(session: AsyncSession) -> DbReview:
    """The one review there is."""
    from sqlalchemy import select

    return (await session.scalars(select(DbReview))).one()
