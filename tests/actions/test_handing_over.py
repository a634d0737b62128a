"""Who gets a person, why, and with what on the card; and what is answered without one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from assistant import RULES, Chat

from actions import topics
from shop.members.greeting import greet_on_birthday
from shop.members.policy import load_member_policy
from shop.tables import DbCustomer
from storage.engine import Database

Talk = Callable[..., Chat]
REASONS = ["complaint", "legal_threat", "safety", "repeated_failure", "policy_exception"]


async def test_a_person_is_given_at_once_and_again(talk: Talk) -> None:
    chat = talk("C0001")
    for _ in range(2):
        said = await chat.say("转人工", "ask_human")
        assert said.names == ["utter_handing_over"]
        assert said.handoff is not None
        assert said.handoff["reason"] == "asked_human"


async def test_the_card_says_what_is_known(talk: Talk) -> None:
    chat = talk("C0001")
    await chat.say("我的快递两天没动了", "logistics")
    await chat.say("好的", "affirm")
    said = await chat.say("转人工", "ask_human")
    assert said.handoff is not None
    card = said.handoff["card"]
    assert card["wish"] == "我的快递两天没动了"
    assert card["order"] == "869521132756736669"
    assert card["tried"] == ["查了物流"]
    assert len(card["promised"]) == 1
    assert card["mood"] == "平静"


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("intent", sorted(set(RULES) - {"ask_human"}))
async def test_what_understanding_marks_goes_to_a_person_whatever_the_topic(
    talk: Talk, intent: str, reason: str
) -> None:
    said = await talk("C0001").say("……", intent, handoff=reason)
    assert said.handoff is not None
    assert said.handoff["reason"] == reason
    assert not said.buttons


async def test_a_dispute_without_a_remedy_goes_to_a_person(talk: Talk) -> None:
    said = await talk("C0001").say("你们太过分了", "complaint_dispute")
    assert said.handoff is not None


async def test_the_second_misunderstanding_in_a_row_goes_to_a_person(talk: Talk) -> None:
    chat = talk("C0001")
    assert (await chat.say("锟斤拷", "nlu_fallback")).names == ["utter_rephrase"]
    said = await chat.say("烫烫烫", "nlu_fallback")
    assert said.handoff is not None
    assert said.handoff["reason"] == "repeated_failure"


async def test_an_answer_between_two_misunderstandings_starts_anew(talk: Talk) -> None:
    chat = talk("C0001")
    await chat.say("锟斤拷", "nlu_fallback")
    await chat.say("快递到哪了", "logistics")
    assert (await chat.say("烫烫烫", "nlu_fallback")).names == ["utter_rephrase"]


async def test_an_action_that_fails_changes_nothing_and_hands_over(
    talk: Talk, shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(self: object, turn: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(type(topics.TOPICS["logistics"]), "answer", breaks)
    said = await talk("C0001").say("快递到哪了", "logistics")
    assert said.names == ["utter_action_failed"]
    assert said.handoff is not None
    assert said.handoff["reason"] == "bot_unavailable"


async def test_money_taken_wrongly_is_no_standard_question(talk: Talk) -> None:
    said = await talk("C0001").say("多扣了钱", "payment_problem", wish="charged_wrong")
    assert said.handoff is not None


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("account", "utter_out_of_scope_account"),
        ("chat", "utter_out_of_scope_chat"),
        ("", "utter_out_of_scope_other"),
    ],
)
async def test_out_of_scope_is_said_honestly(talk: Talk, wish: str, name: str) -> None:
    assert (await talk().say("……", "out_of_scope", wish=wish)).names == [name]


@pytest.mark.parametrize("intent", sorted(RULES))
@pytest.mark.parametrize("customer", [None, "C0001", "C0003", "C0010"])
async def test_every_intent_gets_an_answer_from_everybody(
    talk: Talk, intent: str, customer: str | None
) -> None:
    said = await talk(customer).say("……", intent)
    assert said.names or said.handoff
    assert said.text


async def test_the_bot_says_what_birthdays_bring(talk: Talk, shop: Database, now: datetime) -> None:
    said = await talk("C0003").say("生日有没有优惠", "promotion_price", wish="discount")
    assert said.names == ["utter_birthday_rule"]
    assert "金卡会员 50 元" in said.text
    async with shop.write() as session:
        await greet_on_birthday(
            session, "C0003", load_member_policy(), now=now, ship_within=timedelta(hours=48)
        )
    said = await talk("C0003").say("我的生日券呢", "promotion_price", wish="coupon")
    assert said.names == ["utter_birthday_coupon"]
    assert said.card("coupon_card")["amount_fen"] == 5000


@pytest.mark.parametrize("line", ["退订", "TD", "别再给我发优惠短信了"])
async def test_opting_out_works_at_once_however_it_is_read(
    talk: Talk, shop: Database, line: str
) -> None:
    chat = talk("C0003")
    assert (await chat.say(line, "cancel_order")).names == ["utter_opted_out"]
    async with shop.read() as session:
        customer = await session.get(DbCustomer, "C0003")
    assert customer is not None
    assert customer.marketing_consent is False
    assert (await chat.say(line, "nlu_fallback")).names == ["utter_opted_out"]


async def test_a_warranty_holds_until_its_day_and_a_repair_is_registered(talk: Talk) -> None:
    chat = talk("C0002")
    said = await chat.say("双肩包拉链坏了", "warranty_repair", wish="fault")
    assert said.names[0].startswith("utter_warranty_")
    assert (await chat.say("登记", "affirm")).names == ["utter_requested_repair"]


async def test_an_unpaid_order_is_named_where_somebody_cannot_pay(talk: Talk) -> None:
    said = await talk("C0004").say("付不了款", "payment_problem", wish="cannot_pay")
    assert said.names == ["utter_payment_unpaid"]
    assert "198 元" in said.text
