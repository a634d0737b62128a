"""Times as a person says them, at the boundaries where the wording changes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

Run = Callable[..., Awaitable[Any]]
NOW = "2026-11-22T10:00:00Z"  # a Sunday, 18:00 in Shanghai


@pytest.mark.parametrize(("at", "says"), [
    ("2026-11-22T10:00:00Z", "刚刚"),
    ("2026-11-22T09:59:01Z", "刚刚"),
    ("2026-11-22T09:59:00Z", "1 分钟前"),
    ("2026-11-22T09:00:01Z", "59 分钟前"),
    ("2026-11-22T09:00:00Z", "17:00"),
    ("2026-11-21T16:00:00Z", "00:00"),                 # midnight in Shanghai is still today
    ("2026-11-21T15:59:59Z", "昨天 23:59"),
    ("2026-11-21T13:40:00Z", "昨天 21:40"),
    ("2026-11-20T12:00:00Z", "前天 20:00"),
    ("2026-11-19T12:00:00Z", "11月19日 20:00"),
    ("2025-12-31T16:00:00Z", "1月1日 00:00"),          # already 2026 in Shanghai
    ("2025-12-31T15:59:00Z", "2025年12月31日"),
    ("2026-11-23T01:00:00Z", "明天 09:00"),
])  # fmt: skip
async def test_when_something_happened(run: Run, at: str, says: str) -> None:
    script = "async ([at, now]) => (await load('times')).happened(at, new Date(now).getTime())"
    assert await run(script, [at, NOW]) == says


@pytest.mark.parametrize(("due", "says", "urgency"), [
    ("2026-11-22T13:12:00Z", "还剩 3 小时 12 分", "calm"),
    ("2026-11-22T12:00:00Z", "还剩 2 小时", "calm"),
    ("2026-11-25T14:00:00Z", "还剩 3 天 4 小时", "calm"),
    ("2026-11-22T10:15:01Z", "还剩 15 分", "calm"),
    ("2026-11-22T10:15:00Z", "还剩 15 分", "warning"),
    ("2026-11-22T10:00:59Z", "还剩不到 1 分钟", "warning"),
    ("2026-11-22T10:00:00Z", "还剩不到 1 分钟", "warning"),   # due now is not late yet
    ("2026-11-22T09:59:59Z", "刚刚超时", "late"),
    ("2026-11-22T09:55:00Z", "已超时 5 分", "late"),
    ("2026-11-22T07:55:00Z", "已超时 2 小时 5 分", "late"),
])  # fmt: skip
async def test_what_is_left(run: Run, due: str, says: str, urgency: str) -> None:
    script = """async ([due, now]) => {
      const times = await load('times');
      return [times.left(due, Date.parse(now)), times.urgency(due, null, Date.parse(now))];
    }"""
    assert await run(script, [due, NOW]) == [says, urgency]


@pytest.mark.parametrize(
    ("started", "urgency"), [("2026-11-21T12:00:00Z", "warning"), ("2026-11-22T04:00:01Z", "calm")]
)
async def test_urgency_is_a_quarter_of_the_clock(run: Run, started: str, urgency: str) -> None:
    script = """async ([from, now]) =>
      (await load('times')).urgency('2026-11-22T12:00:00Z', from, Date.parse(now))"""
    assert await run(script, [started, NOW]) == urgency


async def test_the_exact_time_is_said_in_full(run: Run) -> None:
    script = "async () => (await load('times')).exact('2026-11-22T10:00:05Z')"
    assert await run(script) == "2026年11月22日 18:00:05 北京时间"


async def test_a_wrong_clock_of_the_page_is_corrected_by_the_servers(run: Run) -> None:
    script = """async () => {
      const times = await load('times');
      times.setClock(new Date(Date.now() + 3600e3).toISOString());
      const said = times.left(new Date(Date.now() + 3600e3 + 125e3).toISOString());
      times.setClock(new Date().toISOString());
      return said;
    }"""
    assert await run(script) == "还剩 2 分"


async def test_a_time_element_keeps_itself_true_and_tells_the_exact_time(
    open_page: Callable[..., Awaitable[Page]],
) -> None:
    page = await open_page("/blank")
    await page.clock.install()
    script = """async () => {
      const { timeElement } = await import('/assets/shared/ticking.js');
      document.body.append(timeElement(new Date(Date.now() - 1000).toISOString()));
    }"""
    await page.evaluate(script)
    time = page.locator("time")
    assert await time.text_content() == "刚刚"
    await page.clock.fast_forward(5 * 60_000)
    assert await time.text_content() == "5 分钟前"
    assert "北京时间" in (await time.get_attribute("title") or "")


@pytest.mark.parametrize(
    ("fen", "says"),
    [(5000, "¥50"), (129900, "¥1,299"), (1990, "¥19.90"), (1, "¥0.01"), (-500, "-¥5")],
)
async def test_money(run: Run, fen: int, says: str) -> None:
    assert await run("async (fen) => (await load('money')).yuan(fen)", fen) == says


@pytest.mark.parametrize(("typed", "fen"), [
    ("20", 2000), ("19.9", 1990), ("19.90", 1990), ("0.05", 5), ("¥12", 1200), (" 8 元", 800),
    ("", None), ("abc", None), ("1.999", None), ("-5", None), ("1e3", None), ("12,000", None),
])  # fmt: skip
async def test_an_amount_that_was_typed(run: Run, typed: str, fen: int | None) -> None:
    assert await run("async (text) => (await load('money')).findFen(text)", typed) == fen
