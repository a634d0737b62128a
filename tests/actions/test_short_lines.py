"""Lines that need what was said before: a name, a tail, a day, a size, a wish for the result."""

from collections.abc import Callable

import pytest
from assistant import Chat

from shop.orders import get_order
from storage.engine import Database

Talk = Callable[..., Chat]
STUCK = "C0001"


@pytest.mark.parametrize("line", ["多久有结果", "什么时候给我回复", "几时有答复"])
@pytest.mark.parametrize("intent", ["logistics", "nlu_fallback", "complaint_dispute"])
async def test_who_asks_for_the_result_hears_number_and_day(
    talk: Talk, line: str, intent: str
) -> None:
    chat = talk(STUCK)
    await chat.say("我的快递到哪了", "logistics")
    done = await chat.say("催一下", "affirm")
    said = await chat.say(line, intent)
    assert said.names == ["utter_promised"]
    number = said.text.split()[1].strip("，")
    assert number in done.text


async def test_the_result_of_a_refund_is_the_refunds_own(talk: Talk) -> None:
    chat = talk(STUCK)
    await chat.say("我的快递到哪了", "logistics")
    await chat.say("催一下", "affirm")
    said = await chat.say("退款多久有结果", "refund_status")
    assert "utter_promised" not in said.names


@pytest.mark.parametrize("intent", ["nlu_fallback", "order_status", "logistics"])
async def test_a_wrong_tail_may_be_mended_without_the_number(talk: Talk, intent: str) -> None:
    chat = talk()
    await chat.say("快递到哪了", "logistics")
    await chat.say("863233508988667201", "nlu_fallback")
    assert (await chat.say("1234", "nlu_fallback")).names == ["utter_proof_failed"]
    assert (await chat.say("0000", intent)).names == ["utter_proof_failed"]
    said = await chat.say("尾号4909", intent)
    assert "863233508988667201" in (chat.slots["proved_orders"] or [])
    assert "utter_proof_failed" not in said.names


async def test_tails_are_still_counted(talk: Talk) -> None:
    chat = talk()
    await chat.say("快递到哪了", "logistics")
    await chat.say("863233508988667201", "nlu_fallback")
    names = [(await chat.say(f"000{n}", "nlu_fallback")).names for n in range(6)]
    assert ["utter_proof_too_many"] in names
    assert names.index(["utter_proof_too_many"]) <= 5


@pytest.mark.parametrize("text", ["你是机器人吗", "客服在吗", "是自动回复吗"])
async def test_who_asks_whether_a_robot_answers_is_told_once(talk: Talk, text: str) -> None:
    chat = talk()
    said = await chat.say(text, "ask_human")
    assert said.names == ["utter_am_assistant"]
    assert said.handoff is None
    again = await chat.say(text, "ask_human")
    assert again.handoff is not None


@pytest.mark.parametrize("text", ["转人工", "叫个人来", "你们经理电话", "/ask_human"])
async def test_a_wish_for_a_person_is_never_answered_by_a_question(talk: Talk, text: str) -> None:
    said = await talk().say(text, "ask_human")
    assert said.handoff is not None


async def test_the_size_wanted_is_heard_at_once(talk: Talk) -> None:
    chat = talk(STUCK.replace("1", "2"))
    await chat.say("徒步鞋换成42码", "exchange_request")
    assert chat.slots["return_wanted"] == "42"
    assert chat.slots["return_reason"] == "size"
    said = await chat.say("没穿过", "nlu_fallback")
    assert said.names == ["utter_ask_confirm_exchange"]


async def test_the_size_wanted_is_kept_while_the_order_is_asked_for(talk: Talk) -> None:
    chat = talk("C0018")
    assert (await chat.say("换成42码", "exchange_request")).names == ["utter_which_order"]
    said = await chat.say("徒步鞋那个", "product_question")
    assert chat.slots["return_wanted"] == "42"
    assert said.names == ["utter_ask_return_condition"]


