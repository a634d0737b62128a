"""Rasa's replies become messages; what is malformed or too large is left out."""

from typing import Any

import pytest

from desk.bot_replies import read_answer
from desk.states import HandoffReason


def _texts(*replies: dict[str, Any]) -> list[str]:
    return [draft.text for draft in read_answer(replies).drafts]


def test_texts_buttons_and_pictures() -> None:
    (draft,) = read_answer(
        [
            {
                "text": "请选择",
                "buttons": [{"title": " 查物流 ", "payload": "/x"}, {"title": "退货"}],
                "image": "/assets/a.webp",
            }
        ]
    ).drafts
    assert draft.buttons == (
        {"title": "查物流", "payload": "/x"},
        {"title": "退货", "payload": "退货"},
    )
    assert draft.image == {"url": "/assets/a.webp"}


def test_a_card_joins_the_words_before_it() -> None:
    (draft,) = read_answer(
        [{"text": "您的订单："}, {"custom": {"order_card": {"number": "1", "type": "evil"}}}]
    ).drafts
    assert draft.text == "您的订单："
    assert draft.cards == ({"number": "1", "type": "order"},)


def test_several_cards_and_a_card_alone() -> None:
    (draft,) = read_answer([{"custom": {"order_card": [{"number": "1"}, {"number": "2"}]}}]).drafts
    assert [card["number"] for card in draft.cards] == ["1", "2"]


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"text": ""},
        {"text": 5},
        {"text": "\x00"},
        {"custom": 5},
        {"custom": {"order_card": "no"}},
        {"custom": {"order_card": {"text": "长" * 20_000}}},
        {"custom": {"unknown_card": {"a": 1}}},
        {"image": "https://evil.example/a.png"},
        {"image": "//evil.example/a.png"},
        {"buttons": [{"title": ""}, 5, {"payload": "x"}]},
        {"attachment": {"type": "x"}},
    ],
)
def test_what_cannot_be_shown_is_left_out(reply: dict[str, Any]) -> None:
    answer = read_answer([reply])
    assert answer.drafts == ()
    assert answer.handoff is None


def test_too_much_is_cut() -> None:
    assert len(_texts({"text": "长" * 3_000})[0]) == 2_000
    (draft,) = read_answer([{"buttons": [{"title": f"按钮{n}" * 20} for n in range(30)]}]).drafts
    assert len(draft.buttons) == 10
    assert all(len(button["title"]) <= 40 for button in draft.buttons)


@pytest.mark.parametrize(
    ("handoff", "reason", "card"),
    [
        ({"reason": "safety", "card": {"wish": "赔偿"}}, HandoffReason.SAFETY, {"wish": "赔偿"}),
        (
            {"reason": "complaint", "order_number": "1"},
            HandoffReason.COMPLAINT,
            {"order_number": "1"},
        ),
        ({}, HandoffReason.ASKED_HUMAN, {}),
        ({"reason": "made_up"}, HandoffReason.ASKED_HUMAN, {}),
        ({"reason": ["x"]}, HandoffReason.ASKED_HUMAN, {}),
        ({"card": "text"}, HandoffReason.ASKED_HUMAN, {}),
        ({"card": {"text": "长" * 20_000}}, HandoffReason.ASKED_HUMAN, {}),
    ],
)
def test_a_handoff_is_found_however_it_is_shaped(
    handoff: dict[str, Any], reason: HandoffReason, card: dict[str, Any]
) -> None:
    answer = read_answer([{"text": "马上"}, {"custom": {"handoff": handoff}}])
    assert answer.handoff is not None
    assert (answer.handoff.reason, answer.handoff.card) == (reason, card)
