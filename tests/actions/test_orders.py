"""Orders: who may hear what, which order is meant, cancelling, changing the receiver."""

from collections.abc import Callable
from datetime import datetime

import pytest
from assistant import Chat
from sqlalchemy import select

from shop.orders import OrderStatus, find_order
from shop.service_policy import service_policy
from shop.shipping import ParcelState, expected_day, parcel_states
from shop.tables import DbAfterSale, DbOrder, DbServiceRequest
from storage.engine import Database

Talk = Callable[..., Chat]
WANG_FANG, WANG_TAIL = "869521132756736669", "2643"
CHEN_WEI_UNPAID = "867173664200557244"
ZHENG_XUE_LATE = "862972923185466285"


async def _order(database: Database, number: str) -> DbOrder:
    async with database.read() as session:
        order = await find_order(session, number)
    assert order is not None
    return order


async def _requests(database: Database) -> list[DbServiceRequest]:
    async with database.read() as session:
        return list(await session.scalars(select(DbServiceRequest)))


async def test_the_only_order_under_way_is_answered_at_once(talk: Talk) -> None:
    said = await talk("C0001").say("我的订单呢", "order_status")
    assert said.names == ["utter_parcel_stuck"]
    assert said.card("parcel_card")["number"]


async def test_a_shipped_order_is_told_with_its_latest_event_and_the_day(
    talk: Talk, shop: Database, now: datetime
) -> None:
    order, state = await _moving(shop, now)
    chat = talk(order.customer_id)
    said = await chat.say("订单什么情况", "order_status", order_number=order.number)
    assert said.names == ["utter_parcel_latest"]
    assert state.latest is not None
    assert state.latest.text in said.text
    day = expected_day(state, service_policy().shipping.usual_days[1], now=now)
    assert f"{day.month}月{day.day}日" in said.text
    assert said.card("parcel_card")["number"] == state.parcel.waybill


async def _moving(database: Database, now: datetime) -> tuple[DbOrder, ParcelState]:
    """Return an order whose parcel moves, and where that is."""
    async with database.read() as session:
        query = select(DbOrder.number).where(DbOrder.status == OrderStatus.SHIPPED)
        for number in list(await session.scalars(query)):
            order = await find_order(session, number)
            assert order is not None
            states = parcel_states(order, now=now)
            if len(states) == 1 and states[0].latest and not states[0].signed:
                state = states[0]
                if not (state.stuck or state.troubled or state.returned):
                    return order, state
    raise AssertionError("the demo shop has no moving parcel")


async def test_the_assistant_introduces_itself_once(talk: Talk) -> None:
    chat = talk("C0001")
    first = await chat.say("我的订单呢", "order_status")
    second = await chat.say("到哪了", "logistics")
    assert [m.get("response") for m in first.messages].count("utter_introduction") == 1
    assert "utter_introduction" not in [m.get("response") for m in second.messages]


async def test_a_guest_hears_nothing_before_the_proof(talk: Talk) -> None:
    chat = talk()
    assert (await chat.say("我的订单呢", "order_status")).names == ["utter_ask_order_number"]
    assert (await chat.say(WANG_FANG, "order_status")).names == ["utter_ask_phone_tail"]
    said = await chat.say(WANG_TAIL, "nlu_fallback")
    assert said.names == ["utter_parcel_stuck"]
    assert (await chat.say("到哪了", "logistics")).names == ["utter_parcel_stuck"]


@pytest.mark.parametrize(
    "line",
    [
        f"{WANG_FANG} {WANG_TAIL}",
        f"订单号：{WANG_FANG}，尾号{WANG_TAIL}",
        f"{WANG_FANG}\n1990000{WANG_TAIL}",
    ],
)
async def test_number_and_tail_may_come_in_one_line(talk: Talk, line: str) -> None:
    chat = talk()
    await chat.say("查物流", "logistics")
    assert (await chat.say(line, "order_status")).names == ["utter_parcel_stuck"]


async def test_a_wrong_number_and_a_wrong_phone_get_the_same_answer(talk: Talk) -> None:
    wrong_number = await talk(conversation="a").say(f"869521132756736660 {WANG_TAIL}", "logistics")
    wrong_phone = await talk(conversation="b").say(f"{WANG_FANG} 1111", "logistics")
    other_shop = await talk(conversation="c").say("P230914-887766554433 2643", "logistics")
    assert wrong_number.text == wrong_phone.text == other_shop.text
    assert wrong_number.names == ["utter_proof_failed"]


async def test_after_five_wrong_proofs_a_person_takes_over(talk: Talk) -> None:
    chat = talk()
    for tail in ("1111", "2222", "3333", "4444", "5555"):
        await chat.say(f"{WANG_FANG} {tail}", "logistics")
    said = await chat.say(f"{WANG_FANG} {WANG_TAIL}", "logistics")
    assert said.names == ["utter_proof_too_many"]
    assert said.handoff is not None
    assert said.handoff["reason"] == "repeated_failure"


