"""A message is written once for all windows, and says the same as the view that it is made from."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.messages import Draft, Message, agent_view, customer_view, shown_text
from desk.states import Kind, Sender

AT = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)


def _message(**draft: Any) -> Message:
    said = Draft(**{"sender": Sender.CUSTOMER, "client_id": "client-0001", **draft})
    return Message("id", "0199-conversation", 7, 2, AT, said, shown_text(said))


def _agrees(message: Message) -> None:
    head = {"type": "message", "conversation": message.conversation_id}
    assert json.loads(message.to_customer) == {**head, "message": customer_view(message)}
    assert json.loads(message.to_agents) == {**head, "message": agent_view(message)}


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_words_of_a_customer(text: str) -> None:
    _agrees(_message(text=text))


@pytest.mark.parametrize(
    "draft",
    [
        {"text": '引号" 反斜杠\\ 换行\n </script>'},
        {"text": "我的电话13812345678"},
        {"text": "查物流", "kind": Kind.BUTTON, "about": {"payload": "/ask"}},
        {"text": "查物流", "about": {"payload": "/ask"}},
        {"kind": Kind.IMAGE, "image": {"url": "/chat-images/1?key=2", "width": 1, "height": 1}},
        {"text": "在", "client_id": None},
        {"text": "在", "automatic": True},
        {"text": "在", "internal": True},
        {"sender": Sender.BOT, "text": "您好", "buttons": ({"title": "查物流", "payload": "/a"},)},
        {"sender": Sender.BOT, "cards": ({"type": "order", "number": "1"},)},
        {"sender": Sender.AGENT, "text": "您好", "author_id": "a1", "author_name": "小林"},
        {"sender": Sender.SYSTEM, "text": "已排队", "automatic": True},
    ],
)
def test_every_kind_of_message(draft: dict[str, Any]) -> None:
    _agrees(_message(**draft))


def test_a_masked_number_reaches_its_sender_only() -> None:
    message = _message(text="我的电话13812345678")
    assert "13812345678" in message.to_customer
    assert "13812345678" not in message.to_agents


def test_it_is_written_once() -> None:
    message = _message(text="在吗")
    assert message.to_customer is message.to_customer
    assert message.to_agents is message.to_agents
