"""Prices and products: only what the records and the catalogue say."""

from collections.abc import Callable

import pytest
from assistant import Chat
from sqlalchemy import update

from shop.tables import DbProduct
from storage.engine import Database

Talk = Callable[..., Chat]
HIKING_SHOES = "869272146851368164"


async def _price(database: Database, sku: str, fen: int) -> None:
    async with database.write() as session:
        await session.execute(update(DbProduct).where(DbProduct.sku == sku).values(price_fen=fen))


async def test_running_offers_are_named_with_their_end(talk: Talk) -> None:
    said = await talk().say("有什么活动", "promotion_price", wish="campaign")
    assert said.names == ["utter_offers"]
    assert "满199减20、满399减50" in said.text


async def test_coupons_are_shown_to_their_owner_only(talk: Talk) -> None:
    assert (await talk().say("我的券呢", "promotion_price", wish="coupon")).names == [
        "utter_coupons_log_in"
    ]


async def test_a_fallen_price_is_paid_back_after_a_yes(talk: Talk, shop: Database) -> None:
    await _price(shop, "QH-SH-004", 20000)
    chat = talk("C0002")
    said = await chat.say("徒步鞋降价了", "promotion_price", wish="price_protection")
    assert said.names == ["utter_price_paid_back"]
    assert (await chat.say("好的", "affirm")).names == ["utter_requested_price_protection"]
    again = await chat.say("徒步鞋降价了", "promotion_price", wish="price_protection")
    assert again.names == ["utter_price_already_used"]


async def test_a_price_that_did_not_fall_gives_nothing_back(talk: Talk) -> None:
    said = await talk("C0002").say(
        "降价了退差价", "promotion_price", wish="price_protection", order_number=HIKING_SHOES
    )
    assert said.names == ["utter_price_not_lower"]


async def test_a_guest_hears_the_rule(talk: Talk) -> None:
    said = await talk().say("能价保吗", "promotion_price", wish="price_protection")
    assert "15 天内" in said.text


@pytest.mark.parametrize(
    ("line", "wish", "names"),
    [
        ("T恤身高172体重140斤穿多大", "size", ["utter_size_fits"]),
        ("保温杯有黑色吗", "stock", ["utter_stock_no_such_option"]),
        ("保温杯有米白吗", "stock", ["utter_stock_option_yes"]),
        ("护发精油有货吗", "stock", ["utter_stock_none"]),
        ("保温杯会漏水吗", "use", ["utter_product_faq"]),
        ("空气炸锅功率多少", "spec", ["utter_product_faq"]),
        ("空气炸锅能烤全羊吗", "use", ["utter_product_unknown"]),
        ("阔腿裤是正品吗", "genuine", ["utter_genuine"]),
        ("那个东西好用吗", "use", ["utter_which_product"]),
    ],
)
async def test_a_product_question(talk: Talk, line: str, wish: str, names: list[str]) -> None:
    assert (await talk().say(line, "product_question", wish=wish)).names == names


async def test_the_size_comes_from_the_chart(talk: Talk) -> None:
    said = await talk().say("T恤身高172体重140斤穿多大", "product_question", wish="size")
    assert "建议选 L" in said.text


async def test_a_question_waits_until_the_product_is_known(talk: Talk) -> None:
    chat = talk()
    assert (await chat.say("会漏水吗", "product_question", wish="use")).names == [
        "utter_which_product"
    ]
    said = await chat.say("不锈钢保温杯", "nlu_fallback")
    assert said.names == ["utter_product_faq"]
    assert "漏水" in said.text


async def test_the_next_question_is_about_the_same_product(talk: Talk) -> None:
    chat = talk()
    await chat.say("空气炸锅多大功率", "product_question", wish="spec")
    said = await chat.say("第一次用有味道正常吗", "product_question", wish="use")
    assert "空烧10分钟" in said.text
