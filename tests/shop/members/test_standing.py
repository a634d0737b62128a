from datetime import datetime, timedelta
from typing import Any

import pytest

from shop.members.policy import MemberPolicy
from shop.members.rfm import Segment
from shop.members.standing import purchases_of, standing_of
from shop.tables import DbAfterSale, DbCustomer, DbOrder
from storage.engine import Database


def order(number: str, now: datetime, *, days_ago: int = 10, **facts: Any) -> DbOrder:
    paid_at = now - timedelta(days=days_ago)
    row = {
        "id": f"o-{number}",
        "number": number,
        "customer_id": "C-1",
        "platform": "house",
        "status": "completed",
        "placed_at": paid_at,
        "paid_at": paid_at,
        "paid_fen": 100_000,
    }
    return DbOrder(**(row | facts))


def refund(number: str, order_number: str, fen: int, now: datetime, **facts: Any) -> DbAfterSale:
    row = {
        "number": number,
        "order_id": f"o-{order_number}",
        "kind": "return",
        "reason": "quality",
        "status": "refunded",
        "amount_fen": fen,
        "requested_at": now,
    }
    return DbAfterSale(**(row | facts))


@pytest.fixture
async def stored(database: Database, now: datetime) -> Database:
    """李强 bought five times; some of it was returned, cancelled or never paid."""
    async with database.write() as session:
        session.add(DbCustomer(id="C-1", nickname="强", registered_at=now))
        session.add(DbCustomer(id="C-2", nickname="芳", registered_at=now))
        await session.flush()
        session.add_all(
            [
                order("whole", now),
                order("partly", now, days_ago=40),
                order("returned", now),
                order("cancelled", now, status="cancelled"),
                order("unpaid", now, status="unpaid", paid_at=None, paid_fen=0),
                order("old", now, days_ago=366),
                order("other", now, customer_id="C-2", paid_fen=900_000),
            ]
        )
        await session.flush()
        session.add_all(
            [
                refund("A1", "partly", 20_000, now),
                refund("A2", "partly", 10_000, now),
                refund("A3", "partly", 50_000, now, status="requested"),
                refund("A4", "returned", 100_800, now),
            ]
        )
    return database


async def test_purchases_carry_what_was_really_refunded(stored: Database, now: datetime) -> None:
    async with stored.read() as session:
        found = await purchases_of(session, "C-1", since=now - timedelta(days=365))
    assert sorted((p.paid_fen, p.refunded_fen) for p in found) == [
        (100_000, 0),
        (100_000, 30_000),
        (100_000, 100_000),
    ]


async def test_li_qiang_stands_where_his_orders_put_him(
    stored: Database, policy: MemberPolicy, now: datetime
) -> None:
    async with stored.read() as session:
        found = await standing_of(session, "C-1", policy, now=now)
    assert found.tier is not None
    assert found.tier.name == "silver"
    assert (found.rfm.recency, found.rfm.frequency, found.rfm.monetary) == (5, 2, 3)
    assert found.rfm.segment is Segment.OCCASIONAL


async def test_one_customers_orders_are_not_anothers(
    stored: Database, policy: MemberPolicy, now: datetime
) -> None:
    async with stored.read() as session:
        fang = await standing_of(session, "C-2", policy, now=now)
        nobody = await standing_of(session, "C-9", policy, now=now)
    assert fang.tier is not None
    assert fang.tier.name == "diamond"
    assert (nobody.tier, nobody.rfm.segment) == (None, Segment.NO_PURCHASE)


async def test_the_demo_shop_has_members_of_several_kinds(
    shop: Database, policy: MemberPolicy, now: datetime
) -> None:
    async with shop.read() as session:
        found = [
            await standing_of(session, f"C{number:04}", policy, now=now) for number in range(1, 31)
        ]
    assert len({standing.rfm.segment for standing in found}) >= 3
    assert {standing.tier.name if standing.tier else None for standing in found} >= {
        None,
        "silver",
    }