async def test_a_size_that_is_not_there_is_asked_for_again(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("徒步鞋换成52码", "exchange_request")
    assert chat.slots["return_wanted"] is None


@pytest.mark.parametrize("intent", ["warranty_repair", "product_question", "complaint_dispute"])
async def test_a_bare_name_goes_on_with_what_was_asked(talk: Talk, intent: str) -> None:
    chat = talk("C0007")
    first = await chat.say("刚买就降价了", "promotion_price", wish="price_protection")
    said = await chat.say("热水壶", intent)
    assert said.handoff is None
    assert said.names[0].startswith("utter_price_"), (first.names, said.names)


async def test_an_order_named_before_is_not_asked_for(talk: Talk) -> None:
    chat = talk("C0019")
    await chat.say("空气炸锅坏了", "nlu_fallback")
    said = await chat.say("不加热了", "warranty_repair", wish="fault")
    assert "utter_which_order" not in said.names
    assert chat.slots["order_in_focus"].endswith("914709")


async def test_a_day_may_be_the_day_on_which_it_came(talk: Talk, shop: Database) -> None:
    chat = talk("C0019")
    async with shop.read() as session:
        signed = (await get_order(session, "864815341874914709")).signed_at
    assert signed is not None
    await chat.say("东西坏了", "warranty_repair", wish="fault")
    await chat.say("昨天刚收到的那个", "nlu_fallback", date=f"{signed.date()}")
    assert chat.slots["order_in_focus"].endswith("914709")


async def test_a_parcel_said_to_be_delivered_is_a_delivered_one(talk: Talk) -> None:
    chat = talk("C0006")
    await chat.say("快递到哪了", "logistics")
    said = await chat.say("显示签收了但我没收到", "logistics", wish="not_received")
    assert said.names in (["utter_not_received"], ["utter_which_order"])


@pytest.mark.parametrize("line", ["好 帮我查查", "行 帮我问问", "那查一查"])
async def test_an_offer_is_taken_up_in_many_words(talk: Talk, line: str) -> None:
    chat = talk(STUCK)
    await chat.say("我的快递到哪了", "logistics")
    said = await chat.say(line, "nlu_fallback")
    assert said.names == ["utter_requested_urge_carrier"]


async def test_rather_a_return_than_the_exchange_is_offered(talk: Talk) -> None:
    chat = talk("C0030")
    await chat.say("换货换好了没", "refund_status")
    said = await chat.say(
        "还是退款吧", "nlu_fallback", ranking={"refund_status": 0.45, "return_request": 0.4}
    )
    assert said.names == ["utter_withdraw_exchange"]
    done = await chat.say("好", "affirm")
    assert done.names[0] == "utter_withdrawn"
    assert chat.slots["return_kind"] == "return"


async def test_when_the_exchange_is_sent_is_asked_of_the_exchange(talk: Talk) -> None:
    chat = talk("C0030")
    first = await chat.say("换货换好了没", "refund_status")
    said = await chat.say("什么时候给我寄新的", "exchange_request")
    assert said.names == first.names


async def test_goods_that_were_ordered_are_no_catalogue_question(talk: Talk) -> None:
    said = await talk("C0029").say(
        "芒果什么时候发", "nlu_fallback", ranking={"order_status": 0.5, "product_question": 0.4}
    )
    assert said.names[0].startswith("utter_order_")


async def test_a_bare_name_is_asked_the_same_policy(talk: Talk) -> None:
    chat = talk("C0012")
    await chat.say("猫零食能退吗", "return_policy", wish="can_return")
    said = await chat.say("拖把呢", "nlu_fallback")
    assert said.names[0].startswith(("utter_return_policy", "utter_verdict"))
    assert "拖把" in said.text or "utter_verdict" in said.names


async def test_who_tells_to_return_gets_a_return_and_no_lecture(talk: Talk) -> None:
    chat = talk("C0012")
    await chat.say("猫零食能退吗", "return_policy", wish="can_return")
    await chat.say("那退拖把吧 颜色发错了", "return_policy", wish="can_return")
    assert chat.form == "return_form"


async def test_an_exchange_on_its_way_is_no_return_any_more(talk: Talk) -> None:
    chat = talk("C0022")
    await chat.say("键盘换货怎么样了", "refund_status")
    said = await chat.say("还是退款吧", "return_request")
    assert said.names == ["utter_withdraw_too_late"]


@pytest.mark.parametrize("line", ["还是不行", "还是付不了啊", "试了还是失败"])
@pytest.mark.parametrize("intent", ["deny", "nlu_fallback"])
async def test_who_still_cannot_pay_gets_a_person(talk: Talk, line: str, intent: str) -> None:
    chat = talk("C0004")
    await chat.say("付不了款", "payment_problem", wish="cannot_pay")
    said = await chat.say(line, intent)
    assert said.handoff is not None
    assert said.names == ["utter_handing_over"]


@pytest.mark.parametrize("line", ["照片怎么发", "图怎么传给你", "怎么发图片"])
async def test_how_a_photo_is_sent_is_told(talk: Talk, line: str) -> None:
    said = await talk("C0024").say(line, "nlu_fallback")
    assert said.names == ["utter_how_to_send_photo"]


async def test_a_short_line_torn_between_two_goes_on_with_the_last(talk: Talk) -> None:
    chat = talk("C0004")
    await chat.say("付不了款", "payment_problem", wish="cannot_pay")
    said = await chat.say(
        "换微信行吗", "nlu_fallback", ranking={"exchange_request": 0.5, "payment_problem": 0.3}
    )
    assert "utter_which_of_two" not in said.names


@pytest.mark.parametrize("line", ["能快点吗", "麻烦快点", "能不能快一点", "抓紧吧"])
async def test_a_late_order_may_be_hurried_in_many_words(talk: Talk, line: str) -> None:
    chat = talk("C0010")
    late = await chat.say("怎么还没发货", "order_status", order_number="862972923185466285")
    assert late.names == ["utter_order_late"]
    assert (await chat.say(line, "order_status")).names == ["utter_requested_urge_shipping"]


async def test_hurrying_money_hurries_no_parcel(talk: Talk) -> None:
    chat = talk("C0005")
    await chat.say("退款怎么还没到账", "refund_status")
    said = await chat.say("退款快点", "nlu_fallback")
    assert not any(name.startswith("utter_requested_urge") for name in said.names)


async def test_something_broken_is_looked_up_by_its_day(talk: Talk) -> None:
    said = await talk("C0019").say(
        "空气炸锅坏了", "nlu_fallback",
        ranking={"complaint_dispute": 0.45, "warranty_repair": 0.4},
    )  # fmt: skip
    assert said.names[0].startswith("utter_warranty")


@pytest.mark.parametrize("line", ["那多久到", "怎么还没到啊", "明天能到吗"])
async def test_when_after_a_refund_means_the_money(talk: Talk, line: str) -> None:
    chat = talk("C0005")
    first = await chat.say("退款怎么还没到账", "refund_status")
    said = await chat.say(line, "logistics", wish="eta")
    assert said.names == first.names


async def test_a_parcel_asked_for_after_a_refund_is_a_parcel(talk: Talk) -> None:
    chat = talk("C0005")
    first = await chat.say("退款怎么还没到账", "refund_status")
    said = await chat.say("快递多久到", "logistics", wish="eta")
    assert said.names != first.names


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope", "deny", "return_request"])
async def test_giving_up_declines_what_was_offered(talk: Talk, intent: str) -> None:
    chat = talk(STUCK)
    await chat.say("我的快递到哪了", "logistics")  # stuck: urging is offered
    said = await chat.say("算了不退了", intent)
    assert chat.slots["offer"] is None
    assert "utter_requested_urge_carrier" not in said.names
    assert "utter_rephrase" not in said.names


@pytest.mark.parametrize("line", ["帮我查下物流", "查一下订单"])
async def test_a_question_of_its_own_accepts_no_offer(talk: Talk, line: str) -> None:
    chat = talk(STUCK)
    await chat.say("我的快递到哪了", "logistics")
    said = await chat.say(line, "logistics")
    assert said.names == ["utter_parcel_stuck"]