async def test_other_peoples_orders_need_their_proof(talk: Talk) -> None:
    said = await talk("C0002").say(f"{WANG_FANG}到哪了", "logistics", order_number=WANG_FANG)
    assert said.names == ["utter_ask_phone_tail"]


async def test_a_reset_bot_still_knows_a_proved_order(talk: Talk) -> None:
    await talk().say(f"{WANG_FANG} {WANG_TAIL}", "logistics")
    again = await talk().say(WANG_FANG, "logistics")
    assert again.names == ["utter_parcel_stuck"]


async def test_several_orders_are_asked_about_with_buttons(talk: Talk) -> None:
    chat = talk("C0006")
    said = await chat.say("我要退货", "return_request")
    assert said.names == ["utter_which_order"]
    assert len(said.buttons) == 5
    tapped = await chat.tap(said.buttons[1])
    assert "utter_which_order" not in tapped.names


@pytest.mark.parametrize("line", ["第二个", "双肩包那个", "尾号3805"])
async def test_an_order_can_be_named_in_words(talk: Talk, line: str) -> None:
    chat = talk("C0002")
    asked = await chat.say("我要退货", "return_request")
    assert [b["title"][-4:] for b in asked.buttons] == ["8164", "3805"]
    await chat.say(line, "nlu_fallback")
    assert chat.slots["order_in_focus"].endswith("3805")


