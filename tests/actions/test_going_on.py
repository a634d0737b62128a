"""Lines that impatient customers type in the middle of a talk: when, why, not that one, hurry."""

from collections.abc import Callable

import pytest
from assistant import Chat
from sqlalchemy import select

from shop.orders import get_order
from shop.tables import DbServiceRequest
from storage.engine import Database

Talk = Callable[..., Chat]
LATE_ORDER = "862972923185466285"  # 郑雪, paid three days ago
HIKING_SHOES = "869272146851368164"
REFUND_OF_LIU_YANG = "C0005"


async def _kinds(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(select(DbServiceRequest.kind)))


@pytest.mark.parametrize("line", ["那到底哪天", "多久能到账", "支付宝还是银行卡", "到哪一步了"])
async def test_a_question_after_the_refund_is_about_the_refund(talk: Talk, line: str) -> None:
    chat = talk(REFUND_OF_LIU_YANG)
    first = await chat.say("退款怎么还没到账", "refund_status")
    again = await chat.say(line, "nlu_fallback")
    assert again.names == first.names == ["utter_refund_received"]
    assert "支付宝" in again.text


async def test_a_long_line_that_asks_when_is_not_taken_for_a_follow_up(talk: Talk) -> None:
    chat = talk(REFUND_OF_LIU_YANG)
    await chat.say("退款怎么还没到账", "refund_status")
    said = await chat.say("你们那个会员日的抽奖活动到底什么时候开奖呀", "nlu_fallback")
    assert said.names == ["utter_rephrase"]


async def test_when_a_stuck_parcel_comes_is_not_made_up(talk: Talk, shop: Database) -> None:
    chat = talk("C0001")
    await chat.say("我的快递到哪了", "logistics")
    said = await chat.say("那多久到？", "logistics", wish="eta")
    assert said.names == ["utter_parcel_eta_unsure"]
    assert "说不准" in said.text
    assert (await chat.say("催一下", "logistics", wish="stuck")).names == [
        "utter_requested_urge_carrier"
    ]
    told = await chat.say("明天能到吗", "nlu_fallback")
    assert told.names == ["utter_parcel_eta_urged"]
    assert await _kinds(shop) == ["urge_carrier"]


@pytest.mark.parametrize("intent", ["logistics", "order_status", "nlu_fallback", "affirm"])
async def test_hurrying_accepts_the_offer_to_hurry(talk: Talk, shop: Database, intent: str) -> None:
    chat = talk("C0010")
    late = await chat.say("怎么还没发货", "order_status", order_number=LATE_ORDER)
    assert late.names == ["utter_order_late"]
    assert (await chat.say("催一下", intent)).names == ["utter_requested_urge_shipping"]
    assert await _kinds(shop) == ["urge_shipping"]


async def test_a_day_to_come_is_no_day_of_an_order(talk: Talk) -> None:
    said = await talk("C0001").say("明天能到吗", "logistics", wish="eta", date="2026-11-23")
    assert "utter_no_order_that_day" not in said.names


async def test_a_few_days_ago_is_no_day_of_an_order(talk: Talk) -> None:
    said = await talk("C0009").say(
        "前几天买的衣服想换小一号", "exchange_request", date="2026-11-19"
    )
    assert said.names == ["utter_which_order"]


async def test_a_correction_that_fits_nothing_still_shows_the_orders(talk: Talk) -> None:
    chat = talk("C0006")
    await chat.say("昨天买的发货没", "order_status", date="2026-11-21")
    said = await chat.say("不是这个订单，是前天那个", "deny", date="2026-11-20")
    assert said.names[-1] == "utter_which_order"
    assert len(said.buttons) > 1


async def test_which_order_is_asked_in_other_words_the_second_time(talk: Talk) -> None:
    chat = talk("C0006")
    await chat.say("我要退货", "return_request")
    said = await chat.say("吹风机", "product_question", wish="spec")
    assert said.names == ["utter_which_order_again"]
    assert said.buttons


async def test_another_topic_counts_its_own_questions(talk: Talk) -> None:
    chat = talk("C0006")
    for _ in range(2):
        await chat.say("我要退货", "return_request")
    said = await chat.say("我要换货", "exchange_request")
    assert said.names == ["utter_which_order"]


