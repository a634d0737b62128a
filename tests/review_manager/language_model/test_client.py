"""The client against a real server in its bad moods: a text, or the right reason in time."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from fake_model import (
    KEY,
    MODEL,
    FakeModel,
    Mood,
    completion,
    cuts,
    hangs,
    refuses,
    says,
    sends,
    trickles,
)

from review_manager.language_model import ChatClient, Endpoint, ModelPolicy, NoWordingError, Why
from review_manager.language_model.client import LARGEST_ANSWER_BYTES, retry_after
from review_manager.language_model.wire import Message

ASKED = (Message("system", "规则"), Message("user", "草稿"))
TEXT = "杯盖漏水，让您白等了，对不起。"

Connect = Callable[..., ChatClient]


async def _why(client: ChatClient) -> Why:
    with pytest.raises(NoWordingError) as caught:
        await client.complete(ASKED)
    return caught.value.why


@pytest.mark.parametrize("stream", [False, True])
async def test_a_good_answer_is_its_text(model: FakeModel, connect: Connect, stream: bool) -> None:
    model.moods = [says(TEXT)]
    assert await connect(stream=stream).complete(ASKED) == TEXT
    assert model.asked[0]["stream"] is stream
    assert model.asked[0]["messages"][1] == {"role": "user", "content": "草稿"}


async def test_a_stream_that_nobody_asked_for_is_read(model: FakeModel, connect: Connect) -> None:
    async def streams(request: web.Request, body: dict[str, object]) -> web.StreamResponse:
        return await says(TEXT)(request, {**body, "stream": True})

    model.moods = [streams]
    assert await connect().complete(ASKED) == TEXT


async def test_a_wrong_key_is_not_tried_again(model: FakeModel, connect: Connect) -> None:
    client = connect(key="sk-wrong")
    assert await _why(client) is Why.KEY_REFUSED
    assert await _why(client) is Why.BREAKER
    assert model.keys == ["Bearer sk-wrong"]


async def test_without_a_key_no_header_is_sent(model: FakeModel, connect: Connect) -> None:
    assert await _why(connect(key="")) is Why.KEY_REFUSED
    assert model.keys == [""]


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        (refuses(400, "invalid_request_error"), Why.REQUEST_REFUSED),
        (refuses(403, "forbidden"), Why.KEY_REFUSED),
        (refuses(404, "model_not_found"), Why.REQUEST_REFUSED),
        (refuses(302, "moved", Location="/elsewhere"), Why.REQUEST_REFUSED),
        (says(TEXT, finish="length"), Why.CUT_SHORT),
        (says(TEXT, finish="content_filter"), Why.FILTERED),
        (sends(b"{not json"), Why.BROKEN_ANSWER),
        (sends(json.dumps({"choices": []}).encode()), Why.EMPTY_ANSWER),
        (sends(json.dumps(completion("")).encode()), Why.EMPTY_ANSWER),
        (sends(b" " * (LARGEST_ANSWER_BYTES + 1)), Why.TOO_LARGE),
    ],
)
async def test_what_a_second_try_cannot_mend_is_asked_once(
    model: FakeModel, connect: Connect, mood: Mood, why: Why
) -> None:
    model.moods = [mood]
    assert await _why(connect()) is why
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        (refuses(500), Why.SERVER_ERROR),
        (refuses(503), Why.SERVER_ERROR),
        (refuses(429, "rate_limit_exceeded"), Why.RATE_LIMITED),
        (cuts, Why.UNREACHABLE),
    ],
)
async def test_what_may_pass_is_tried_again(
    model: FakeModel, connect: Connect, mood: Mood, why: Why
) -> None:
    model.moods = [mood, says(TEXT)]
    assert await connect().complete(ASKED) == TEXT
    assert len(model.asked) == 2
    model.moods = [mood]
    assert await _why(connect(attempts=2)) is why
    assert len(model.asked) == 4


async def test_nobody_there(connect: Connect, unused_tcp_port: int) -> None:
    client = connect(url=f"http://127.0.0.1:{unused_tcp_port}/v1", attempts=2)
    assert await _why(client) is Why.UNREACHABLE


@pytest.mark.parametrize("mood", [hangs, trickles])
async def test_the_time_limit_holds_whatever_the_server_does(
    model: FakeModel, connect: Connect, mood: Mood
) -> None:
    model.moods = [mood]
    began = time.monotonic()
    assert await _why(connect(seconds=0.4)) is Why.TIMEOUT
    assert 0.3 < time.monotonic() - began < 1.5


async def test_the_wait_a_server_asks_for_is_kept(model: FakeModel, connect: Connect) -> None:
    model.moods = [refuses(429, Retry_After="1"), says(TEXT)]
    began = time.monotonic()
    assert await connect().complete(ASKED) == TEXT
    assert 1.0 <= time.monotonic() - began < 3


async def test_a_wait_beyond_the_limit_ends_at_once_and_is_remembered(
    model: FakeModel, connect: Connect
) -> None:
    model.moods = [refuses(429, Retry_After="30")]
    client, began = connect(), time.monotonic()
    assert await _why(client) is Why.RATE_LIMITED
    assert time.monotonic() - began < 1
    assert await _why(client) is Why.BREAKER
    assert len(model.asked) == 1


async def test_after_failures_in_a_row_nobody_asks(model: FakeModel, connect: Connect) -> None:
    model.moods = [refuses(500)]
    client = connect(attempts=1, breaker_failures=3)
    assert [await _why(client) for _ in range(4)] == [Why.SERVER_ERROR] * 3 + [Why.BREAKER]
    assert len(model.asked) == 3


async def test_useless_answers_do_not_shut_the_breaker(model: FakeModel, connect: Connect) -> None:
    model.moods = [says("", finish="content_filter")]
    client = connect(breaker_failures=2)
    assert [await _why(client) for _ in range(4)] == [Why.FILTERED] * 4


async def test_retries_count_for_the_budget(model: FakeModel, connect: Connect) -> None:
    model.moods = [refuses(500), says(TEXT)]
    client = connect(calls_per_hour=3)
    assert await client.complete(ASKED) == TEXT
    assert await client.complete(ASKED) == TEXT
    assert await _why(client) is Why.BUDGET
    assert len(model.asked) == 3


async def test_a_cancelled_call_is_cancelled(model: FakeModel, connect: Connect) -> None:
    model.moods = [hangs]
    call = asyncio.create_task(connect().complete(ASKED))
    await asyncio.sleep(0.2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "0"}, 0),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=7), usegmt=True)}, 7),
        ({"Retry-After": format_datetime(NOW - timedelta(seconds=7), usegmt=True)}, 0),
        ({"Retry-After": "86400"}, 3600),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({}, None),
    ],
)
def test_every_way_to_ask_for_patience(headers: dict[str, str], seconds: float | None) -> None:
    wait = retry_after(headers, now=NOW)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


async def test_the_limit_has_the_name_that_the_server_knows(
    model: FakeModel, policy: ModelPolicy
) -> None:
    rules = policy.call.model_copy(update={"limit_field": "max_completion_tokens"})
    client = ChatClient(Endpoint(model.url, MODEL, key=KEY), rules)
    assert await _why(client) is Why.REQUEST_REFUSED  # this server knows only the older name
    await client.close()
    assert model.asked[0]["max_completion_tokens"] == 800
    assert "max_tokens" not in model.asked[0]
