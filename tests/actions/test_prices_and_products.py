"""Prices and products: only what the records and the catalogue say."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from assistant import Chat
from sqlalchemy import select, update

from shop.orders import get_order, recent_orders
from shop.tables import DbAfterSale, DbOrderItem, DbProduct, DbServiceRequest
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


async def test_each_item_of_an_order_has_its_own_claim(talk: Talk, shop: Database) -> None:
    chat, number = talk("C0038"), await _two_items(shop)
    said = await chat.say("降价了", "promotion_price", wish="price_protection", order_number=number)
    assert said.names == ["utter_price_paid_back_several"]
    done = await chat.say("登记", "affirm")
    assert done.names == ["utter_requested_price_protection"] * 2
    async with shop.read() as session:
        query = select(DbServiceRequest).where(DbServiceRequest.kind == "price_protection")
        entered = {
            row.detail["sku"]: row.detail["amount_fen"] for row in await session.scalars(query)
        }
    assert len(entered) == 2
    assert all(amount >= 100 for amount in entered.values())
    again = await chat.say(
        "降价了", "promotion_price", wish="price_protection", order_number=number
    )
    assert again.names == ["utter_price_already_used"]


async def test_one_item_claimed_leaves_the_other_its_claim(talk: Talk, shop: Database) -> None:
    number = await _two_items(shop)
    chat = talk("C0038")
    first, second = await _names(shop, number)
    said = await chat.say(
        f"{first}降价了", "promotion_price", wish="price_protection", order_number=number
    )
    assert said.names == ["utter_price_paid_back"]
    await chat.say("登记", "affirm")
    said = await chat.say(
        f"{second}降价了", "promotion_price", wish="price_protection", order_number=number
    )
    assert said.names == ["utter_price_paid_back"]
    assert second in said.text


async def test_goods_on_their_way_back_have_no_claim(talk: Talk, shop: Database) -> None:
    number = await _two_items(shop)
    async with shop.write() as session:
        order = await get_order(session, number)
        for item in order.items:
            session.add(
                DbAfterSale(
                    number=f"AS-{item.sku}",
                    order_id=order.id,
                    sku=item.sku,
                    kind="return",
                    reason="no_reason",
                    status="approved",
                    quantity=item.quantity,
                    requested_at=order.placed_at,
                )
            )
    said = await talk("C0038").say(
        "降价了", "promotion_price", wish="price_protection", order_number=number
    )
    assert said.names == ["utter_price_goods_returned"]


async def _two_items(database: Database) -> str:
    """Make an order of C0038 with two items whose prices have fallen; return its number."""
    async with database.write() as session:
        orders = await recent_orders(session, "C0038", limit=20)
        order = next(o for o in orders if o.status == "signed")
        lamp = await session.get(DbProduct, "QH-SH-004")
        assert lamp is not None
        order.paid_at = datetime(2026, 11, 20, tzinfo=UTC)
        session.add(
            DbOrderItem(
                order_id=order.id, sku=lamp.sku, quantity=1, unit_price_fen=32900, paid_fen=32900
            )
        )
        for product in (order.items[0].product, lamp):
            product.price_fen -= 1000
        return order.number


async def _names(database: Database, number: str) -> tuple[str, str]:
    async with database.read() as session:
        order = await get_order(session, number)
        first, second = (item.product.name for item in order.items)
        return first, second


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
        ("跑步鞋有38码吗", "size", ["utter_stock_option_gone"]),
        ("跑步鞋有42码吗", "size", ["utter_stock_option_yes"]),
        ("跑步鞋身高175穿多大", "size", ["utter_size_by_foot"]),
        ("跑步鞋掉色吗", None, ["utter_product_not_stated"]),
        ("介绍一下跑步鞋", None, ["utter_product_facts"]),
        ("空气炸锅功率多少", "spec", ["utter_product_faq"]),
        ("空气炸锅能烤全羊吗", "use", ["utter_product_unknown"]),
        ("阔腿裤是正品吗", "genuine", ["utter_genuine"]),
        ("那个东西好用吗", "use", ["utter_which_product"]),
    ],
)
async def test_a_product_question(
    talk: Talk, line: str, wish: str | None, names: list[str]
) -> None:
    wishes = {"wish": wish} if wish else {}
    assert (await talk().say(line, "product_question", **wishes)).names == names


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


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("可以货到付款吗", ["utter_payment_not_offered"]),
        ("支持花呗分期吗", ["utter_payment_not_offered"]),
        ("可以用微信付吗", ["utter_payment_help"]),
        ("微信付款失败了", ["utter_payment_help"]),
    ],
)
async def test_a_way_to_pay_is_said_to_be_there_or_not(
    talk: Talk, line: str, names: list[str]
) -> None:
    assert (await talk().say(line, "payment_problem", wish="method")).names == names


async def test_reductions_that_add_up_are_explained(talk: Talk) -> None:
    said = await talk().say("满减和券能一起用吗", "promotion_price", wish="coupon")
    assert said.names == ["utter_combine"]
