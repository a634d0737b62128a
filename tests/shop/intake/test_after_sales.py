"""After-sale requests follow the shop's own system, and their orders go on when they are over."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shop.after_sales import Status
from shop.intake.changes import changes
from shop.intake.deciding import is_after_sale_step_back
from shop.orders import get_order
from shop.tables import DbAfterSale, DbOrder
from storage.engine import Database

NUMBER = "231118-4455667788"
Record = dict[str, Any]


@pytest.fixture
def signed(order: Record, now: datetime) -> Record:
    return order | {
        "status": "signed", "shipped_at": (now - timedelta(days=1)).isoformat(),
        "signed_at": now.isoformat(), "placed_at": (now - timedelta(days=3)).isoformat(),
    }  # fmt: skip


@pytest.fixture
def asked(now: datetime) -> Record:
    return {
        "kind": "after_sale", "number": "AS261122000001", "order_number": NUMBER, "sku": "CUP-1",
        "wish": "return", "reason": "quality", "status": "approved", "amount_fen": 18800,
        "requested_at": now.isoformat(), "decided_at": now.isoformat(),
    }  # fmt: skip


async def opened_here(database: Database, asked: Record, now: datetime) -> None:
    """What the assistant enters when a customer returns something."""
    async with database.write() as session:
        order = await get_order(session, NUMBER)
        order.status = "refunding"
        session.add(
            DbAfterSale(
                number=asked["number"], order_id=order.id, sku="CUP-1", kind="return",
                reason="quality", status="approved", amount_fen=18800, requested_at=now,
                decided_at=now, photos=[],
            )
        )  # fmt: skip


async def states(database: Database) -> tuple[str, str]:
    async with database.read() as session:
        order = (await session.scalars(select(DbOrder))).one()
        request = (await session.scalars(select(DbAfterSale))).one()
    return request.status, order.status


# fmt: off
STORIES = [
    ({"status": "refunded", "amount_fen": 18800}, ("refunded", "refunded")),
    ({"status": "refunded", "amount_fen": 9900}, ("refunded", "signed")),
    ({"status": "rejected"}, ("rejected", "signed")),
    ({"status": "returning"}, ("returning", "refunding")),
    ({"status": "received", "received_at": "now"}, ("received", "refunding")),
]
# fmt: on


@pytest.mark.parametrize(("said", "expected"), STORIES, ids=lambda part: str(part)[:40])
async def test_a_request_opened_here_is_carried_on_by_the_source(
    database: Database, bring: Any, cup: Record, signed: Record, asked: Record, now: datetime,
    said: Record, expected: tuple[str, str],
) -> None:  # fmt: skip
    await bring(database, cup, signed)
    await opened_here(database, asked, now)
    told = asked | said | {"closed_at": now.isoformat()}
    if "received_at" in said:
        told["received_at"] = now.isoformat()
    assert (await bring(database, told)).as_record()["changed"] == 1
    assert await states(database) == expected
    again = await bring(database, signed, told)
    assert (again.as_record()["known"], await states(database)) == (2, expected)


async def test_a_request_of_the_shops_own_is_added(
    database: Database, bring: Any, cup: Record, signed: Record, asked: Record
) -> None:
    landed = await bring(database, asked | {"number": "RMA-9"}, signed, cup)
    assert landed.by_kind()["after_sale"] == {"added": 1}
    assert await states(database) == ("approved", "signed")


async def test_what_cannot_be_true_of_a_request(
    sqlite_database: Database, bring: Any, cup: Record, signed: Record, asked: Record,
    now: datetime,
) -> None:  # fmt: skip
    early = (now - timedelta(hours=2)).isoformat()
    other = signed | {"number": "A1001"}
    landed = await bring(
        sqlite_database, cup, signed, other, asked,
        asked | {"number": "B1", "sku": "BOWL"},
        asked | {"number": "B2", "order_number": "A9999"},
        asked | {"number": "B3", "decided_at": early},
        asked | {"number": "B4", "status": "refunded"},
        asked | {"order_number": "A1001"},
        {"kind": "after_sale", "number": "B5", "order_number": NUMBER},
        refused=[4, 5, 6, 7, 8, 9],
    )  # fmt: skip
    assert [reason for _, reason in landed.refused] == [
        f"订单 {NUMBER} 里没有商品 BOWL",
        "订单 A9999 还没有导入，请先导入订单",
        "审核时间早于申请时间",
        "状态是“refunded”，要有完结时间",
        "售后单 AS261122000001 属于另一个订单",
        "第一次导入要有售后类型",
    ]


async def test_without_a_time_of_change_a_request_goes_forward_only(
    sqlite_database: Database, bring: Any, cup: Record, signed: Record, asked: Record,
    now: datetime,
) -> None:  # fmt: skip
    await bring(sqlite_database, cup, signed, asked | {"status": "returning"})
    assert (await bring(sqlite_database, asked)).as_record()["older"] == 1
    mended = asked | {"updated_at": now.isoformat()}
    assert (await bring(sqlite_database, mended)).as_record()["changed"] == 1
    assert is_after_sale_step_back(Status.RECEIVED, Status.RETURNING)
    assert not is_after_sale_step_back(Status.REFUNDED, Status.WITHDRAWN)


async def test_an_open_request_is_told_until_the_source_has_it(
    sqlite_database: Database, bring: Any, cup: Record, signed: Record, asked: Record,
    now: datetime,
) -> None:  # fmt: skip
    await bring(sqlite_database, cup, signed)
    await opened_here(sqlite_database, asked, now)

    async def told() -> list[Record]:
        async with sqlite_database.read() as session:
            return [change async for change in changes(session)]

    order, request = await told()
    assert (order["status"], request["number"], request["wish"]) == (
        "refunding", asked["number"], "return",
    )  # fmt: skip
    await bring(sqlite_database, asked, signed | {"status": "refunding"})
    assert await told() == []
