"""Orders and parcels of which the shop has told little: no sentence has a hole in it."""

from collections.abc import Callable

import pytest
from assistant import Chat
from sqlalchemy import delete, select

from shop.orders import get_order
from shop.tables import DbOrder, DbParcel, DbParcelEvent
from storage.engine import Database, Session

Talk = Callable[..., Chat]
BUYER = "C0001"
SHIPPED, SIGNED = "736669", "368164"


async def _order(session: Session, tail: str = SHIPPED) -> DbOrder:
    query = select(DbOrder.number).where(DbOrder.number.endswith(tail))
    return await get_order(session, (await session.scalars(query)).one())


def _whole(text: str) -> bool:
    return not any(hole in text for hole in ("  ", " ，", " 。", "（）", "于 已", "号 。", "：。"))


@pytest.mark.parametrize(
    ("status", "name"),
    [
        ("shipped", "utter_order_shipped_bare"),
        ("signed", "utter_order_signed_bare"),
        ("completed", "utter_order_completed_bare"),
        ("cancelled", "utter_order_cancelled_bare"),
    ],
)
async def test_an_order_without_parcel_and_times(
    talk: Talk, shop: Database, status: str, name: str
) -> None:
    async with shop.write() as session:
        order = await _order(session)
        parcels = select(DbParcel.id).where(DbParcel.order_id == order.id)
        await session.execute(delete(DbParcelEvent).where(DbParcelEvent.parcel_id.in_(parcels)))
        await session.execute(delete(DbParcel).where(DbParcel.order_id == order.id))
        order.status, order.shipped_at, order.signed_at, order.cancelled_at = (
            status, None, None, None,
        )  # fmt: skip
        number = order.number
    said = await talk(BUYER).say("查订单", "order_status", order_number=number)
    assert said.names == [name]
    assert _whole(said.text)


async def test_an_order_with_a_parcel_of_unknown_hour(talk: Talk, shop: Database) -> None:
    async with shop.write() as session:
        order = await _order(session)
        order.shipped_at = None
        for parcel in order.parcels:
            parcel.shipped_at = None
        number = order.number
    said = await talk(BUYER).say("查订单", "order_status", order_number=number)
    assert said.names == ["utter_parcel_stuck"]
    assert _whole(said.text)


@pytest.mark.parametrize("line", ["快递到哪了", "什么时候到"])
async def test_a_parcel_without_news(talk: Talk, shop: Database, line: str) -> None:
    async with shop.write() as session:
        order = await _order(session)
        parcels = [parcel.id for parcel in order.parcels]
        await session.execute(delete(DbParcelEvent).where(DbParcelEvent.parcel_id.in_(parcels)))
    chat = talk(BUYER)
    said = await chat.say(line, "logistics", wish="eta" if line[-1] == "到" else "trace")
    assert said.names[0].endswith("_bare")
    assert _whole(said.text)
    done = await chat.say("催一下", "affirm")
    assert done.names == ["utter_requested_urge_carrier"]
    again = await chat.say(line, "logistics", wish="trace")
    assert again.names == ["utter_parcel_urged_bare"]
    assert _whole(again.text)


async def test_a_parcel_signed_for_by_nobody_in_particular(talk: Talk, shop: Database) -> None:
    async with shop.write() as session:
        order = await _order(session, SIGNED)
        for parcel in order.parcels:
            parcel.signed_by = ""
        number = order.number
    said = await talk("C0002").say("快递呢", "logistics", order_number=number)
    assert said.names == ["utter_parcel_signed"]
    assert "没写签收人" in said.text
    assert _whole(said.text)


async def test_an_order_that_came_at_an_unknown_hour_is_not_cancelled(
    talk: Talk, shop: Database
) -> None:
    async with shop.write() as session:
        order = await _order(session, SIGNED)
        order.signed_at = None
        number = order.number
    said = await talk("C0002").say("取消订单", "cancel_order", order_number=number)
    assert said.names == ["utter_cancel_arrived_bare"]
    assert _whole(said.text)
