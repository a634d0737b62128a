"""Exchanges by stock, photos with the request, goods sent back, and a change of mind."""

from collections.abc import Callable

import pytest
from assistant import PHOTO, Chat
from sqlalchemy import select, update

from shop.orders import get_order
from shop.tables import DbAfterSale, DbParcel, DbProduct
from storage.engine import Database

Talk = Callable[..., Chat]
DRESS, BUYER = "692116711074956931", "C0055"  # 碎花雪纺连衣裙 XL, signed yesterday
MOP, MOPPER = "413658975265284658", "C0011"


async def _request(database: Database, number: str) -> DbAfterSale:
    async with database.read() as session:
        order = await get_order(session, number)
        query = select(DbAfterSale).where(DbAfterSale.order_id == order.id)
        return (await session.scalars(query)).one()


async def _product(database: Database, number: str, **values: object) -> None:
    async with database.write() as session:
        order = await get_order(session, number)
        query = update(DbProduct).where(DbProduct.sku == order.items[0].sku)
        await session.execute(query.values(**values))


async def _exchange(talk: Talk) -> Chat:
    chat = talk(BUYER)
    await chat.say("太大了想换小一号", "exchange_request", order_number=DRESS)
    await chat.say("只试穿过", "nlu_fallback")
    return chat


async def test_what_is_wanted_instead_is_in_stock_and_that_is_said(talk: Talk) -> None:
    chat = await _exchange(talk)
    said = await chat.tap_title("L")
    assert said.names == ["utter_ask_confirm_exchange"]
    assert "可以换成L，有货；寄回运费由您付" in said.text


async def test_a_size_that_is_gone_is_not_promised(talk: Talk, shop: Database) -> None:
    await _product(shop, DRESS, sold_out="L")
    chat = await _exchange(talk)
    said = await chat.say("换L码", "nlu_fallback")
    assert said.names == ["utter_wanted_not_there", "utter_ask_return_wanted"]
    assert "L现在没有货" in said.text
    assert "L" not in [button["title"] for button in said.buttons]
    assert (await chat.tap_title("M")).names == ["utter_ask_confirm_exchange"]


async def test_a_size_that_does_not_exist_is_not_promised(talk: Talk) -> None:
    chat = await _exchange(talk)
    said = await chat.say("换3XL码", "nlu_fallback")
    assert said.names == ["utter_wanted_not_there", "utter_ask_return_wanted"]


async def test_a_product_without_any_stock_is_returned_instead(talk: Talk, shop: Database) -> None:
    await _product(shop, DRESS, stock=0)
    chat = talk(BUYER)
    said = await chat.say("太大了想换小一号", "exchange_request", order_number=DRESS)
    assert said.names == ["utter_exchange_nothing_left"]
    said = await chat.say("好", "affirm")
    assert said.names == ["utter_ask_return_condition"]
    assert chat.slots["return_kind"] == "return"


async def test_a_wanted_size_is_the_reason_too(talk: Talk) -> None:
    chat = talk(BUYER)
    await chat.say("我要换货", "exchange_request", order_number=DRESS)
    said = await chat.say("想换L码", "exchange_request")
    assert said.names == ["utter_ask_return_condition"]
    assert (chat.slots["return_reason"], chat.slots["return_wanted"]) == ("size", "L")


@pytest.mark.parametrize("line", ["穿了一次", "没拆"])
async def test_the_state_told_first_is_taken_and_the_reason_asked_anew(
    talk: Talk, line: str
) -> None:
    chat = talk(BUYER)
    await chat.say("我要退货", "return_request", order_number=DRESS)
    said = await chat.say(line, "nlu_fallback")
    assert said.names == ["utter_ask_return_reason_then"]


async def test_a_return_becomes_an_exchange_and_back(talk: Talk) -> None:
    chat = talk(BUYER)
    await chat.say("我要退货", "return_request", order_number=DRESS)
    await chat.say("那换个码行吗", "product_question")
    assert chat.slots["return_kind"] == "exchange"
    await chat.say("还是退吧", "return_request")
    assert chat.slots["return_kind"] == "return"


async def test_a_reason_does_not_turn_an_exchange_into_a_return(talk: Talk) -> None:
    chat = talk(BUYER)
    await chat.say("我要换货", "exchange_request", order_number=DRESS)
    await chat.say("不想要了", "return_request")
    assert chat.slots["return_kind"] == "exchange"


async def _return_with_photo(talk: Talk) -> Chat:
    chat = talk(MOPPER)
    await chat.say("拖把坏了要退", "return_request", order_number=MOP)
    asked = await chat.say("[图片]", "out_of_scope", images=True)
    assert asked.names == ["utter_ask_confirm_return"]
    return chat


