"""The bot's server over real HTTP: late, broken, huge, dead, and the breaker before it."""

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fakes import FakeBot, text

from desk.bot_client import BotClient, BotUnavailableError
from desk.breaker import Breaker
from desk.policy import BotRules, DeskPolicy

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def bot() -> AsyncIterator[FakeBot]:
    """A bot that repeats what it hears."""
    fake = FakeBot()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def client(bot: FakeBot, policy: DeskPolicy) -> AsyncIterator[BotClient]:
    """A client with little patience."""
    opened = BotClient(bot.url, timeout=timedelta(seconds=0.5), rules=policy.bot)
    yield opened
    await opened.close()


async def test_it_speaks_rasas_rest_channel(client: BotClient, bot: FakeBot) -> None:
    replies = await client.ask("wang.1", "你好", metadata={"customer_id": "C1"})
    assert [reply["text"] for reply in replies] == ["机器人：你好"]
    assert bot.heard == [{"sender": "wang.1", "message": "你好", "metadata": {"customer_id": "C1"}}]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"delay": 2.0}, "timeout"),
        ({"status": 500}, "status 500"),
        ({"reply": lambda _said: []}, "empty answer"),
        ({"reply": lambda _said: ["text"]}, "not a list of replies"),
        ({"reply": lambda _said: [text("长" * 200_000)]}, "answer too large"),
    ],
)
async def test_whatever_is_wrong_has_one_name(
    client: BotClient, bot: FakeBot, broken: dict[str, object], why: str
) -> None:
    for name, value in broken.items():
        setattr(bot, name, value)
    with pytest.raises(BotUnavailableError) as refused:
        await client.ask("wang.1", "你好", metadata={})
    assert refused.value.why == why


async def test_nobody_listening_opens_the_breaker(policy: DeskPolicy) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    client = BotClient(url, timeout=timedelta(seconds=0.5), rules=policy.bot)
    reasons = []
    for _ in range(4):
        with pytest.raises(BotUnavailableError) as refused:
            await client.ask("wang.1", "你好", metadata={})
        reasons.append(refused.value.why)
    await client.close()
    assert reasons[3] == "breaker open"
    assert "breaker open" not in reasons[:3]


def test_the_breaker_lets_one_try_after_each_pause() -> None:
    breaker = Breaker(failures=2, pause=10 * SECOND)
    breaker.failed(NOW)
    assert breaker.may_call(NOW)
    breaker.failed(NOW)
    assert not breaker.may_call(NOW + 9 * SECOND)
    assert breaker.may_call(NOW + 10 * SECOND)  # one tries
    assert not breaker.may_call(NOW + 10 * SECOND)  # the others do not wait for it
    breaker.failed(NOW + 11 * SECOND)
    assert not breaker.may_call(NOW + 20 * SECOND)
    assert breaker.may_call(NOW + 21 * SECOND)
    breaker.succeeded()
    assert breaker.may_call(NOW + 21 * SECOND)
    breaker.failed(NOW + 22 * SECOND)  # the count began anew
    assert breaker.may_call(NOW + 22 * SECOND)


def test_the_rules_are_checked() -> None:
    with pytest.raises(ValueError, match="breaker_failures"):
        BotRules(
            quiet_seconds=1, longest_burst_seconds=1, breaker_failures=0, breaker_pause_seconds=1
        )


async def test_it_reads_a_line_without_saying_anything(client: BotClient, bot: FakeBot) -> None:
    bot.reads = {"冒烟": "safety", "奇怪": "no_such_reason"}
    assert await client.read("充电器冒烟了") == "safety"
    assert await client.read("什么时候发货") is None
    assert await client.read("奇怪") is None
    assert bot.heard == []


async def test_a_reading_that_fails_opens_no_breaker(client: BotClient, bot: FakeBot) -> None:
    bot.status = 500
    for _ in range(5):
        with pytest.raises(BotUnavailableError):
            await client.read("充电器冒烟了")
    bot.status = 200
    assert await client.ask("wang.1", "你好", metadata={})
