"""A line that may mean one of two topics is settled, not called misunderstood."""

from collections.abc import Callable

import pytest
from assistant import Chat

Talk = Callable[..., Chat]


async def test_where_is_my_order_is_answered_whichever_of_the_two_it_is(talk: Talk) -> None:
    ranking = {"nlu_fallback": 0.7, "logistics": 0.54, "order_status": 0.4}
    said = await talk("C0001").say("我的订单到哪了", "nlu_fallback", ranking=ranking)
    assert said.card("parcel_card")


async def test_two_other_topics_are_asked_about(talk: Talk) -> None:
    chat = talk("C0001")
    ranking = {"nlu_fallback": 0.7, "return_policy": 0.5, "return_request": 0.4}
    said = await chat.say("我想退货，运费谁出", "nlu_fallback", ranking=ranking)
    assert said.names == ["utter_which_of_two"]
    assert [button["title"] for button in said.buttons] == ["问退换规则", "退货"]
    assert (await chat.tap(said.buttons[0])).names != ["utter_rephrase"]


@pytest.mark.parametrize(
    "ranking",
    [
        {},
        {"nlu_fallback": 0.7},
        {"nlu_fallback": 0.7, "logistics": 0.6, "order_status": 0.19},
        {"nlu_fallback": 0.7, "logistics": 0.4, "order_status": 0.34},
        {"nlu_fallback": 0.7, "greet": 0.5, "thanks_bye": 0.4},
    ],
)
async def test_without_two_clear_candidates_it_asks_to_rephrase(
    talk: Talk, ranking: dict[str, float]
) -> None:
    said = await talk("C0001").say("嗯那个什么", "nlu_fallback", ranking=ranking)
    assert said.names == ["utter_rephrase"]


async def test_the_second_time_in_a_row_a_person_takes_over(talk: Talk) -> None:
    chat = talk("C0001")
    ranking = {"nlu_fallback": 0.7, "invoice": 0.5, "payment_problem": 0.4}
    for _ in range(2):
        said = await chat.say("那个弄一下", "nlu_fallback", ranking=ranking)
    assert said.handoff is not None
    assert said.handoff["reason"] == "repeated_failure"
