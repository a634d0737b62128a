"""Two wishes in one line: the second is neither lost nor forced on the customer."""

from collections.abc import Callable

import pytest
from assistant import Chat

Talk = Callable[..., Chat]
HIKING = "C0002"
BOTH = "徒步鞋退掉，顺便开个发票"


async def _to_the_question(chat: Chat) -> None:
    said = await chat.say(BOTH, "return_request", second_intent="invoice")
    assert said.names == ["utter_ask_return_reason"]
    assert (await chat.say("不想要了", "nlu_fallback")).names == ["utter_ask_return_condition"]
    assert (await chat.say("没拆", "nlu_fallback")).names == ["utter_ask_confirm_return"]


async def test_the_second_wish_comes_when_the_first_ones_form_has_ended(talk: Talk) -> None:
    chat = talk(HIKING)
    await _to_the_question(chat)
    said = await chat.say("对", "affirm")
    assert said.names == [
        "utter_opened_return_buyer_pays", "utter_now_the_other", "utter_invoice_issued",
    ]  # fmt: skip
    assert "开发票" in said.text
    assert chat.slots["waiting_topic"] is None


async def test_it_comes_too_when_the_first_is_dropped(talk: Talk) -> None:
    chat = talk(HIKING)
    await _to_the_question(chat)
    said = await chat.say("算了", "deny")
    assert said.names == ["utter_left_return_form", "utter_now_the_other", "utter_invoice_issued"]
    assert chat.form is None


async def test_one_form_opens_the_next(talk: Talk) -> None:
    chat = talk("C0009")
    await chat.say("开发票 乐福鞋那单，顺便地址改一下", "invoice", second_intent="return_request")
    await chat.say("个人 张敏", "nlu_fallback")
    await chat.say("a@b.com", "nlu_fallback")
    said = await chat.say("对", "affirm")
    assert said.names[:2] == ["utter_invoice_taken", "utter_now_the_other"]
    assert chat.form == "return_form"


async def test_a_person_gets_both_wishes_and_the_bot_forgets_them(talk: Talk) -> None:
    chat = talk(HIKING)
    await chat.say(BOTH, "return_request", second_intent="invoice")
    said = await chat.say("转人工", "ask_human", handoff="asked_human")
    assert said.handoff is not None
    assert BOTH in said.handoff["card"]["wish"]
    assert chat.slots["waiting_topic"] is None


async def test_a_complaint_beside_a_question_is_no_second_wish(talk: Talk) -> None:
    said = await talk("C0001").say("快递到哪了", "logistics", second_intent="complaint_dispute")
    assert said.handoff is None
    assert said.names == ["utter_parcel_stuck"]


async def test_a_guest_hears_the_second_wish_after_the_proof(talk: Talk) -> None:
    chat = talk()
    line = "863233508988667201 到哪了 另外能退吗"
    await chat.say(line, "logistics", second_intent="return_policy")
    said = await chat.say("4909", "nlu_fallback")
    assert "utter_now_the_other" in said.names
    assert chat.slots["waiting_topic"] is None


@pytest.mark.parametrize("first", ["衣服大了想退", ""])
async def test_a_guest_hears_the_rule_before_the_number_is_asked_for(
    talk: Talk, first: str
) -> None:
    chat = talk()
    line = "衣服大了想退 运费谁出"
    wishes = {"wish": "freight", "first": first, "second_intent": "return_request"}
    said = await chat.say(line, "return_policy", **wishes)
    assert said.names == ["utter_return_policy_freight", "utter_ask_order_number"]
    assert (chat.slots["pending_topic"], chat.slots["waiting_topic"]) == ("return_request", None)


async def test_whose_order_is_known_begins_with_what_she_said_first(talk: Talk) -> None:
    line = "乐福鞋大了想退 运费谁出"
    wishes = {"wish": "freight", "first": "乐福鞋大了想退", "second_intent": "return_request"}
    said = await talk("C0009").say(line, "return_policy", **wishes)
    assert "utter_return_policy_freight" not in said.names
    assert said.names[0].startswith("utter_ask_return")


@pytest.mark.parametrize("line", ["个人 刘梅", "个人，刘梅", "开个人的 刘梅", "个人抬头：刘梅"])
async def test_kind_and_name_of_an_invoice_come_in_one_line(talk: Talk, line: str) -> None:
    chat = talk("C0009")
    await chat.say("乐福鞋那单开发票", "invoice")
    said = await chat.say(line, "nlu_fallback")
    assert said.names == ["utter_ask_invoice_email"]
    assert chat.slots["invoice_title"] == "刘梅"


async def test_what_is_said_first_is_done_first(talk: Talk) -> None:
    chat = talk(HIKING)
    said = await chat.say(BOTH, "invoice", first="徒步鞋退掉", second_intent="return_request")
    assert said.names == ["utter_ask_return_reason"]
    assert chat.slots["waiting_topic"] == "invoice"
