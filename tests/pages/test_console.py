"""The console: lists, whose turn it is, the card, the keyboard, the phone."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

OpenPage = Callable[..., Awaitable[Page]]

COVERED = """async (selectors) => {
  const toast = [...document.querySelectorAll('.toast')].at(-1);
  await Promise.all(toast.getAnimations().map(({ finished }) => finished));
  const word = toast.getBoundingClientRect();
  return selectors.filter((selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    const isBeside = box.left >= word.right || box.right <= word.left;
    return !isBeside && box.top < word.bottom && box.bottom > word.top;
  });
}"""


def _sent(stage: Any, kind: str) -> list[dict[str, Any]]:
    return [frame for frame in stage.desk.received if frame.get("type") == kind]


def _posted(stage: Any, end: str) -> list[dict[str, Any]]:
    return [body for body in stage.desk.received if body.get("path", "").endswith(end)]


async def test_the_lists_count_and_sort_by_what_cannot_wait(open_page: OpenPage) -> None:
    page = await open_page("/console")
    rows = page.locator(".row-list .row strong")
    await expect(rows).to_have_text(["王*", "李*"])
    await expect(page.get_by_role("tab", name="等待")).to_contain_text("2")
    await page.get_by_role("tab", name="等待").click()
    await expect(rows).to_have_text(["张*", "陈*"])
    await expect(page.locator(".row-list .row").first).to_contain_text("已超时")
    await page.get_by_role("tab", name="全部").click()
    await expect(rows).to_have_text(["张*", "王*", "陈*", "赵*", "李*", "刘*"])


async def test_a_clock_is_loud_only_when_it_matters(open_page: OpenPage) -> None:
    page = await open_page("/console?list=all")
    urgency = page.locator(".row-list time[data-kind=left]")
    await expect(urgency).to_have_count(4)
    states = [await one.get_attribute("data-urgency") for one in await urgency.all()]
    assert states == ["late", "warning", "calm", "calm"]


async def test_list_and_conversation_live_in_the_address(open_page: OpenPage) -> None:
    page = await open_page("/console")
    await page.get_by_role("tab", name="等待").click()
    await page.locator(".row").first.click()
    await expect(page.locator(".whom h2")).to_have_text("张*")
    assert page.url.endswith("?list=waiting&conversation=c3")
    await page.reload()
    await expect(page.locator(".whom h2")).to_have_text("张*")
    await expect(page.get_by_role("tab", name="等待")).to_have_attribute("aria-selected", "true")
    await page.go_back()
    await expect(page.locator(".whom h2")).to_have_count(0)


async def test_the_greeting_carries_the_pages_own_token(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console")
    await page.wait_for_selector(".row")
    assert _sent(stage, "hello")[0] == {"type": "hello", "csrf": "csrf-1", "status": None}


async def test_the_conversation_shows_who_said_what_and_notes_apart(open_page: OpenPage) -> None:
    page = await open_page("/console?conversation=c1")
    await expect(page.locator(".message.note .bubble")).to_have_text(
        "已打中通网点，称明早回复，需跟进。"
    )
    await expect(page.locator(".message.bot .info")).to_contain_text("60 小时没有更新")
    await expect(page.locator(".message.agent .mark")).to_have_text("客户已读")
    await expect(page.locator(".message.customer").last).to_contain_text("都三天没有更新了")


async def test_the_card_knows_the_wish_the_order_the_verdict_and_what_was_tried(
    open_page: OpenPage,
) -> None:
    page = await open_page("/console?conversation=c1")
    card = page.locator(".card-body")
    for words in (
        "要求今天给说法", "863233508988667201", "60 小时没有更新", "未签收，可以拒收退款",
        "消费者权益保护法", "已登记催件", "金卡会员", "高价值", "199****2643",
        "今天 20 点前给物流答复", "快递太慢",
    ):  # fmt: skip
        await expect(card).to_contain_text(words)


async def test_the_next_customer_is_taken_and_answered_by_keyboard_alone(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console")
    await page.wait_for_selector(".row")
    await page.keyboard.press("n")
    await expect(page.locator(".answer textarea")).to_be_focused()
    await page.keyboard.type("您好，孩子现在怎么样？")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.agent .bubble")).to_have_text("您好，孩子现在怎么样？")
    assert _sent(stage, "take")[0]["conversation"] == "c3"
    (answer,) = _sent(stage, "answer")
    assert (answer["conversation"], answer["epoch"]) == ("c3", 3)


async def test_what_was_done_can_be_undone(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".commands button")
    await page.keyboard.press("b")
    await expect(page.locator(".turn")).to_contain_text("机器人正在接待")
    await expect(page.locator(".toast")).to_contain_text("撤销")
    await page.keyboard.press("z")
    await expect(page.locator(".commands .button")).to_have_count(3)
    assert _sent(stage, "undo")[0]["epoch"] == 4


async def test_closing_asks_for_the_reason(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".commands button")
    await page.keyboard.press("e")
    await page.get_by_label("已答应，后续跟进").check()
    await page.get_by_label("备注").fill("明早回电")
    await page.get_by_role("button", name="结束会话").click()
    await expect(page.locator(".turn")).to_contain_text("已结束：已答应，后续跟进")
    (close,) = _sent(stage, "close")
    assert (close["reason"], close["note"], close["epoch"]) == ("promised", "明早回电", 3)
    await page.keyboard.press("o")
    await expect(page.locator(".commands .button")).to_have_count(3)


async def test_transferring_offers_people_and_skills(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".commands button")
    await page.keyboard.press("x")
    await expect(page.locator(".radios")).to_contain_text("手上 1/5")
    await page.get_by_label("排队：售后").check()
    await page.get_by_role("button", name="转过去").click()
    await expect(page.locator(".turn")).to_contain_text("小周")
    assert _sent(stage, "transfer")[0]["to_skill"] == "售后"


async def test_who_is_not_there_stands_last_and_is_warned_of(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".commands button")
    await page.keyboard.press("x")
    warning = page.locator(".dialog .warning")
    await expect(warning).to_be_hidden()
    offered = page.locator(".colleagues label")
    await expect(offered).to_have_count(5)
    told = await offered.all_inner_texts()
    assert [each.split("\n")[0] for each in told] == [
        "小周",
        "小吴",
        "排队：售后",
        "排队：安装",
        "小郑",
    ]
    hints = [each.split("\n")[-1] for each in told]
    assert hints[0] == "在线 · 手上 1/5 · 会售后"
    assert hints[1] == "忙 · 手上 5/5"
    assert hints[4] == "离线 · 会安装"
    await page.get_by_label("排队：安装").check()
    await expect(warning).to_contain_text("没有会“安装”的同事在")
    await page.get_by_label("小郑").check()
    await expect(warning).to_contain_text("小郑现在离线：45 秒内没有回来，会话会回到队列")
    await page.get_by_label("小周").check()
    await expect(warning).to_be_hidden()
    await page.get_by_label("小郑").check()
    await page.get_by_role("button", name="转过去").click()
    await expect(page.locator(".turn")).to_contain_text("小周")
    assert _sent(stage, "transfer")[0]["to_agent"] == "a4"


async def test_a_waiting_row_tells_what_is_wanted_and_a_talk_who_said_what(
    open_page: OpenPage,
) -> None:
    page = await open_page("/console?list=all")
    words = {key: page.locator(f'.row[data-id="{key}"] .last') for key in ("c1", "c2", "c4", "c6")}
    await expect(words["c4"]).to_have_text("羽绒服洗了一次就跑毛，我要退货，上次那位客服答应过的")
    await expect(words["c1"]).to_have_text("都三天没有更新了，你们到底发没发货？")
    await expect(words["c2"]).to_have_text("我：好的我再帮您看看尺码")
    await expect(words["c6"]).to_have_text("同事：[图片]")
    await expect(page.locator('.row[data-id="c4"] .tags')).to_contain_text("要求人工")


async def test_tapping_for_a_human_is_no_news_in_a_waiting_row(
    open_page: OpenPage, stage: Any
) -> None:
    waiting = stage.desk.rows["c4"]
    waiting.update(wish="退款怎么还没到", last=waiting["last"] | {"sender": "customer"})
    waiting["last"]["text"] = "转人工"
    page = await open_page("/console?list=waiting")
    row = page.locator(".row[data-id=c4]")
    await expect(row.locator(".last")).to_have_text("退款怎么还没到")
    await stage.desk.change("c4", last=waiting["last"] | {"text": "都一个月了"})
    await expect(row.locator(".last")).to_have_text("退款怎么还没到都一个月了")


async def test_a_right_that_is_refused_does_not_look_granted(
    open_page: OpenPage, stage: Any
) -> None:
    shades = []
    for right in ("granted", "refused", "check"):
        stage.desk.scene["card"]["card"]["verdict"]["right"] = right
        page = await open_page("/console?conversation=c1")
        verdict = page.locator(".verdict")
        await expect(verdict).to_have_attribute("data-right", right)
        shades.append(await verdict.evaluate("(e) => getComputedStyle(e).backgroundColor"))
    assert shades[0] not in shades[1:]


async def test_leaving_a_dialog_does_nothing_and_gives_the_focus_back(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.get_by_role("button", name="结束", exact=True).click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="结束", exact=True)).to_be_focused()
    assert not _sent(stage, "close")


async def test_searching_marks_what_was_found(open_page: OpenPage) -> None:
    page = await open_page("/console")
    await page.wait_for_selector(".row")
    await page.keyboard.press("/")
    await page.keyboard.type("三天")
    await expect(page.locator(".found mark")).to_have_text("三天")
    await page.locator(".found .row").click()
    await expect(page.locator(".whom h2")).to_have_text("王*")
    await page.fill(".search input", "没有这个")
    await expect(page.locator(".found")).to_contain_text("没有找到")


async def test_the_title_counts_who_wants_something(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console")
    await expect(page).to_have_title("(3) 会话 · kefu")  # one unread of mine, two waiting
    await stage.desk.change("c4", owner="bot", place=None)
    await expect(page).to_have_title("(2) 会话 · kefu")


async def test_a_promise_that_a_colleague_kept_leaves_the_list(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?list=promises")
    shown = page.locator(".promises .promise")
    promised = stage.desk.scene["card"]["promises"]
    await expect(shown).to_have_count(len(promised))
    kept = promised.pop()
    await stage.desk.change("c3", promises_due=0)
    await expect(shown).to_have_count(len(promised))
    await expect(page.locator(".promises")).not_to_contain_text(kept["text"])


async def test_a_new_promise_that_is_not_due_yet_comes_into_the_list(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?list=promises")
    shown = page.locator(".promises .promise")
    promised = stage.desk.scene["card"]["promises"]
    await expect(shown).to_have_count(len(promised))
    stage.desk.promises_due = stage.desk.counts["promises"]  # the badge stays as it is
    promised.append(promised[0] | {"id": "p9", "text": "明天十点前给您回电"})
    await stage.desk.change("c3")
    await expect(shown).to_have_count(len(promised))
    await expect(page.locator(".promises")).to_contain_text("明天十点前给您回电")


async def test_an_alert_on_another_conversation_is_said(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".message.note")
    await stage.desk.push(
        {"type": "alert", "kind": "given_back", "conversation": "c2", "text": "会话已退回排队"}
    )
    await expect(page.locator(".toast")).to_have_text("会话已退回排队：李*")


async def test_question_mark_shows_the_keys(open_page: OpenPage) -> None:
    page = await open_page("/console")
    await page.wait_for_selector(".row")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("接最前面的一位")
    await page.keyboard.press("n")
    await expect(page.get_by_role("dialog")).to_be_visible()  # no key works behind it


async def test_the_status_is_told_to_the_desk(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console")
    await page.wait_for_selector(".row")
    await page.select_option(".status", "accepting")
    await expect(page.locator(".status")).to_have_attribute("data-status", "accepting")
    assert _sent(stage, "status")[0]["status"] == "accepting"


async def test_a_phone_shows_one_column_and_the_way_back(open_page: OpenPage) -> None:
    page = await open_page("/console", width=390, height=844)
    await page.locator(".row").first.click()
    await expect(page.locator(".lists")).to_be_hidden()
    await expect(page.locator(".answer textarea")).to_be_visible()
    await page.get_by_role("button", name="客户与订单").click()
    await expect(page.locator(".verdict")).to_be_visible()
    await page.get_by_role("button", name="回到会话").click()
    await page.get_by_role("button", name="回到列表").click()
    await expect(page.locator(".row").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_on_a_phone_a_word_covers_neither_the_tabs_nor_the_answer_box(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console", width=390, height=844)
    await page.wait_for_selector(".row")

    async def covered(*selectors: str) -> list[str]:
        alert = {"kind": "waiting", "conversation": "c2", "text": "有客户在等人工"}
        await stage.desk.push({"type": "alert", **alert})
        await page.wait_for_selector(".toast")
        return await page.evaluate(COVERED, selectors)  # type: ignore[no-any-return]

    assert await covered(".topbar", ".search", ".tabs") == []
    await page.locator(".row").first.click()
    assert await covered(".topbar", ".conversation-head", ".answer") == []


async def test_nothing_overflows_at_1280(open_page: OpenPage) -> None:
    page = await open_page("/console?conversation=c1", width=1280, height=720)
    await page.wait_for_selector(".verdict")
    await expect(page.get_by_role("button", name="发送", exact=True)).to_be_in_viewport()
    await expect(page.get_by_role("button", name="结束", exact=True)).to_be_in_viewport()
    await expect(page.locator(".wish")).to_be_in_viewport()
    for column in (".tabs", ".conversation-head", ".card-column"):
        assert await page.locator(column).evaluate("(e) => e.scrollWidth <= e.clientWidth")


async def test_closed_chats_of_the_bot_alone_can_be_left_out(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?list=closed")
    await stage.desk.change("c1", owner="closed", close_reason="resolved")
    await stage.desk.change("c3", owner="closed", close_reason="idle", agent=None, reason=None)
    await expect(page.locator(".row[data-id=c3]")).to_be_visible()
    await page.get_by_label("只看有人工的").check()
    await expect(page.locator(".row[data-id=c3]")).to_have_count(0)
    await expect(page.locator(".row[data-id=c1]")).to_be_visible()
    asked = [one for one in stage.desk.received if one.get("path") == "/api/desk/conversations"]
    assert [(one["list"], one["human"]) for one in asked] == [("closed", "1")]
    await page.reload()
    await expect(page.get_by_label("只看有人工的")).to_be_checked()
    await expect(page.locator(".row[data-id=c3]")).to_have_count(0)
    await page.get_by_role("tab", name="全部").click()
    await expect(page.get_by_label("只看有人工的")).to_have_count(0)


async def test_on_a_phone_the_first_in_line_is_one_tap_away(
    open_page: OpenPage, stage: Any
) -> None:
    for one in stage.desk.rows.values():
        if one["owner"] == "agent":
            one.update(owner="queued", agent=None, place=1)
    page = await open_page("/console?list=mine", width=390, height=844)
    await page.get_by_role("button", name="接最前面的一位").click()
    await expect(page.locator(".answer textarea")).to_be_focused()
    assert [one["type"] for one in stage.desk.received if one.get("type") == "take"] == ["take"]


async def test_the_line_moves_and_the_next_one_is_the_one_who_is_next(
    open_page: OpenPage, stage: Any
) -> None:
    stage.desk.rows["c4"]["last"] |= {"sender": "customer", "text": "人呢"}
    page = await open_page("/console?list=waiting")
    names = page.locator(".row strong")
    await expect(names).to_have_text(["张*", "陈*"])
    await expect(page.locator('.row[data-id="c4"] .more')).to_have_text("人呢")
    await stage.desk.push({"type": "line", "waiting": ["c4", "c3"]})
    await expect(names).to_have_text(["陈*", "张*"])
    await page.keyboard.press("n")
    await expect(page.locator(".whom h2")).to_have_text("陈*")
    assert _sent(stage, "take")[0]["conversation"] == "c4"


async def test_what_was_undone_offers_no_second_way_back(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".commands button")
    toasts = page.locator(".toast")
    await page.keyboard.press("b")
    await expect(toasts).to_have_text(["已交回机器人撤销Z"])
    await page.keyboard.press("z")
    await expect(toasts).to_have_text(["已撤销"])
    await page.keyboard.press("z")  # nothing is left to be taken back
    await page.keyboard.press("b")
    await expect(toasts).to_have_text(["已交回机器人撤销Z"])  # in the place of the older word
    assert len(_sent(stage, "undo")) == 1