async def test_a_correction_asks_the_same_of_the_other_order(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("徒步鞋到哪了", "logistics")
    first = chat.slots["order_in_focus"]
    await chat.say("不是这个订单，是双肩包那个", "deny")
    assert chat.slots["last_topic"] == "logistics"
    assert chat.slots["order_in_focus"] != first


async def test_a_bare_number_goes_on_with_the_last_topic(talk: Talk) -> None:
    chat = talk("C0006")
    await chat.say("快递显示签收了我没收到", "logistics", wish="not_received")
    said = await chat.say("869356341982076956", "order_status")
    assert said.names == ["utter_not_received"]


async def test_two_wishes_in_one_line_get_two_answers(talk: Talk) -> None:
    said = await talk("C0001").say(
        "快递到哪了，顺便问下有啥优惠", "logistics", second_intent="promotion_price"
    )
    assert said.names == ["utter_parcel_stuck", "utter_offers"]


async def test_an_order_that_is_late_can_be_urged_with_a_yes(talk: Talk, shop: Database) -> None:
    chat = talk("C0010")
    assert (await chat.say("怎么还不发货", "order_status")).names == ["utter_order_late"]
    assert (await chat.say("好", "affirm")).names == ["utter_requested_urge_shipping"]
    (request,) = await _requests(shop)
    assert (request.kind, request.status) == ("urge_shipping", "open")
    assert request.due_at is not None
    assert (request.due_at - request.requested_at).total_seconds() == 24 * 3600


async def test_a_paid_order_is_cancelled_only_after_a_yes(talk: Talk, shop: Database) -> None:
    chat = talk("C0010")
    assert (await chat.say("取消订单", "cancel_order")).names == ["utter_cancel_at_once"]
    assert (await _order(shop, ZHENG_XUE_LATE)).status == "paid"
    said = await chat.say("确认取消", "cancel_order")
    assert said.names == ["utter_cancelled_paid"]
    assert "108 元" in said.text
    assert (await _order(shop, ZHENG_XUE_LATE)).status == "cancelled"
    async with shop.read() as session:
        refund = await session.scalar(
            select(DbAfterSale).order_by(DbAfterSale.requested_at.desc()).limit(1)
        )
    assert refund is not None
    assert (refund.kind, refund.amount_fen) == ("refund_only", 10800)


@pytest.mark.parametrize(("line", "intent"), [("先不取消", "cancel_order"), ("不了", "deny")])
async def test_a_no_cancels_nothing(talk: Talk, shop: Database, line: str, intent: str) -> None:
    chat = talk("C0010")
    await chat.say("取消订单", "cancel_order")
    assert (await chat.say(line, intent)).names == ["utter_offer_declined"]
    assert (await _order(shop, ZHENG_XUE_LATE)).status == "paid"


async def test_an_unpaid_order_owes_nothing_back(talk: Talk) -> None:
    chat = talk("C0004")
    assert (await chat.say("取消订单", "cancel_order")).names == ["utter_cancel_unpaid"]
    assert (await chat.say("确认", "affirm")).names == ["utter_cancelled_unpaid"]


async def test_a_parcel_under_way_can_only_be_intercepted(talk: Talk) -> None:
    chat = talk("C0001")
    asked = await chat.say("取消订单", "cancel_order", order_number=WANG_FANG)
    assert asked.names == ["utter_cancel_on_the_way"]
    assert (await chat.say("好的", "affirm")).names == ["utter_requested_intercept"]


async def test_an_offer_does_not_outlive_a_change_of_subject(talk: Talk, shop: Database) -> None:
    chat = talk("C0010")
    await chat.say("取消订单", "cancel_order")
    await chat.say("有什么优惠", "promotion_price")
    assert (await chat.say("好的", "affirm")).names == ["utter_affirm"]
    assert (await _order(shop, ZHENG_XUE_LATE)).status == "paid"


async def test_an_address_is_changed_after_a_yes_and_shown_masked(
    talk: Talk, shop: Database
) -> None:
    chat = talk("C0010")
    await chat.say("改地址", "change_address", order_number=ZHENG_XUE_LATE, wish="address")
    said = await chat.say("浙江省杭州市西湖区文三路188号3幢502", "nlu_fallback")
    assert "502" not in said.text
    assert "utter_confirm_receiver" in said.names
    assert (await chat.say("对", "affirm")).names == ["utter_changed_receiver"]
    changed = await _order(shop, ZHENG_XUE_LATE)
    assert changed.receiver_address == "浙江省杭州市西湖区文三路188号3幢502"
    assert chat.slots["address_new"] is None


async def test_a_phone_is_changed_in_one_line_and_a_yes(talk: Talk, shop: Database) -> None:
    chat = talk("C0010")
    said = await chat.say(
        "电话改成19900012345",
        "change_address",
        order_number=ZHENG_XUE_LATE,
        wish="phone",
    )
    assert "199****2345" in said.text
    await chat.say("对", "affirm")
    assert (await _order(shop, ZHENG_XUE_LATE)).receiver_phone == "19900012345"


async def test_a_no_to_the_new_address_changes_nothing(talk: Talk, shop: Database) -> None:
    before = (await _order(shop, ZHENG_XUE_LATE)).receiver_address
    chat = talk("C0010")
    await chat.say("改到杭州市文三路1号", "change_address", order_number=ZHENG_XUE_LATE)
    assert (await chat.say("算了", "deny")).names == ["utter_left_address_form"]
    assert chat.form is None
    assert (await _order(shop, ZHENG_XUE_LATE)).receiver_address == before


async def test_a_form_lets_the_customer_change_the_subject(talk: Talk) -> None:
    chat = talk("C0010")
    await chat.say("改地址", "change_address", order_number=ZHENG_XUE_LATE)
    assert chat.form == "address_form"
    assert (await chat.say("有什么优惠", "promotion_price")).names == ["utter_offers"]
    assert chat.form is None


async def test_a_form_asks_again_after_a_greeting(talk: Talk) -> None:
    chat = talk("C0010")
    await chat.say("改地址", "change_address", order_number=ZHENG_XUE_LATE)
    assert (await chat.say("在吗", "greet")).names == ["utter_ask_new_address"]


async def test_a_form_hands_over_at_once_when_asked(talk: Talk) -> None:
    chat = talk("C0010")
    await chat.say("改地址", "change_address", order_number=ZHENG_XUE_LATE)
    said = await chat.say("转人工", "ask_human", handoff="asked_human")
    assert said.names == ["utter_handing_over"]
    assert chat.form is None


async def test_two_answers_that_a_form_does_not_understand_go_to_a_person(talk: Talk) -> None:
    chat = talk("C0010")
    await chat.say("改地址", "change_address", order_number=ZHENG_XUE_LATE)
    assert (await chat.say("嗯哼", "nlu_fallback")).names == ["utter_ask_new_address"]
    said = await chat.say("啦啦啦", "nlu_fallback")
    assert said.handoff is not None
    assert said.handoff["reason"] == "repeated_failure"
    assert chat.form is None


async def test_who_takes_it_back_is_not_asked_again(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("我要退货", "return_request")
    assert (await chat.say("算了不退了", "return_request")).names == ["utter_deny"]
    assert chat.slots["pending_topic"] is None


async def test_nobody_is_asked_which_order_for_ever(talk: Talk) -> None:
    chat = talk("C0006")
    for _ in range(3):
        said = await chat.say("我要退货", "return_request")
        assert said.names[0] in ("utter_which_order", "utter_which_order_again")
        assert said.buttons
    said = await chat.say("我要退货", "return_request")
    assert said.handoff is not None
    assert said.handoff["reason"] == "repeated_failure"


async def test_where_no_order_suits_the_newest_is_explained(talk: Talk) -> None:
    said = await talk("C0002").say("取消订单", "cancel_order")
    assert said.names == ["utter_cancel_arrived"]
