"""Whatever a program sends: it is taken or refused with a reason, and nothing else happens."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop.intake.codes import Kind
from shop.intake.landing import land
from shop.intake.records import MODELS, RecordError, read_record
from shop.orders import get_order
from shop.tables import DbOrder, DbOrderItem, DbProduct
from storage.engine import Database

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NAMES = sorted({name for model in MODELS.values() for name in model.model_fields})
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=8,
)
anything = st.dictionaries(st.sampled_from(["kind", *NAMES]) | st.text(max_size=9), values)


@settings(max_examples=400, deadline=None)
@given(value=anything, kind=st.sampled_from(Kind))
def test_a_record_is_read_or_refused_with_a_reason(value: dict[str, Any], kind: Kind) -> None:
    reason, key = "", ""
    try:
        key = read_record({**value, "kind": str(kind)}, now=NOW).key
    except RecordError as error:
        reason = str(error)
    assert bool(key) is not bool(reason)


wild = st.text(max_size=30)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_wild_texts_land_and_are_known_afterwards(
    data: st.DataObject, dialect: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{dialect}_url")
    sku = "S" + data.draw(st.text(min_size=1, max_size=20))
    number = "A1" + data.draw(st.text(min_size=3, max_size=20))
    told = [
        {"kind": "product", "sku": sku, "name": "杯" + data.draw(wild), "price_fen": 1, "stock": 1,
         "spec": data.draw(wild), "supplier": data.draw(wild)},
        {"kind": "customer", "customer_id": "U" + data.draw(wild), "nickname": data.draw(wild),
         "name": data.draw(wild), "address": data.draw(wild), "city": data.draw(wild)},
        {"kind": "order", "number": number, "status": "unpaid", "placed_at": "2026-11-20",
         "receiver": data.draw(wild), "remark": data.draw(wild), "payment_method": "微信",
         "items": [{"sku": sku, "option": data.draw(wild), "unit_price_fen": 1}]},
    ]  # fmt: skip
    asyncio.run(_lands_once(url, told))


async def _lands_once(url: str, told: list[dict[str, Any]]) -> None:
    records = []
    for place, one in enumerate(told):
        try:
            records.append((place, read_record(one, now=NOW)))
        except RecordError:  # what is left of a text of control characters may be too short
            return
    database = Database(url)
    try:
        async with database.write() as session:
            refused = (await land(session, records, actor="test", now=NOW)).refused
        async with database.write() as session:
            again = await land(session, records, actor="test", now=NOW)
        assert not again.wrote
        assert again.refused == refused
    finally:
        await database.close()


async def test_two_programs_at_once_add_it_once(
    database: Database, cup: dict[str, Any], order: dict[str, Any]
) -> None:
    records = [(place, read_record(one, now=NOW)) for place, one in enumerate((cup, order))]

    async def bring(actor: str) -> int:
        async with database.write() as session:
            landed = await land(session, records, actor=actor, now=NOW)
        return landed.as_record()["added"]

    assert sorted(await asyncio.gather(*(bring(f"key:{n}") for n in range(4)))) == [0, 0, 0, 2]
    async with database.read() as session:
        for table in (DbProduct, DbOrder, DbOrderItem):
            assert await session.scalar(select(func.count()).select_from(table)) == 1
        assert (await get_order(session, order["number"])).paid_fen == 19600