@pytest.mark.parametrize("line", ["不喜欢", "尺码小了", "没拆"])
async def test_a_reason_given_too_early_is_kept(talk: Talk, line: str) -> None:
    chat = talk("C0006")
    await chat.say("我要退货", "return_request")
    said = await chat.say(line, "deny")
    assert said.names == ["utter_which_order_again"]


async def test_a_no_while_the_order_is_asked_for_is_a_no(talk: Talk) -> None:
    chat = talk("C0006")
    await chat.say("我要退货", "return_request")
    assert (await chat.say("算了不要了", "deny")).names == ["utter_deny"]


async def test_a_yes_while_the_order_is_asked_for_shows_the_orders_again(talk: Talk) -> None:
    chat = talk("C0006")
    await chat.say("我要退货", "return_request")
    assert (await chat.say("对", "affirm")).names == ["utter_which_order_again"]


@pytest.mark.parametrize("line", ["为啥不行", "凭什么不能退", "依据是什么"])
@pytest.mark.parametrize("intent", ["deny", "return_policy", "nlu_fallback"])
async def test_a_refusal_is_grounded_when_asked_for(talk: Talk, line: str, intent: str) -> None:
    chat = talk("C0002")
    await chat.say("徒步鞋想退", "return_request")
    await chat.say("穿过一次，不喜欢", "nlu_fallback")
    said = await chat.say(line, intent)
    assert said.names == ["utter_verdict_why"]
    assert "依据是" in said.text


