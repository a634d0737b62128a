"""The server of these tests speaks the true format: the official client is content with it."""

import warnings
from typing import Any

import pytest
from fake_model import KEY, MODEL, FakeModel, refuses, says

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import openai

ASKED = [{"role": "system", "content": "规则"}, {"role": "user", "content": "草稿"}]
TEXT = "杯盖漏水，让您白等了，对不起。"


def _client(model: FakeModel, **options: Any) -> Any:
    return openai.AsyncOpenAI(base_url=model.url, api_key=KEY, **options)


async def _ask(client: Any, *, stream: bool) -> Any:
    return await client.chat.completions.create(
        model=MODEL, messages=ASKED, max_tokens=800, stream=stream
    )


async def test_it_reads_a_whole_answer(model: FakeModel) -> None:
    model.moods = [says(TEXT)]
    async with _client(model) as client:
        answer = await _ask(client, stream=False)
    assert answer.choices[0].message.content == TEXT
    assert answer.choices[0].finish_reason == "stop"


async def test_it_reads_a_stream(model: FakeModel) -> None:
    model.moods = [says(TEXT)]
    async with _client(model) as client:
        chunks = [chunk async for chunk in await _ask(client, stream=True)]
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == TEXT


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "BadRequestError"), (429, "RateLimitError"), (500, "InternalServerError")],
)
async def test_it_knows_every_refusal(model: FakeModel, status: int, error: str) -> None:
    model.moods = [refuses(status)]
    async with _client(model, max_retries=0) as client:
        with pytest.raises(getattr(openai, error)):
            await _ask(client, stream=False)


async def test_it_knows_a_wrong_key(model: FakeModel) -> None:
    async with openai.AsyncOpenAI(base_url=model.url, api_key="sk-wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            await _ask(client, stream=False)


async def test_it_tries_again_as_told(model: FakeModel) -> None:
    model.moods = [refuses(429, Retry_After="0.1"), says(TEXT)]
    async with _client(model, max_retries=1) as client:
        assert (await _ask(client, stream=False)).choices[0].message.content == TEXT
    assert len(model.asked) == 2
