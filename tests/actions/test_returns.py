"""Returns and exchanges from the first word to the number, the address and who pays."""

from collections.abc import Callable

import pytest
from assistant import Chat
from sqlalchemy import select

from shop.orders import find_order
from shop.tables import DbAfterSale
from storage.engine import Database

Talk = Callable[..., Chat]
HIKING_SHOES = "869272146851368164"  # 李强, signed eight days ago
BACKPACK_OF_JANUARY = "410945896022663805"
EXCHANGE_OPEN = "865685136128244376"  # 周婷
UNDER_WAY = "869521132756736669"
NOT_SENT = "862972923185466285"


async def _requests(database: Database, number: str) -> list[DbAfterSale]:
    async with database.read() as session:
        order = await find_order(session, number)
        assert order is not None
        query = select(DbAfterSale).where(DbAfterSale.order_id == order.id)
        return list(await session.scalars(query))


async def _fresh(database: Database) -> tuple[str, str]:
    """Return customer and number of a clothing or shoe order signed within five days."""
    from datetime import UTC, datetime, timedelta

    from shop.tables import DbOrder, DbOrderItem, DbProduct

    now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    query = (
        select(DbOrder.customer_id, DbOrder.number)
        .join(DbOrderItem, DbOrderItem.order_id == DbOrder.id)
        .join(DbProduct, DbProduct.sku == DbOrderItem.sku)
        .where(
            DbOrder.signed_at > now - timedelta(days=5),
            DbOrder.signed_at < now - timedelta(hours=1),
            DbOrder.status == "signed",
            DbProduct.category.in_(("clothing", "shoes")),
            DbProduct.exclusion_ground.is_(None),
        )
        .order_by(DbOrder.number)
    )
    async with database.read() as session:
        for customer, number in await session.execute(query):
            order = await find_order(session, number)
            if order is not None and len(order.items) == 1 and order.paid_fen and customer:
                return customer, number
    raise AssertionError("the demo shop has no such order")


async def test_a_return_is_asked_for_step_by_step(talk: Talk, shop: Database) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    assert (await chat.say("想退货", "return_request", order_number=number)).names == [
        "utter_ask_return_reason"
    ]
    assert (await chat.say("不想要了", "nlu_fallback")).names == ["utter_ask_return_condition"]
    asked = await chat.say("没拆，完好", "nlu_fallback")
    assert asked.names == ["utter_ask_confirm_return"]
    assert asked.card("return_card")["verdict"] == "granted"
    done = await chat.say("提交", "affirm")
    assert done.names == ["utter_opened_return_buyer_pays"]
    (request,) = await _requests(shop, number)
    assert request.number in done.text
    assert "11月29日" in done.text
    assert "青穗路18号" in done.text
    assert (request.kind, request.reason, request.status) == ("return", "no_reason", "approved")
    assert request.amount_fen > 0


async def test_one_line_may_say_it_all(talk: Talk, shop: Database) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    said = await chat.say(
        f"{number} 尺码小了想退，吊牌都在没剪", "return_request", order_number=number
    )
    assert said.names == ["utter_ask_confirm_return"]
    assert (await chat.say("好", "affirm")).names == ["utter_opened_return_buyer_pays"]
    (request,) = await _requests(shop, number)
    assert request.reason == "size"


async def test_a_fault_is_at_the_shops_cost_and_a_photo_is_optional(
    talk: Talk, shop: Database
) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    said = await chat.say("质量太差要退", "return_request", order_number=number)
    assert said.names == ["utter_ask_return_photo"]
    assert (await chat.say("没有照片", "deny")).names == ["utter_ask_confirm_return"]
    assert (await chat.say("提交", "affirm")).names == ["utter_opened_return_seller_pays"]


async def test_a_photo_answers_the_question_for_one(talk: Talk, shop: Database) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    await chat.say("开线了要退", "return_request", order_number=number)
    said = await chat.say("[图片]", "out_of_scope", images=True)
    assert said.names == ["utter_ask_confirm_return"]


async def test_a_refusal_says_why_and_opens_nothing(talk: Talk, shop: Database) -> None:
    chat = talk("C0002")
    await chat.say("徒步鞋想退", "return_request")
    said = await chat.say("穿过一次，不喜欢", "nlu_fallback")
    assert said.names == ["utter_return_refused"]
    assert "使用痕迹" in said.text
    assert chat.form is None
    assert await _requests(shop, HIKING_SHOES) == []


