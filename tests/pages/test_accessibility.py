"""axe finds nothing on any page, in its states, light and dark, wide and narrow."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Frame, Page

OpenPage = Callable[..., Awaitable[Page]]
Chat = Callable[..., Awaitable[tuple[Page, Frame]]]
ALL_CHARTS = Path(__file__).with_name("all_charts.js").read_text("utf-8")
OPTIONS = {"resultTypes": ["violations"]}
VIEWS = [
    pytest.param({"width": 1440, "height": 900, "color_scheme": "light"}, id="wide-light"),
    pytest.param({"width": 390, "height": 844, "color_scheme": "dark"}, id="narrow-dark"),
]


async def findings(page: Page | Frame) -> list[str]:
    """Return what axe objects to, one line each."""
    results: Any = await Axe().run(page, options=OPTIONS)  # type: ignore[arg-type] - a frame will do
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("/shop", ".good"),
        ("/shop?customer=C0001", ".as:not([hidden])"),
        ("/login", "form"),
        ("/console", ".row"),
        ("/console?list=waiting&conversation=c1", ".message, .row"),
        ("/console?list=promises&conversation=c3", ".conversation-head, .promise"),
        ("/console?list=closed&conversation=c7", ".conversation-head, .row"),
    ],
)
async def test_a_page(open_page: OpenPage, path: str, ready: str, view: dict[str, Any]) -> None:
    page = await open_page(path, **view)
    await page.wait_for_selector(ready, state="attached")
    await page.wait_for_timeout(400)
    assert await findings(page) == []


@pytest.mark.parametrize("view", VIEWS)
async def test_the_widget_in_its_states(chat: Chat, stage: Any, view: dict[str, Any]) -> None:
    _page, frame = await chat(**view)
    await frame.wait_for_selector(".add:enabled")
    assert await findings(frame) == []
    await frame.fill("textarea", "我的订单到哪了")
    await frame.press("textarea", "Enter")
    await frame.wait_for_selector(".msg.bot")
    await frame.click("summary")
    await frame.fill("textarea", "拒绝我")
    await frame.press("textarea", "Enter")
    await frame.wait_for_selector(".failed")
    assert await findings(frame) == []
    await frame.get_by_role("button", name="转人工", exact=True).click()
    await frame.wait_for_selector(".strip:not([hidden])")
    stage.chat.rating = {"question": "q1", "state": "asked", "text": ""}
    await stage.chat.to_customers({"type": "rating", **stage.chat.rating})
    await stage.chat.say("agent", "您好")
    await frame.wait_for_selector(".rating:not([hidden])")
    assert await findings(frame) == []
    await frame.get_by_role("button", name="不等了，留言").click()
    assert await findings(frame) == []


@pytest.mark.parametrize("view", VIEWS)
async def test_the_console_with_things_open(open_page: OpenPage, view: dict[str, Any]) -> None:
    page = await open_page("/console?conversation=c1", **view)
    await page.wait_for_selector(".message.note")
    await page.keyboard.press("?")
    await page.wait_for_selector("dialog[open]")
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("c")
    await page.wait_for_selector("#canned-0")
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await page.fill(".answer textarea", "这是最好的")
    await page.wait_for_selector(".findings li")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".failure")
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await page.wait_for_selector("dialog[open] input[type=radio]")
    assert await findings(page) == []


@pytest.mark.parametrize("view", VIEWS)
async def test_the_handoff_card_on_its_own(open_page: OpenPage, view: dict[str, Any]) -> None:
    page = await open_page("/console?conversation=c1", **view)
    await page.wait_for_selector(".message")
    if view["width"] < 1100:
        await page.click(".conversation-head .narrow-only")
    await page.wait_for_selector(".verdict")
    assert await findings(page) == []


@pytest.mark.parametrize("view", VIEWS)
async def test_the_charts(open_page: OpenPage, view: dict[str, Any]) -> None:
    page = await open_page("/blank", **view)
    await page.evaluate(ALL_CHARTS)
    await page.wait_for_selector(".plot .mark")
    await page.wait_for_timeout(200)
    assert await findings(page) == []
    await page.evaluate("for (const b of document.querySelectorAll('figcaption button')) b.click()")
    assert await findings(page) == []
