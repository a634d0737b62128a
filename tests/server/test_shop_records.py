"""The door for the shop's own programs: records in, changes out, with a key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from server.keys import DATABASE
from server.shop_records import AT_MOST, SCOPE
from shop.cancelling import cancel_order
from shop.orders import get_order, recent_orders
from storage.audit import DbAuditEvent
from storage.program_keys import create_key, revoke_keys

PATH = "/api/shop/records"
CUP = {"kind": "product", "sku": "CUP", "name": "保温杯", "price_fen": 9900, "stock": 2}
Headers = dict[str, str]


def order() -> dict[str, Any]:
    placed = datetime.now(UTC) - timedelta(days=1)
    return {
        "kind": "order", "number": "A1001-7", "customer_id": "U1", "status": "paid",
        "placed_at": placed.isoformat(), "paid_at": placed.isoformat(), "paid_fen": 9900,
        "receiver": "王芳", "items": [{"sku": "CUP", "unit_price_fen": 9900}],
    }  # fmt: skip


@pytest.fixture
async def headers(client: TestClient) -> Headers:
    async with client.app[DATABASE].write() as session:
        key = await create_key(session, "erp", scope=SCOPE, actor="test", now=datetime.now(UTC))
    return {"Authorization": f"Bearer {key}"}


async def send(client: TestClient, headers: Headers, *records: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={"records": records}, headers=headers)
    assert answer.status == 200, await answer.text()
    told: dict[str, Any] = await answer.json()
    return told


async def test_records_land_once_and_bad_ones_are_refused_by_themselves(
    client: TestClient, headers: Headers
) -> None:
    bad = [order() | {"number": "A2", "paid_fen": -1}, CUP | {"kind": "cup"}, 7]
    lost = order() | {"number": "A1002", "items": [{"sku": "NO", "unit_price_fen": 1}]}
    told = await send(client, headers, order(), *bad, lost, CUP)
    assert (told["added"], told["changed"], told["known"], told["older"]) == (2, 0, 0, 0)
    assert told["refused"] == [
        {"index": 1, "reason": "订单号至少要有 4 个字符；实付金额不能小于 0"},
        {
            "index": 2,
            "reason": "记录类型“cup”不认识，应为：product、customer、order、parcel、after_sale",
        },
        {"index": 3, "reason": "这一条不是 JSON 对象"},
        {"index": 4, "reason": "商品编码 NO 还没有导入，请先导入商品"},
    ]
    again = await send(client, headers, CUP)
    assert (again["added"], again["known"]) == (0, 1)
    async with client.app[DATABASE].read() as session:
        (found,) = await recent_orders(session, "U1")
        assert (found.number, found.receiver, found.items[0].paid_fen) == ("A1001-7", "王芳", 9900)
        query = select(DbAuditEvent).where(DbAuditEvent.action == "records.imported")
        (entry,) = await session.scalars(query)
        assert (entry.actor, entry.object_id) == ("key:erp", PATH)


async def test_what_happened_here_is_told_and_noted(client: TestClient, headers: Headers) -> None:
    placed = order()
    await send(client, headers, CUP, placed)
    async with client.app[DATABASE].write() as session:
        found = await get_order(session, "A1001-7")
        await cancel_order(session, found, reason="buyer", now=datetime.now(UTC))
    answer = await client.get("/api/shop/changes", headers=headers)
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await answer.json())["changes"] == [
        {"kind": "order", "number": "A1001-7", "status": "cancelled", "cancel_reason": "buyer"}
    ]
    told = await send(client, headers, placed | {"status": "picking"})
    assert [note["index"] for note in told["notes"]] == [0]
    assert "请在来源系统也取消" in told["notes"][0]["note"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5"])
@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("GET", "/api/shop/changes")])
async def test_a_wrong_key_opens_nothing_and_guessing_is_slowed(
    client: TestClient, header: str, method: str, path: str
) -> None:
    statuses = []
    for _ in range(11):
        answer = await client.request(
            method, path, json={"records": [CUP]}, headers={"Authorization": header}
        )
        statuses.append(answer.status)
        assert answer.content_type == "application/problem+json"
    assert statuses == [401] * 10 + [429]


async def test_an_ended_key_and_a_key_for_something_else_open_nothing(
    client: TestClient, headers: Headers
) -> None:
    now = datetime.now(UTC)
    async with client.app[DATABASE].write() as session:
        other = await create_key(session, "erp", scope="other", actor="test", now=now)
        await revoke_keys(session, "erp", scope=SCOPE, actor="test", now=now)
    for sent in (headers, {"Authorization": f"Bearer {other}"}):
        assert (await client.post(PATH, json={"records": [CUP]}, headers=sent)).status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"records": []}, 422),
        ({"records": [{}] * (AT_MOST + 1)}, 422),
        ({"records": [CUP], "more": 1}, 422),
        ([CUP], 422),
        ({"records": {}}, 422),
    ],
)
async def test_a_body_of_another_shape_is_refused(
    client: TestClient, headers: Headers, body: Any, status: int
) -> None:
    answer = await client.post(PATH, json=body, headers=headers)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")


async def test_a_program_that_sends_too_often_waits(client: TestClient, headers: Headers) -> None:
    statuses = [(await client.post(PATH, data=b"x", headers=headers)).status for _ in range(121)]
    assert statuses == [400] * 120 + [429]