async def test_the_goods_named_are_the_answer_to_the_last_topic(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("能退差价吗", "promotion_price", wish="price_protection")
    said = await chat.say("徒步鞋那双", "product_question", wish="spec")
    assert said.names == ["utter_price_not_lower"]
    assert "低帮徒步鞋" in said.text


async def test_a_wish_of_another_topic_does_not_leak_into_the_pending_one(talk: Talk) -> None:
    chat = talk("C0014")
    await chat.say("我要退款", "return_request")
    await chat.say("还没发货能退吗", "return_policy", wish="can_return")
    said = await chat.say("算了发货吧", "nlu_fallback", wish="not_shipped")
    assert said.text


async def test_an_unread_line_is_heard_with_the_next_one(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("鞋子质量太差了", "nlu_fallback")
    said = await chat.say("退货", "return_request", order_number=HIKING_SHOES)
    assert chat.slots["return_reason"] == "quality"
    assert said.names != ["utter_ask_return_reason"]


async def test_english_is_answered_and_leads_to_a_person(talk: Talk) -> None:
    chat = talk("C0001")
    assert (await chat.say("Can I return it?", "out_of_scope")).names == ["utter_only_chinese"]
    said = await chat.say("human please", "out_of_scope")
    assert said.handoff is not None
    assert said.handoff["reason"] == "asked_human"


async def test_an_address_is_no_threat_whatever_understanding_says(talk: Talk) -> None:
    chat = talk("C0013")
    await chat.say("地址写错了", "change_address")
    line = "浙江省杭州市西湖区文三路100号2幢301，电话19912345678"
    said = await chat.say(line, "change_address", handoff="legal_threat")
    assert said.names == ["utter_confirm_receiver"]
    assert "手机号改为 199****5678" in said.text


async def test_a_threat_in_a_data_form_still_goes_to_a_person(talk: Talk) -> None:
    chat = talk("C0013")
    await chat.say("地址写错了", "change_address")
    said = await chat.say("再不改我就去12315", "complaint_dispute", handoff="legal_threat")
    assert said.handoff is not None
    assert said.handoff["reason"] == "legal_threat"


async def test_several_parts_of_the_receiver_are_changed_at_once(
    talk: Talk, shop: Database
) -> None:
    chat = talk("C0061")
    await chat.say("改收货信息", "change_address", order_number="863069335842427568")
    await chat.say("寄到公司 上海市浦东新区张江路88号", "change_address")
    await chat.say("收件人也改成王五", "change_address", wish="recipient")
    asked = await chat.say("电话13900001111", "nlu_fallback")
    assert "收件人改为 王*" in asked.text
    assert "手机号改为 139****1111" in asked.text
    done = await chat.say("对", "affirm")
    assert done.names == ["utter_changed_receiver"]
    async with shop.read() as session:
        order = await get_order(session, "863069335842427568")
    assert (order.receiver, order.receiver_phone) == ("王五", "13900001111")
    assert order.receiver_address == "上海市浦东新区张江路88号"


@pytest.mark.parametrize("line", ["没有订单号", "找不到单号", "用手机号可以吗", "订单号在哪看"])
async def test_a_guest_without_a_number_is_told_the_way(talk: Talk, line: str) -> None:
    chat = talk()
    await chat.say("我的快递到哪了", "logistics")
    assert (await chat.say(line, "nlu_fallback")).names == ["utter_no_order_number"]
    assert chat.form is None
    said = await chat.say("869521132756736669", "nlu_fallback")
    assert said.names == ["utter_ask_phone_tail"]


async def test_a_guests_phone_is_taken_before_the_number(talk: Talk) -> None:
    chat = talk()
    await chat.say("我的快递到哪了", "logistics")
    said = await chat.say("19900002643", "nlu_fallback")
    assert said.names == ["utter_phone_taken", "utter_ask_order_number"]
    said = await chat.say("869521132756736669", "nlu_fallback")
    assert said.names == ["utter_parcel_stuck"]


async def test_an_invoice_of_an_order_with_an_18_digit_number_asks_for_its_kind(talk: Talk) -> None:
    number = "861888928891417733"
    said = await talk("C0069").say(f"订单{number}开发票", "invoice", order_number=number)
    assert said.names == ["utter_ask_invoice_kind"]


async def test_a_fresh_fault_is_a_fault_however_the_wish_is_read(talk: Talk) -> None:
    number = "303271332058904104"
    said = await talk("C0064").say(
        "音箱坏了能保修吗", "warranty_repair", wish="period", order_number=number
    )
    assert said.names == ["utter_warranty_fresh"]


async def test_a_question_of_fact_is_answered_though_it_sounds_like_a_fault(talk: Talk) -> None:
    torn = {"product_question": 0.5, "warranty_repair": 0.4}
    said = await talk().say("不锈钢保温杯会漏水吗", "nlu_fallback", ranking=torn)
    assert said.names == ["utter_product_faq"]
    said = await talk().say("不锈钢保温杯会漏水吗", "warranty_repair", wish="fault")
    assert said.names == ["utter_product_faq"]
    said = await talk("C0001").say("不锈钢保温杯漏水了能保修吗", "warranty_repair", wish="fault")
    assert said.names != ["utter_product_faq"]


@pytest.mark.parametrize("intent", ["deny", "return_request", "nlu_fallback", "cancel_order"])
@pytest.mark.parametrize("line", ["算了不退了", "不退了"])
async def test_a_form_is_left_however_the_line_is_read(talk: Talk, intent: str, line: str) -> None:
    chat = talk("C0063")
    await chat.say("我要退货", "return_request", order_number="869626974072293354")
    said = await chat.say(line, intent)
    assert said.names == ["utter_left_return_form"]
    assert chat.form is None
    assert (await chat.say("有什么活动", "promotion_price")).names == ["utter_offers"]


async def test_not_this_but_that_does_not_leave_the_form(talk: Talk) -> None:
    chat = talk("C0063")
    await chat.say("我要换货", "exchange_request", order_number="869626974072293354")
    await chat.say("不换了，退货", "return_request")
    assert chat.form == "return_form"
    assert chat.slots["return_kind"] == "return"


@pytest.mark.parametrize("line", ["登记核实", "请登记", "好，帮我查一下", "核实"])
@pytest.mark.parametrize("intent", ["nlu_fallback", "logistics", "complaint_dispute"])
async def test_an_offer_is_accepted_in_its_own_words(talk: Talk, line: str, intent: str) -> None:
    chat = talk("C0041")
    number = "694615138337297453"
    said = await chat.say("没收到", "logistics", wish="not_received", order_number=number)
    assert said.names == ["utter_not_received"]
    assert (await chat.say(line, intent)).names == ["utter_requested_find_parcel"]


async def test_a_rule_is_told_about_the_order_whose_goods_are_named(talk: Talk) -> None:
    chat = talk("C0002")
    said = await chat.say("徒步鞋穿了一次能退不", "return_policy", wish="can_return")
    assert said.names == ["utter_verdict"]
    assert chat.slots["order_in_focus"] == HIKING_SHOES


async def test_the_rules_go_on_with_another_case(talk: Talk) -> None:
    chat = talk()
    await chat.say("激活了能退吗", "return_policy", wish="can_return")
    said = await chat.say("那有质量问题呢", "nlu_fallback")
    assert said.names == ["utter_return_policy_fault"]
    assert "第二十四条" in said.text


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("拆开看过还能退吗", "utter_return_policy_opened"),
        ("剪了吊牌能退吗", "utter_return_policy_not_intact"),
        ("还没发货能退吗", "utter_return_policy_not_sent"),
    ],
)
async def test_the_rule_fits_the_case(talk: Talk, line: str, name: str) -> None:
    assert (await talk().say(line, "return_policy", wish="can_return")).names == [name]


