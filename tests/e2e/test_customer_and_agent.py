"""A customer, the bot and an agent: each speaks when it is their turn, in two real windows."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.product, pytest.mark.timeout(900)]

expect.set_options(timeout=30_000)
NewWindow = Callable[[str], Page]


def _open_chat(page: Page) -> Frame:
    page.locator("kefu-chat").evaluate("(element) => element.open()")
    while True:
        frame = next((frame for frame in page.frames if "/widget?" in frame.url), None)
        if frame is not None:
            frame.locator("textarea").wait_for()
            return frame
        page.wait_for_timeout(100)


def _say(chat: Frame, text: str) -> None:
    chat.locator("textarea").fill(text)
    chat.get_by_role("button", name="发送", exact=True).click()


def test_the_bot_answers_a_person_takes_over_and_the_bot_comes_back(
    product: Any, new_window: NewWindow
) -> None:
    customer = new_window(f"{product.url}/shop?customer=C0001")
    chat = _open_chat(customer)
    _say(chat, "我的订单到哪了")
    expect(chat.locator(".card.parcel").first).to_contain_text("南京")

    _say(chat, "转人工")
    expect(chat.locator("h1")).not_to_have_text("智能客服")

    agent = new_window(f"{product.url}/login?next=/console")
    agent.fill("input[name=login]", "xiaolin")
    agent.fill("input[name=password]", product.passwords["xiaolin"])
    agent.click("form button")
    agent.get_by_role("button", name="接最前面的一位").click()
    reply = agent.get_by_role("textbox", name="回复客户")
    reply.fill("您好，我是小林，已经在帮您催这个包裹。")
    reply.press("Enter")
    expect(chat.locator(".msg.agent .bubble")).to_have_text(
        "您好，我是小林，已经在帮您催这个包裹。"
    )

    before = chat.locator(".msg.bot").count()
    _say(chat, "那大概什么时候能到")
    expect(agent.locator(".message.customer .bubble").last).to_have_text("那大概什么时候能到")
    customer.wait_for_timeout(3_000)
    assert chat.locator(".msg.bot").count() == before, "the bot spoke while a person did"

    agent.get_by_role("button", name="结束", exact=False).first.click()
    agent.get_by_role("button", name="结束会话").click()
    _say(chat, "你好")
    expect(chat.locator(".msg.bot")).not_to_have_count(before)
