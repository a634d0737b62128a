"""The widget: talking with bot and people, cards, pictures, the queue, the rating."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Frame, Page, Route, expect

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
    await expect(frame.locator(".greeting")).to_contain_text("由 AI 自动回复")
    await expect(frame.locator(".greeting")).not_to_contain_text("我是")  # the bot's first line is
    await expect(frame.locator(".choices button")).to_have_count(4)
    await expect(frame.get_by_role("button", name="转人工")).to_be_visible()


async def test_what_was_written_before_the_script_ran_can_be_sent(
    chat: Chat,
) -> None:
    page, _frame = await chat()
    script_may_run = asyncio.Event()

    async def hold(route: Route) -> None:
        await script_may_run.wait()
        await route.continue_()

    await page.route("**/widget/chat*.js", hold)
    await page.reload()
    await page.evaluate("document.querySelector('kefu-chat').open()")
    while not (again := [frame for frame in page.frames if "/widget?" in frame.url]):
        await page.wait_for_timeout(50)
    await again[0].fill("textarea", "在吗")
    await expect(again[0].locator(".choices button")).to_have_count(0)
    script_may_run.set()
    await again[0].get_by_role("button", name="发送", exact=True).click()
    await expect(again[0].locator(".msg.customer .bubble")).to_have_text("在吗")


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
    await expect(frame.get_by_label("留言内容")).to_be_focused()
    await frame.get_by_label("留言内容").fill("请明天回电，杯子漏水")
    await frame.get_by_label("联系电话").fill("19900002643")
    await frame.get_by_role("button", name="提交留言").click()
    await expect(frame.locator(".msg.system")).to_contain_text("留言已收到")
    (sent,) = _sent(stage, "leave_message")
    assert (sent["text"], sent["phone"]) == ("请明天回电，杯子漏水", "19900002643")


async def test_the_last_words_stay_in_sight_when_the_strip_takes_its_place(
    chat: Chat, stage: Any
) -> None:
    _page, frame = await chat(width=390, height=600)
    for number in range(12):
        await stage.chat.say("bot", f"第 {number} 句")
    await expect(frame.locator(".msg.bot")).to_have_count(12)
    await frame.get_by_role("button", name="转人工", exact=True).click()
    await stage.chat.say("system", "您已排在第 3 位", automatic=True)
    await expect(frame.locator(".strip")).to_be_visible()
    await expect(frame.locator(".msg.system")).to_be_in_viewport(ratio=1)
    await frame.get_by_role("button", name="不等了，留言").click()
    await expect(frame.locator(".msg.system")).to_be_in_viewport(ratio=1)


async def test_before_opening_hours_the_strip_says_one_thing(chat: Chat, stage: Any) -> None:
    _page, frame = await chat()
    closed = {
        "position": 2,
        "wait_seconds": None,
        "wait_text": "",
        "staffed": False,
        "open": False,
        "opens_at": "2026-11-23T08:00:00+08:00",
        "may_leave_message": True,
    }
    await stage.chat.own("queued", queue=closed)
    await expect(frame.locator(".strip")).to_contain_text("上班后按排队的先后接待")
    await expect(frame.locator(".strip")).not_to_contain_text("马上接待")


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
    await _say(frame, "再问一件事")
    await expect(frame.locator(".msg.customer").last).to_contain_text("再问一件事")
    await expect(frame.locator(".rating")).to_be_hidden()  # not under what was said since


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
    await expect(frame.get_by_role("button", name="重试")).to_have_count(0)  # it would not help
    await frame.get_by_role("button", name="删除").first.click()
    await expect(frame.locator(".failed")).to_have_count(1)
    await expect(frame.locator(".failed")).to_contain_text("JPG")


async def test_a_picture_that_the_desk_will_never_take_is_not_to_be_tried_again(
    chat: Chat, stage: Any, open_page: Any
) -> None:
    stage.chat.refuses_pictures = True
    _page, frame = await chat()
    await expect(frame.locator(".add")).to_be_enabled()
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    await frame.locator("input[type=file]").set_input_files(picture)
    await expect(frame.locator(".failed")).to_contain_text("只能发送 JPEG")
    open_page.faults.clear()  # the browser notes the refusal
    await expect(frame.get_by_role("button", name="重试")).to_have_count(0)
    await frame.get_by_role("button", name="删除").click()
    await expect(frame.locator(".failed")).to_have_count(0)


async def test_a_phone_gets_the_whole_screen_and_320_px_do_not_overflow(chat: Chat) -> None:
    page, frame = await chat(width=320, height=568)
    size = await frame.evaluate("[innerWidth, innerHeight]")
    assert size == [320, 568]
    await _say(frame, "一个很长很长没有空格的词" + "a" * 200)
    await expect(frame.locator(".msg.bot")).to_have_count(1)
    for place in ("document.documentElement", "document.querySelector('.log')"):
        assert await frame.evaluate(f"{place}.scrollWidth <= {place}.clientWidth")
    assert page.viewport_size == {"width": 320, "height": 568}


async def test_earlier_messages_come_when_asked_for(chat: Chat, stage: Any) -> None:
    for number in range(1, 9):
        await stage.chat.say("agent", f"第 {number} 条")
    stage.chat.newest = 5
    _page, frame = await chat()
    bubbles = frame.locator(".msg .bubble")
    await expect(bubbles).to_have_count(5)
    await frame.get_by_role("button", name="查看更早的消息").click()
    await expect(bubbles).to_have_text([f"第 {number} 条" for number in range(1, 9)])
    await expect(frame.get_by_role("button", name="查看更早的消息")).to_be_hidden()
