"""The widget on another site's page: isolation, sending and resuming, the queue, the rating, the keyboard."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Frame, Page, expect

Chat = Callable[..., Awaitable[tuple[Page, Frame]]]
OpenPage = Callable[..., Awaitable[Page]]
Reopen = Callable[[Page], Awaitable[Frame]]


def _sent(stage: Any, kind: str) -> list[dict[str, Any]]:
    return [frame for frame in stage.chat.received if frame["type"] == kind]


async def _say(frame: Frame, text: str) -> None:
    await frame.fill("textarea", text)
    await frame.press("textarea", "Enter")


async def test_it_opens_with_who_answers_four_choices_and_the_way_to_a_human(chat: Chat) -> None:
    _page, frame = await chat()
    await expect(frame.locator("h1")).to_have_text("智能客服")
    await expect(frame.locator(".greeting")).to_contain_text("AI")
    await expect(frame.locator(".choices button")).to_have_count(4)
    await expect(frame.get_by_role("button", name="转人工")).to_be_visible()


async def test_a_tapped_choice_is_sent_as_text_and_answered_with_cards(
    chat: Chat, stage: Any
) -> None:
    _page, frame = await chat()
    await frame.locator(".choices button").first.click()
    await expect(frame.locator(".msg.customer .bubble")).to_have_text("我的订单到哪了")
    await expect(frame.locator(".card.parcel")).to_contain_text("运输中")
    await expect(frame.locator(".card.parcel .latest")).to_contain_text("南京转运中心")
    await expect(frame.locator(".card.order")).to_contain_text("¥169")
    (sent,) = _sent(stage, "message")
    assert (sent["kind"], sent["text"]) == ("text", "我的订单到哪了")


async def test_buttons_live_only_on_the_newest_message(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    await _say(frame, "到哪了")
    await frame.get_by_role("button", name="催一下快递").click()
    await expect(frame.locator(".msg.customer")).to_have_count(2)
    tap = _sent(stage, "message")[-1]
    assert (tap["kind"], tap["of"], tap["index"]) == ("button", 2, 0)
    await expect(frame.locator(".msg.bot")).to_have_count(2)
    await expect(frame.get_by_role("button", name="催一下快递")).to_have_count(1)


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
    chat: Chat, stage: Any, reopen: Reopen
) -> None:
    page, frame = await chat()
    await expect(frame.locator(".who p")).to_contain_text("可随时转人工")
    stage.chat.acknowledges = False
    await _say(frame, "还没发出去")
    await expect(frame.locator(".mark")).to_have_text("发送中…")
    await page.wait_for_function("localStorage.getItem('kefu:test:').includes('还没发出去')")
    stage.chat.acknowledges = True
    await page.reload()
    frame = await reopen(page)
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    assert [one["text"] for one in stage.chat.messages][:1] == ["还没发出去"]


async def test_a_refused_message_says_why_and_can_be_dropped(chat: Chat) -> None:
    _page, frame = await chat()
    await _say(frame, "拒绝我")
    await expect(frame.locator(".failed")).to_contain_text("这条太长了")
    await frame.get_by_role("button", name="删除").click()
    await expect(frame.locator(".msg.customer")).to_have_count(0)


async def test_enter_does_not_send_while_an_input_method_composes(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    await frame.fill("textarea", "ni")
    for event in ("{isComposing: true}", "{keyCode: 229}"):
        await frame.locator("textarea").evaluate(
            f"(box) => box.dispatchEvent(new KeyboardEvent('keydown', Object.assign("
            f"{{key: 'Enter', bubbles: true, cancelable: true}}, {event})))"
        )
    await frame.press("textarea", "Shift+Enter")
    assert not _sent(stage, "message")
    await frame.press("textarea", "Enter")
    await expect(frame.locator(".msg.customer .bubble")).to_have_text("ni")


async def test_what_people_write_is_only_ever_text(chat: Chat, stage: Any) -> None:
    page, frame = await chat()
    evil = "<img src=x onerror=\"top.postMessage('owned','*')\"><script>alert(1)</script>"
    await stage.chat.say("agent", evil, name="<b>小林</b>")
    await expect(frame.locator(".msg.agent .bubble")).to_have_text(evil)
    await expect(frame.locator(".msg.agent .name")).to_have_text("<b>小林</b>")
    assert "owned" not in await page.evaluate("window.heard")
    assert await frame.locator(".log img").count() == 0


async def test_one_tap_to_a_human_shows_place_and_honest_wait(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    await frame.get_by_role("button", name="转人工", exact=True).click()
    await expect(frame.locator(".strip")).to_contain_text("前面还有 2 位")
    await expect(frame.locator(".strip")).to_contain_text("约 4 分钟")
    await expect(frame.locator("h1")).to_have_text("人工客服")
    await expect(frame.get_by_role("button", name="转人工", exact=True)).to_be_hidden()
    assert len(_sent(stage, "ask_human")) == 1
    await stage.chat.own("agent")
    await expect(frame.locator("h1")).to_have_text("小林")
    await expect(frame.locator(".strip")).to_be_hidden()


async def test_one_may_leave_a_message_instead_of_waiting(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    await frame.get_by_role("button", name="转人工", exact=True).click()
    await frame.get_by_role("button", name="不等了，留言").click()
    await frame.get_by_label("留言内容").fill("请明天回电，杯子漏水")
    await frame.get_by_label("联系电话").fill("19900002643")
    await frame.get_by_role("button", name="提交留言").click()
    await expect(frame.locator(".msg.system")).to_contain_text("留言已收到")
    (sent,) = _sent(stage, "leave_message")
    assert (sent["text"], sent["phone"]) == ("请明天回电，杯子漏水", "19900002643")


async def test_one_may_stop_waiting(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    await frame.get_by_role("button", name="转人工", exact=True).click()
    await frame.get_by_role("button", name="继续用智能客服").click()
    await expect(frame.locator("h1")).to_have_text("智能客服")
    await expect(frame.locator(".strip")).to_be_hidden()


async def test_the_rating_is_asked_answered_and_then_gone(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    stage.chat.rating = {"question": "q1", "state": "asked", "text": "请为小林这次的服务打个分。"}
    await stage.chat.to_customers({"type": "rating", **stage.chat.rating})
    await expect(frame.locator(".rating")).to_contain_text("打个分")
    await frame.locator(".scores label").nth(3).click()
    await frame.get_by_label("补充说明").fill("很耐心")
    await frame.get_by_role("button", name="提交").click()
    await expect(frame.locator(".rating")).to_contain_text("谢谢")
    (sent,) = _sent(stage, "rate")
    assert (sent["question"], sent["score"], sent["comment"]) == ("q1", 4, "很耐心")


async def test_the_rating_can_be_skipped(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    stage.chat.rating = {"question": "q1", "state": "asked", "text": ""}
    await stage.chat.to_customers({"type": "rating", **stage.chat.rating})
    await frame.get_by_role("button", name="不评价").click()
    await expect(frame.locator(".rating")).to_be_hidden()
    assert _sent(stage, "rate")[0]["score"] is None


async def test_a_picture_is_uploaded_with_the_visitors_token_and_shown(
    chat: Chat, stage: Any
) -> None:
    _page, frame = await chat()
    await expect(frame.locator(".add")).to_be_enabled()
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG" + b"0" * 60}
    await frame.locator("input[type=file]").set_input_files(picture)
    await expect(frame.locator(".msg.customer .picture img")).to_have_count(1)
    (sent,) = _sent(stage, "upload")
    assert (sent["authorization"], sent["bytes"]) == (f"Bearer {'t' * 43}", 64)
    assert _sent(stage, "message")[0]["attachment"] == "i1"


async def test_too_large_or_strange_a_picture_is_refused_before_it_leaves(
    chat: Chat, stage: Any
) -> None:
    _page, frame = await chat()
    await expect(frame.locator(".add")).to_be_enabled()
    for kind, size, says in (("image/png", 5 * 1024**2 + 1, "5 MB"), ("image/bmp", 10, "JPG")):
        picture = {"name": "a", "mimeType": kind, "buffer": b"0" * size}
        await frame.locator("input[type=file]").set_input_files(picture)
        await expect(frame.locator(".failed").last).to_contain_text(says)
    assert not _sent(stage, "upload")


async def test_what_came_while_closed_is_counted_on_the_button(chat: Chat, stage: Any) -> None:
    page, frame = await chat()
    await _say(frame, "你好")
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    await frame.press("textarea", "Escape")
    assert await page.evaluate("root.activeElement === root.querySelector('button')")
    await stage.chat.say("agent", "在吗")
    await stage.chat.say("agent", "帮您查到了")
    await page.wait_for_function("root.querySelector('b').textContent === '2'")
    assert await page.evaluate("root.querySelector('button').ariaLabel") == "联系客服，2 条新消息"
    assert await page.evaluate("root.querySelector('button').ariaExpanded") == "false"
    await page.keyboard.press("Enter")
    await expect(frame.locator("textarea")).to_be_focused()
    for _ in range(40):
        if _sent(stage, "read") and _sent(stage, "read")[-1]["seq"] == 4:
            break
        await page.wait_for_timeout(50)
    assert _sent(stage, "read")[-1]["seq"] == 4


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


async def test_a_phone_gets_the_whole_screen_and_320_px_do_not_overflow(chat: Chat) -> None:
    page, frame = await chat(width=320, height=568)
    size = await frame.evaluate("[innerWidth, innerHeight]")
    assert size == [320, 568]
    await _say(frame, "一个很长很长没有空格的词" + "a" * 200)
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    for place in ("document.documentElement", "document.querySelector('.log')"):
        assert await frame.evaluate(f"{place}.scrollWidth <= {place}.clientWidth")
    assert page.viewport_size == {"width": 320, "height": 568}


async def test_a_draft_is_kept(chat: Chat) -> None:
    page, frame = await chat()
    await expect(frame.locator(".add")).to_be_enabled()
    await frame.fill("textarea", "写到一半")
    await page.wait_for_function("localStorage.getItem('kefu:test:').includes('写到一半')")


async def test_without_storage_it_still_works(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/blank")
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    await page.goto(f"{stage.elsewhere_url}/host?kefu={stage.url}")
    await page.wait_for_selector("kefu-chat", state="attached")
    await page.evaluate("document.querySelector('kefu-chat').open()")
    for _ in range(100):
        if _sent(stage, "hello"):
            break
        await page.wait_for_timeout(50)
    assert _sent(stage, "hello")[0]["token"] is None
