"""Every shape of an answer: its text, or the reason why there is none."""

import json
from typing import Any

import pytest
from fake_model import completion, events

from review_manager.language_model.failure import NoWordingError, Why
from review_manager.language_model.wire import Message, read_answer, request_body

JSON, STREAM = "application/json", "text/event-stream"
TEXT = "杯盖漏水，让您白等了，对不起。"


def _read(answer: Any, content_type: str = JSON) -> str:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return read_answer(raw, content_type=content_type)


def _why(answer: Any, content_type: str = JSON) -> Why:
    with pytest.raises(NoWordingError) as caught:
        _read(answer, content_type)
    return caught.value.why


def test_a_request_holds_only_what_every_server_knows() -> None:
    body = request_body(
        (Message("system", "规则"), Message("user", "草稿")),
        model="m",
        limit={"max_tokens": 800},
        stream=False,
    )
    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "规则"},
            {"role": "user", "content": "草稿"},
        ],
        "max_tokens": 800,
        "stream": False,
    }


def test_a_whole_answer_is_its_first_choice() -> None:
    assert _read(completion(TEXT)) == TEXT


def test_a_missing_finish_reason_is_taken_for_the_end_of_a_whole_answer() -> None:
    assert _read(completion(TEXT, finish=None)) == TEXT


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_stream_is_joined_whatever_its_line_ends(line_end: str) -> None:
    body = "".join(events(TEXT)).replace("\n", line_end)
    assert _read(body.encode(), STREAM) == TEXT


def test_a_stream_is_known_by_its_look_where_the_type_lies() -> None:
    assert _read("".join(events(TEXT)[1:]).encode(), "text/plain") == TEXT


def test_a_stream_may_lack_the_closing_mark_but_not_the_reason() -> None:
    whole = events(TEXT)
    assert _read("".join(whole[:-1]).encode(), STREAM) == TEXT
    assert _why("".join(whole[:4]).encode(), STREAM) is Why.BROKEN_ANSWER


def test_a_stream_that_breaks_inside_an_event_is_broken() -> None:
    body = "".join(events(TEXT))
    assert _why(body[: len(body) // 2].encode(), STREAM) is Why.BROKEN_ANSWER


def test_the_thoughts_of_a_reasoning_model_are_not_its_answer() -> None:
    assert _read(completion(f"<think>先想一想\n赔多少</think>\n\n{TEXT}")) == TEXT
    assert _why(completion("<think>想</think>  ")) is Why.EMPTY_ANSWER


@pytest.mark.parametrize(
    ("finish", "why"),
    [
        ("length", Why.CUT_SHORT),
        ("content_filter", Why.FILTERED),
        ("tool_calls", Why.BROKEN_ANSWER),
        ("function_call", Why.BROKEN_ANSWER),
        (7, Why.BROKEN_ANSWER),
    ],
)
def test_an_answer_that_did_not_end_well_is_not_used(finish: Any, why: Why) -> None:
    assert _why(completion(TEXT, finish=finish)) is why
    assert _why("".join(events(TEXT, finish=finish)).encode(), STREAM) is why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", Why.BROKEN_ANSWER),
        (b"<html>502 Bad Gateway</html>", Why.BROKEN_ANSWER),
        (b'{"choices": [', Why.BROKEN_ANSWER),
        (b"\xff\xfe\x00", Why.BROKEN_ANSWER),
        (b"[" * 100_000, Why.BROKEN_ANSWER),
        ([], Why.BROKEN_ANSWER),
        ({}, Why.BROKEN_ANSWER),
        ({"choices": "none"}, Why.BROKEN_ANSWER),
        ({"choices": ["text"]}, Why.BROKEN_ANSWER),
        ({"choices": [{"text": "an older format"}]}, Why.BROKEN_ANSWER),
        ({"choices": [{"message": {"content": [{"type": "text"}]}}]}, Why.BROKEN_ANSWER),
        ({"choices": []}, Why.EMPTY_ANSWER),
        (completion(None), Why.EMPTY_ANSWER),
        (completion(" \n"), Why.EMPTY_ANSWER),
        ({"error": {"message": "overloaded"}}, Why.SERVER_ERROR),
    ],
)
def test_anything_else_is_refused_with_its_reason(answer: Any, why: Why) -> None:
    assert _why(answer) is why


def test_a_refusal_of_the_model_counts_as_filtered() -> None:
    answer = completion(None)
    answer["choices"][0]["message"]["refusal"] = "I can't help with that."
    assert _why(answer) is Why.FILTERED