async def test_what_the_rules_do_not_settle_goes_to_a_person(talk: Talk) -> None:
    chat = talk("C0002")
    said = await chat.say("双肩包背带开线要退", "return_request")
    assert said.names[-1] == "utter_handing_over_exception"
    assert said.handoff is not None
    assert said.handoff["reason"] == "policy_exception"
    card = said.handoff["card"]
    assert card["order"] == BACKPACK_OF_JANUARY
    assert card["verdict"]["basis"]
    assert card["tried"] == ["说明了退货"]


async def test_an_exchange_asks_what_instead(talk: Talk, shop: Database) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    await chat.say("太小了想换", "exchange_request", order_number=number)
    said = await chat.say("只试穿过", "nlu_fallback")
    assert said.names == ["utter_ask_return_wanted"]
    confirm = await chat.tap_title(said.buttons[-1]["title"])
    assert confirm.names == ["utter_ask_confirm_exchange"]
    done = await chat.say("提交", "affirm")
    assert done.names == ["utter_opened_exchange_buyer_pays"]
    (request,) = await _requests(shop, number)
    assert (request.kind, request.amount_fen) == ("exchange", 0)


async def test_who_asked_already_hears_how_far_it_is(talk: Talk, shop: Database) -> None:
    before = len(await _requests(shop, EXCHANGE_OPEN))
    said = await talk("C0008").say("我要换货", "exchange_request", order_number=EXCHANGE_OPEN)
    assert said.names == ["utter_refund_waiting"]
    assert len(await _requests(shop, EXCHANGE_OPEN)) == before


async def test_goods_not_sent_are_cancelled_instead(talk: Talk) -> None:
    chat = talk("C0010")
    said = await chat.say("想退货", "return_request", order_number=NOT_SENT)
    assert said.names == ["utter_return_not_sent"]
    assert (await chat.say("好", "affirm")).names == ["utter_cancelled_paid"]


async def test_goods_under_way_are_intercepted_instead(talk: Talk) -> None:
    chat = talk("C0001")
    said = await chat.say("不想要了退货", "return_request", order_number=UNDER_WAY)
    assert said.names == ["utter_return_under_way"]
    assert (await chat.say("好", "affirm")).names == ["utter_requested_intercept"]


async def test_a_changed_subject_is_answered_and_the_form_can_be_taken_up_again(
    talk: Talk, shop: Database
) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    await chat.say("想退货", "return_request", order_number=number)
    aside = await chat.say("有什么优惠", "promotion_price")
    assert aside.names == ["utter_offers", "utter_set_aside_return_form"]
    again = await chat.say("不想要了", "nlu_fallback")
    assert again.names == ["utter_ask_return_condition"]


async def test_never_mind_leaves_the_form(talk: Talk, shop: Database) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    await chat.say("想退货", "return_request", order_number=number)
    assert (await chat.say("算了不退了", "deny")).names == ["utter_left_return_form"]
    assert chat.form is None
    assert await _requests(shop, number) == []


async def test_a_form_of_somebody_elses_order_never_opens(talk: Talk) -> None:
    said = await talk("C0002").say("退货", "return_request", order_number=UNDER_WAY)
    assert said.names == ["utter_ask_phone_tail"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("can_return", "第二十五条"),
        ("freight", "第二十四条"),
        ("deadline", "民法典第二百零三条"),
        ("process", "第十三条"),
    ],
)
async def test_a_question_about_the_rules_is_answered_with_the_clause(
    talk: Talk, wish: str, words: str
) -> None:
    assert words in (await talk().say("能退吗", "return_policy", wish=wish)).text


async def test_a_question_about_the_order_spoken_of_gets_its_verdict(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("徒步鞋到哪了", "logistics")
    said = await chat.say("穿过了还能退吗", "return_policy", wish="can_return")
    assert said.names == ["utter_verdict"]
    assert "使用痕迹" in said.text


@pytest.mark.parametrize(
    ("wish", "reason"),
    [("damaged", "quality"), ("wrong_item", "wrong_item"), ("missing", "missing")],
)
async def test_goods_that_came_wrong_are_offered_their_remedy(
    talk: Talk, shop: Database, wish: str, reason: str
) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    said = await chat.say("收到的不对", "complaint_dispute", wish=wish, order_number=number)
    assert said.names == [f"utter_remedies_{wish}"]
    assert said.handoff is None
    assert (await chat.say("/return_request", "return_request")).names == ["utter_ask_return_photo"]
    assert chat.slots["return_reason"] == reason


async def test_what_is_missing_is_sent_after_a_yes(talk: Talk, shop: Database) -> None:
    customer, number = await _fresh(shop)
    chat = talk(customer)
    await chat.say("少发了一件", "complaint_dispute", wish="missing", order_number=number)
    assert (await chat.say("补发", "affirm")).names == ["utter_requested_resend"]