async def test_a_parcel_under_way_has_its_own_rule(talk: Talk) -> None:
    chat = talk("C0001")
    await chat.say("到哪了", "logistics")
    said = await chat.say("那能退吗", "return_policy", wish="can_return")
    assert said.names == ["utter_return_policy_on_the_way"]


async def test_a_fault_told_for_the_warranty_is_the_reason_of_the_exchange(talk: Talk) -> None:
    number = "303271332058904104"
    chat = talk("C0064")
    await chat.say("音箱没声音了", "warranty_repair", wish="fault", order_number=number)
    said = await chat.say("换一个", "exchange_request")
    assert said.names == ["utter_ask_return_photo"]


async def test_a_new_receiver_named_at_once_is_not_asked_for(talk: Talk) -> None:
    said = await talk("C0061").say(
        "收件人改成赵六",
        "change_address",
        wish="recipient",
        order_number="863069335842427568",
    )
    assert said.names == ["utter_confirm_receiver"]


async def test_the_price_of_the_product_spoken_of(talk: Talk) -> None:
    chat = talk()
    await chat.say("不锈钢保温杯会漏水吗", "product_question", wish="use")
    said = await chat.say("多少钱", "promotion_price", wish="discount")
    assert said.names == ["utter_product_price"]
    assert "99 元" in said.text


@pytest.mark.parametrize(
    ("line", "torn", "name"),
    [
        ("台灯到哪了", {"logistics": 0.5, "warranty_repair": 0.4}, "logistics"),
        ("护膝太紧了能换大号吗", {"product_question": 0.5, "exchange_request": 0.4}, "exchange"),
    ],
)
async def test_a_line_torn_between_two_is_settled_by_its_words(
    talk: Talk, line: str, torn: dict[str, float], name: str
) -> None:
    chat = talk("C0060")
    said = await chat.say(line, "nlu_fallback", ranking=torn)
    assert "utter_which_of_two" not in said.names
    assert name in str(chat.slots["last_topic"]) or name in str(chat.slots["pending_topic"])


async def test_a_fault_to_be_given_back_is_a_return(talk: Talk) -> None:
    torn = {"warranty_repair": 0.5, "return_request": 0.4}
    line = "订单862470143030158060耳机充不进电要退"
    said = await talk("C0035").say(
        line, "nlu_fallback", ranking=torn, order_number="862470143030158060"
    )
    assert said.names == ["utter_ask_return_photo"]


async def test_the_order_named_before_a_button_is_the_one_meant(talk: Talk) -> None:
    torn = {"warranty_repair": 0.5, "return_request": 0.4}
    chat = talk("C0035")
    asked = await chat.say("订单862470143030158060耳机充不进电", "nlu_fallback", ranking=torn)
    assert asked.names == ["utter_which_of_two"]
    said = await chat.tap(next(b for b in asked.buttons if b["payload"] == "/return_request{}"))
    assert said.names == ["utter_ask_return_photo"]
