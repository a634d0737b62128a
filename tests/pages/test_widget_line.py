"""The widget on another site's page: isolation, its state there, cuts, retries, who it is for."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Frame, Page, expect

Chat = Callable[..., Awaitable[tuple[Page, Frame]]]
OpenPage = Callable[..., Awaitable[Page]]
Reopen = Callable[[Page], Awaitable[Frame]]
Until = Callable[[Page, str | Callable[[], object]], Awaitable[None]]


def _sent(stage: Any, kind: str) -> list[dict[str, Any]]:
    return [frame for frame in stage.chat.received if frame["type"] == kind]


async def _say(frame: Frame, text: str) -> None:
    await frame.fill("textarea", text)
    await frame.press("textarea", "Enter")


async def test_the_shops_styles_and_scripts_do_not_reach_in(chat: Chat) -> None:
    page, frame = await chat()
    button = "getComputedStyle(root.querySelector('button'))"
    assert await page.evaluate(f"[{button}.fontSize, {button}.color]") == [
        "15px",
        "rgb(255, 255, 255)",
    ]
    style = await frame.locator("textarea").evaluate(
        "(box) => { const s = getComputedStyle(box); return [s.fontSize, s.color]; }"
    )
    assert style == ["16px", "rgb(28, 33, 38)"]
    assert await page.evaluate("document.querySelector('kefu-chat').shadowRoot") is None
    assert await page.evaluate("typeof window.onmessage") == "function"


async def test_the_chat_ignores_messages_of_anybody_but_its_host(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    await frame.evaluate(
        "window.postMessage({kefu: 1, kind: 'identity', value: {saved: {token: 'stolen'}}}, '*')"
    )
    await frame.page.wait_for_timeout(200)
    assert [hello["token"] for hello in _sent(stage, "hello")] == [None]


async def test_the_loader_ignores_messages_of_anybody_but_its_frame(chat: Chat) -> None:
    page, _frame = await chat()
    await page.evaluate(
        """window.postMessage(
          {kefu: 1, kind: 'save', value: {customer: '', state: {token: 'planted'}}}, '*')"""
    )
    await page.wait_for_timeout(200)
    assert "planted" not in (await page.evaluate("localStorage.getItem('kefu:test:')"))


async def test_the_frame_is_told_nothing_before_it_is_ready_and_only_at_its_origin(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page(f"{stage.elsewhere_url}/host?kefu={stage.url}")
    await page.wait_for_selector("kefu-chat", state="attached")
    heard = await page.evaluate("window.heard.length")
    assert heard == 0  # closed: no frame was loaded, nothing was said
    assert not stage.chat.received


async def test_state_lives_in_the_shops_own_storage_and_survives_a_reload(
    chat: Chat, stage: Any, reopen: Reopen
) -> None:
    page, frame = await chat()
    await _say(frame, "我的订单到哪了")
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    await page.reload()
    frame = await reopen(page)
    await expect(frame.locator(".msg.customer .bubble")).to_have_text("我的订单到哪了")
    hello = _sent(stage, "hello")[-1]
    assert (hello["token"], hello["conversation"], hello["after"]) == ("t" * 43, "c1", 0)


async def test_after_a_cut_it_resumes_by_seq_and_shows_everything_once(
    chat: Chat, stage: Any
) -> None:
    _page, frame = await chat()
    await _say(frame, "第一句")
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    await stage.chat.cut()
    await stage.chat.say("agent", "断线时说的话")
    await expect(frame.locator(".msg.agent .bubble")).to_have_text("断线时说的话")
    assert _sent(stage, "hello")[-1]["after"] == 2
    await expect(frame.locator(".msg")).to_have_count(4)  # three, and the hidden typing dots


async def test_what_was_not_acknowledged_is_sent_again_with_the_same_id(
    chat: Chat, stage: Any
) -> None:
    _page, frame = await chat()
    await expect(frame.locator(".who p")).to_contain_text("可随时转人工")
    stage.chat.acknowledges = False
    await _say(frame, "别丢了")
    await expect(frame.locator(".mark")).to_have_text("发送中…")
    stage.chat.acknowledges = True
    await stage.chat.cut()
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    first, *rest = [sent["client_id"] for sent in _sent(stage, "message")]
    assert rest
    assert set(rest) == {first}
    await expect(frame.locator(".msg.customer")).to_have_count(1)


async def test_an_unsent_message_survives_leaving_the_page(
    chat: Chat, stage: Any, reopen: Reopen, until: Until
) -> None:
    page, frame = await chat()
    await expect(frame.locator(".who p")).to_contain_text("可随时转人工")
    stage.chat.acknowledges = False
    await _say(frame, "还没发出去")
    await expect(frame.locator(".mark")).to_have_text("发送中…")
    await until(page, "localStorage.getItem('kefu:test:').includes('还没发出去')")
    stage.chat.acknowledges = True
    await page.reload()
    frame = await reopen(page)
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    assert [one["text"] for one in stage.chat.messages][:1] == ["还没发出去"]


async def test_what_came_while_closed_is_counted_on_the_button(
    chat: Chat, stage: Any, until: Until
) -> None:
    page, frame = await chat()
    await _say(frame, "你好")
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    await frame.press("textarea", "Escape")
    await until(page, "root.activeElement === root.querySelector('button')")
    await stage.chat.say("agent", "在吗")
    await stage.chat.say("agent", "帮您查到了")
    await until(page, "root.querySelector('b').textContent === '2'")
    assert await page.evaluate("root.querySelector('button').ariaLabel") == "联系客服，2 条新消息"
    assert await page.evaluate("root.querySelector('button').ariaExpanded") == "false"
    await page.keyboard.press("Enter")
    await expect(frame.locator("textarea")).to_be_focused()
    await until(page, lambda: _sent(stage, "read") and _sent(stage, "read")[-1]["seq"] == 4)


async def test_another_customer_is_another_conversation(chat: Chat, stage: Any) -> None:
    page, frame = await chat()
    await _say(frame, "我是游客")
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    stage.chat.messages.clear()
    await page.evaluate(
        """const chat = document.querySelector('kefu-chat');
           chat.setAttribute('customer', 'C2'); chat.setAttribute('identity', 'signed');"""
    )
    await expect(frame.locator(".msg.customer")).to_have_count(0)
    await expect(frame.locator(".who p")).to_contain_text("可随时转人工")
    hello = _sent(stage, "hello")[-1]
    assert (hello["identity"], hello["token"], hello["after"]) == ("signed", None, 0)
    assert len(_sent(stage, "hello")) == 2  # two attributes, one new greeting


async def test_a_draft_is_kept(chat: Chat, until: Until) -> None:
    page, frame = await chat()
    await expect(frame.locator(".add")).to_be_enabled()
    await frame.fill("textarea", "写到一半")
    await until(page, "localStorage.getItem('kefu:test:').includes('写到一半')")


async def test_without_storage_it_still_works(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/blank")
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    await page.goto(f"{stage.elsewhere_url}/host?kefu={stage.url}")
    await page.wait_for_selector("kefu-chat", state="attached")
    await page.evaluate("document.querySelector('kefu-chat').open()")
    await until(page, lambda: _sent(stage, "hello"))
    assert _sent(stage, "hello")[0]["token"] is None


async def test_it_works_under_a_policy_that_allows_only_its_own_origin(
    open_page: OpenPage, stage: Any, reopen: Reopen
) -> None:
    page = await open_page(f"{stage.elsewhere_url}/strict?kefu={stage.url}", width=390)
    frame = await reopen(page)
    await _say(frame, "我的订单到哪了")
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    assert await frame.evaluate("innerWidth") == 390  # its styles were not refused