async def test_a_photo_is_kept_with_the_request(talk: Talk, shop: Database) -> None:
    chat = await _return_with_photo(talk)
    done = await chat.say("提交", "affirm")
    assert done.names == ["utter_opened_return_seller_pays"]
    for words in ("单号 AS", "前寄到", "余杭区", "运费由我们承担"):
        assert words in done.text
    assert (await _request(shop, MOP)).photos == [PHOTO]


async def test_a_photo_sent_before_anything_was_said_belongs_to_it_too(
    talk: Talk, shop: Database
) -> None:
    chat = talk(MOPPER)
    assert (await chat.say("[图片]", "out_of_scope", images=True)).names == ["utter_photo_received"]
    said = await chat.say("拖把坏了要退", "return_request", order_number=MOP)
    assert said.names[-1] == "utter_ask_confirm_return"
    await chat.say("提交", "affirm")
    assert (await _request(shop, MOP)).photos == [PHOTO]


async def test_a_photo_is_on_the_card_of_a_handoff(talk: Talk) -> None:
    chat = await _return_with_photo(talk)
    said = await chat.say("转人工", "ask_human")
    assert said.handoff is not None
    card = said.handoff["card"]
    assert card["photos"] == [PHOTO]
    assert {"label": "照片", "value": "1 张"} in card["facts"]


async def _opened(talk: Talk) -> Chat:
    chat = talk(BUYER)
    await chat.say("不想要了，没拆，退货", "return_request", order_number=DRESS)
    assert (await chat.say("提交", "affirm")).names == ["utter_opened_return_buyer_pays"]
    return chat


async def test_the_waybill_of_goods_sent_back_is_noted(talk: Talk, shop: Database) -> None:
    chat = await _opened(talk)
    said = await chat.say(
        "已经寄了 SF1234567890123", "order_status", tracking_number="SF1234567890123"
    )
    assert said.names == ["utter_sent_back"]
    assert (await _request(shop, DRESS)).status == "returning"
    async with shop.read() as session:
        query = select(DbParcel).where(DbParcel.waybill == "SF1234567890123")
        parcel = (await session.scalars(query)).one()
    assert parcel.direction == "return"


async def test_goods_sent_back_without_a_waybill_are_asked_for_it(talk: Talk) -> None:
    chat = await _opened(talk)
    assert (await chat.say("已经寄回了", "nlu_fallback")).names == ["utter_ask_waybill"]


async def test_a_waybill_without_any_return_is_no_order_number(talk: Talk) -> None:
    said = await talk("C0036").say(
        "单号SF1234567890123", "logistics", tracking_number="SF1234567890123"
    )
    assert "utter_ask_phone_tail" not in said.names


@pytest.mark.parametrize(
    ("line", "intent"),
    [("算了，不退了", "deny"), ("取消退货申请", "cancel_order"), ("不退了", "return_request")],
)
async def test_a_return_is_withdrawn_after_a_yes(
    talk: Talk, shop: Database, line: str, intent: str
) -> None:
    chat = await _opened(talk)
    assert (await chat.say(line, intent)).names == ["utter_withdraw_return"]
    assert (await chat.say("撤销申请", "affirm")).names == ["utter_withdrawn"]
    assert (await _request(shop, DRESS)).status == "withdrawn"
    async with shop.read() as session:
        assert (await get_order(session, DRESS)).status == "signed"


async def test_a_withdrawal_may_lead_on_to_an_exchange(talk: Talk) -> None:
    chat = await _opened(talk)
    await chat.say("不退了，换货", "exchange_request")
    said = await chat.say("好", "affirm")
    assert said.names[0] == "utter_withdrawn"
    assert chat.form == "return_form"
    assert chat.slots["return_kind"] == "exchange"


async def test_how_far_the_return_is_tells_where_to_send_it(talk: Talk) -> None:
    chat = await _opened(talk)
    said = await chat.say("退货到哪一步了", "return_request")
    assert said.names == ["utter_refund_send_back"]


async def test_an_exchange_set_aside_stays_an_exchange(talk: Talk) -> None:
    chat = talk(BUYER)
    await chat.say("太大了想换小一号", "exchange_request", order_number=DRESS)
    aside = await chat.say("有什么优惠", "promotion_price")
    assert aside.names == ["utter_offers", "utter_set_aside_exchange_form"]
    said = await chat.say("/exchange_request", "exchange_request")
    assert said.names == ["utter_ask_return_condition"]
    assert chat.slots["return_kind"] == "exchange"
