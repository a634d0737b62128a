"""Mere words are read the quick way, to the same effect as every other frame."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from desk.customer_frames import CustomerMessage, Words, customer_frame
from desk.protocol import LONGEST_FRAME_BYTES, BadFrameError

SLOW: TypeAdapter[CustomerMessage] = TypeAdapter(CustomerMessage)
WORDS = {"type": "message", "client_id": "client-0001", "text": "在吗"}


def _frame(**changed: Any) -> str:
    return json.dumps({**WORDS, **changed}, ensure_ascii=False)


@pytest.mark.parametrize("raw", [_frame(), _frame(kind="text"), _frame(text=""), f" {_frame()} "])
def test_mere_words_are_words(raw: str) -> None:
    frame = customer_frame(raw)
    assert isinstance(frame, Words)
    slow = SLOW.validate_json(raw)
    assert (frame.client_id, frame.text, frame.kind) == (slow.client_id, slow.text, slow.kind)


@pytest.mark.parametrize(
    "raw",
    [
        _frame(kind="image", attachment="a"),
        _frame(kind="button", of=1, index=0),
        _frame(attachment=None),
        json.dumps({"type": "message", "client_id": "client-0001"}),
    ],
)
def test_whatever_else_a_message_has_is_read_as_before(raw: str) -> None:
    assert customer_frame(raw) == SLOW.validate_json(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_frame(client_id="short"), "client_id"),
        (_frame(client_id="client-0001\n"), "client_id"),
        (_frame(client_id="客户-0000001"), "client_id"),
        (_frame(text=1), "text"),
        (_frame(text="x" * (LONGEST_FRAME_BYTES + 1)), "text"),
        (_frame(more=1), "more"),
        (_frame(kind="video"), "kind"),
        (_frame(type="massage"), "tag"),
        ("[]", "object"),
        ("{", "JSON"),
        ('{"type":"message","client_id":"client-0001","text":"\\ud800"}', "JSON"),
    ],
)
def test_what_is_wrong_is_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(BadFrameError) as refused:
        customer_frame(raw)
    assert reason in refused.value.reason


@given(st.text(max_size=80), st.text(alphabet="aZ09_-\n é", min_size=6, max_size=66))
def test_both_ways_read_and_refuse_the_same(text: str, client_id: str) -> None:
    raw = json.dumps({"type": "message", "client_id": client_id, "text": text})
    try:
        slow = SLOW.validate_json(raw)
    except ValueError:
        with pytest.raises(BadFrameError):
            customer_frame(raw)
        return
    frame = customer_frame(raw)
    assert isinstance(frame, Words)
    assert (frame.client_id, frame.text) == (slow.client_id, slow.text)
