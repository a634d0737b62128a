"""Refunds: every step that one may have reached, with its date."""

from collections.abc import Callable
from datetime import timedelta

from assistant import Chat
from sqlalchemy import update

from shop.tables import DbAfterSale
from storage.engine import Database

Talk = Callable[..., Chat]
LIU_YANG = "C0005"


async def test_a_refund_that_is_under_way_is_found_without_a_number(talk: Talk) -> None:
    said = await talk(LIU_YANG).say("退款到哪了", "refund_status")
    assert said.names == ["utter_refund_received"]
    assert "280.82 元" in said.text
    assert said.card("refund_card")["due_at"] == "2026-11-27"


async def test_a_refund_that_is_late_goes_to_a_person_at_once(talk: Talk, shop: Database) -> None:
    chat = talk(LIU_YANG)
    async with shop.write() as session:
        await session.execute(
            update(DbAfterSale)
            .where(DbAfterSale.number == "AS0001")
            .values(received_at=chat.now - timedelta(days=9))
        )
    said = await chat.say("退款到哪了", "refund_status")
    assert said.names == ["utter_refund_late", "utter_refund_late_handing_over"]
    assert said.handoff is not None


async def test_on_the_last_day_a_refund_is_not_late(talk: Talk, shop: Database) -> None:
    chat = talk(LIU_YANG)
    async with shop.write() as session:
        await session.execute(
            update(DbAfterSale)
            .where(DbAfterSale.number == "AS0001")
            .values(received_at=chat.now - timedelta(days=7))
        )
    assert (await chat.say("退款到哪了", "refund_status")).names == ["utter_refund_received"]


async def test_who_has_no_refund_hears_so(talk: Talk) -> None:
    assert (await talk("C0004").say("退款呢", "refund_status")).names == ["utter_refund_none"]


async def test_a_guest_proves_the_order_first(talk: Talk) -> None:
    chat = talk()
    assert (await chat.say("退款呢", "refund_status")).names == ["utter_ask_order_number"]
    said = await chat.say("868625420992826784 7591", "order_status")
    assert said.names == ["utter_refund_received"]


async def test_after_cancelling_the_money_is_said_to_be_back_soon(talk: Talk) -> None:
    chat = talk("C0010")
    await chat.say("取消订单", "cancel_order")
    await chat.say("确认", "affirm")
    said = await chat.say("钱什么时候退", "refund_status")
    assert said.names == ["utter_refund_paid_back"]
    assert "11月25日" in said.text  # three working days after Sunday the 22nd
