"""The console: answers and notes, what is refused or cut off, canned replies, actions, promises."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

OpenPage = Callable[..., Awaitable[Page]]
Until = Callable[[Page, str | Callable[[], object]], Awaitable[None]]


def _sent(stage: Any, kind: str) -> list[dict[str, Any]]:
    return [frame for frame in stage.desk.received if frame.get("type") == kind]


def _posted(stage: Any, end: str) -> list[dict[str, Any]]:
    return [body for body in stage.desk.received if body.get("path", "").endswith(end)]


async def test_a_warning_comes_while_writing_and_the_rewrite_is_one_tap(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.fill(".answer textarea", "这款是最好的")
    await expect(page.locator(".findings")).to_contain_text("广告法 第九条")
    await page.get_by_role("button", name="改成：这款是很受欢迎的").click()
    await expect(page.locator(".answer textarea")).to_have_value("这款是很受欢迎的")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.agent").last).to_contain_text("很受欢迎")
    assert len(_sent(stage, "answer")) == 1


async def test_a_refused_answer_stays_and_can_be_sent_despite_the_warning(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.fill(".answer textarea", "这款是最好的")
    await page.keyboard.press("Enter")
    await expect(page.locator(".failure")).to_contain_text("用词需要改")
    await page.get_by_role("button", name="仍然发送（会记录）").click()
    await expect(page.locator(".failure")).to_have_count(0)
    await expect(page.locator(".message.agent").last).to_contain_text("最好")
    assert [bool(one.get("despite_warning")) for one in _sent(stage, "answer")] == [False, True]


async def test_an_answer_written_offline_goes_out_once_after_the_cut(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".message.note")
    stage.desk.silent = True
    await page.fill(".answer textarea", "马上给您查")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mark").last).to_have_text("发送中…")
    stage.desk.silent = False
    await stage.desk.cut()
    await expect(page.locator(".message.agent .bubble", has_text="马上给您查")).to_have_count(1)
    await expect(page.locator(".mark", has_text="发送中")).to_have_count(0)
    assert len({one["client_id"] for one in _sent(stage, "answer")}) == 1
    assert [one["text"] for one in stage.desk.messages["c1"]].count("马上给您查") == 1


async def test_after_a_cut_the_conversation_resumes_by_seq(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".message.note")
    await stage.desk.cut()
    await stage.desk.say("c1", "customer", "人呢？")
    await expect(page.locator(".message.customer").last).to_contain_text("人呢？")
    assert _sent(stage, "watch")[-1]["after"] == 7
    await expect(page.locator(".message")).to_have_count(8)


async def test_a_note_is_a_note(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c6")
    await expect(page.locator(".turn")).to_contain_text("小周正在接待")
    await page.keyboard.press("m")
    await page.keyboard.type("我来查仓库")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.note .bubble")).to_have_text("我来查仓库")
    assert not _sent(stage, "answer")


async def test_a_note_begun_never_turns_into_an_answer(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c3")
    note = page.get_by_role("textbox", name="内部备注")
    await note.fill("这位客户别再退了")
    await page.locator(".turn button", has_text="接待").click()
    await expect(page.get_by_role("button", name="回复客户")).to_be_visible()
    await note.press("Escape")
    await page.keyboard.press("j")
    await expect(page.get_by_role("textbox", name="回复客户")).to_have_value("")
    await page.go_back()
    await note.press("Enter")
    await expect(page.locator(".message.note .bubble")).to_have_text("这位客户别再退了")
    assert not _sent(stage, "answer")


async def test_words_for_the_customer_never_turn_into_a_note_when_she_is_taken_away(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.fill(".answer textarea", "马上给您退")
    await stage.desk.change("c1", owner="queued", agent=None, place=1)
    await expect(page.locator(".modes .unsent")).to_contain_text("没有发出")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast.warning")).to_contain_text("没有发出")
    await expect(page.get_by_role("button", name="发送", exact=True)).to_be_disabled()
    assert not _sent(stage, "note")
    assert not _sent(stage, "answer")
    await page.locator(".turn button", has_text="接待").click()
    await expect(page.locator(".modes .unsent")).to_have_count(0)
    await page.locator(".answer textarea").press("Enter")
    await expect(page.locator(".message.agent").last).to_contain_text("马上给您退")
    assert not _sent(stage, "note")


async def test_held_words_become_a_note_only_by_hand(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.fill(".answer textarea", "客户要赔三倍")
    await stage.desk.change("c1", owner="queued", agent=None, place=1)
    await page.get_by_role("button", name="内部备注").click()
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.note .bubble").last).to_have_text("客户要赔三倍")
    await expect(page.locator(".answer textarea")).to_have_value("")
    assert not _sent(stage, "answer")


async def test_a_refusal_at_the_end_of_the_log_is_wholly_in_sight(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/console?conversation=c1", height=520)
    await page.wait_for_selector(".message.note")
    await page.fill(".answer textarea", "这款是最好的")
    await page.keyboard.press("Enter")
    await expect(page.locator(".failure")).to_be_visible()
    at_end = (
        "(() => { const log = document.querySelector('.log');"
        " return log.scrollHeight > log.clientHeight"
        " && log.scrollHeight - log.scrollTop - log.clientHeight < 2 })()"
    )
    await until(page, at_end)


async def test_canned_replies_are_found_by_initials_and_come_filled(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.focus(".answer textarea")
    await page.keyboard.press("/")
    await page.keyboard.type("cu")
    await expect(page.locator(".canned li")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.locator(".answer textarea")).to_have_value(
        "包裹停在中通快递没有更新，对不起。我现在联系他们核实，今天 20 点前给您答复。"
    )
    await expect(page.locator(".answer textarea")).to_be_focused()


async def test_an_action_stays_within_the_agents_limit(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await expect(page.get_by_role("button", name="同意退货")).to_be_disabled()
    await expect(page.locator(".bought summary")).to_have_text("最近 1 笔")
    await page.get_by_role("button", name="退款", exact=True).click()
    await page.get_by_label("金额（元）").fill("50.01")
    await page.get_by_label("原因").fill("物流停滞")
    await page.get_by_role("button", name="确定").click()
    assert not _posted(stage, "/actions")
    await page.get_by_label("金额（元）").fill("19.9")
    await page.get_by_role("button", name="确定").click()
    await expect(page.locator(".toast")).to_contain_text("已记录")
    (body,) = _posted(stage, "/actions")
    assert (body["kind"], body["amount_fen"], body["order"]) == (
        "refund",
        1990,
        "863233508988667201",
    )


async def test_a_promise_is_due_in_the_shops_time(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.get_by_role("button", name="记一个承诺").click()
    await page.get_by_role("textbox", name="内容").fill("明早回电说明物流")
    await page.get_by_label("最晚什么时候").fill("2099-11-23T10:00")
    await page.get_by_role("button", name="记下", exact=True).last.click()
    await expect(page.locator(".toast")).to_contain_text("承诺已记下")
    assert _posted(stage, "/promises")[0]["due_at"] == "2099-11-23T02:00:00.000Z"


async def test_hidden_data_is_shown_only_for_a_reason(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.get_by_role("button", name="查看电话").click()
    await page.get_by_role("button", name="查看", exact=True).last.click()
    assert not _posted(stage, "/reveal")
    await page.get_by_label("用途").fill("核对收货人")
    await page.get_by_role("button", name="查看", exact=True).last.click()
    await expect(page.locator(".revealed")).to_have_text("19900002643")
    assert _posted(stage, "/reveal")[0]["why"] == "核对收货人"


async def test_keys_are_letters_while_writing(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.focus(".answer textarea")
    await page.keyboard.type("ebxt?")
    await expect(page.locator(".answer textarea")).to_have_value("ebxt?")
    assert not _sent(stage, "hand_back")
    await page.keyboard.press("Escape")
    await expect(page.locator(".answer textarea")).not_to_be_focused()


async def test_drafts_stay_with_their_conversation(open_page: OpenPage) -> None:
    page = await open_page("/console?conversation=c1")
    await page.fill(".answer textarea", "写给王女士")
    await page.locator(".row", has_text="李*").click()
    await expect(page.locator(".answer textarea")).to_have_value("")
    await page.locator(".row", has_text="王*").click()
    await expect(page.locator(".answer textarea")).to_have_value("写给王女士")


async def test_what_one_often_says_is_kept_as_a_canned_reply(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.fill(".answer textarea", "{{客户姓名}}您好，已催件。")
    await page.get_by_role("button", name="快捷回复（/）").click()
    await page.get_by_role("button", name="把常说的话存为快捷回复").click()
    await page.get_by_label("标题").fill("催件")
    await expect(page.get_by_role("dialog").locator("textarea")).to_have_value(
        "{{客户姓名}}您好，已催件。"
    )
    await page.get_by_role("button", name="存下").click()
    await expect(page.locator(".toast")).to_contain_text("在您的快捷回复里")
    (body,) = _posted(stage, "/canned")
    assert (body["title"], body["text"]) == ("催件", "{{客户姓名}}您好，已催件。")
    assert body["shared"] is False


async def test_ones_own_canned_reply_is_changed_or_removed_and_that_undone(
    open_page: OpenPage, stage: Any
) -> None:
    shared, own = stage.desk.scene["canned"]
    shared |= {"shared": True, "may_change": False}
    own |= {"shared": False, "may_change": True}
    page = await open_page("/console?conversation=c1")
    await page.focus(".answer textarea")
    await page.keyboard.press("/")
    await expect(page.locator(".canned li").first).to_be_visible()
    await page.keyboard.press("F2")  # everybody's: not hers to change
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("F2")
    await expect(page.get_by_label("标题")).to_be_focused()
    await page.get_by_label("标题").fill("到账时间")
    await page.keyboard.press("Enter")
    await expect(page.locator(".answer textarea")).to_be_focused()
    (body,) = _posted(stage, "/canned/k2")
    assert (body["title"], body["text"], body["shared"]) == ("到账时间", own["text"], False)

    await page.keyboard.press("/")
    await page.locator(".canned li", has_text="退款到账时间").hover()
    await page.locator(".canned li", has_text="退款到账时间").locator(".change").click()
    await page.get_by_role("button", name="删除这条").click()
    await expect(page.locator(".toast").last).to_contain_text("已删除「退款到账时间」")
    assert stage.desk.received[-1] == {"path": "/api/desk/canned/k2", "removed": True}
    await page.get_by_role("button", name="撤销").click()
    await expect(page.locator(".toast").last).to_contain_text("已恢复")
    assert stage.desk.received[-1]["title"] == "退款到账时间"


async def test_a_lead_writes_canned_replies_for_everybody(open_page: OpenPage, stage: Any) -> None:
    stage.desk.scene["me"]["permissions"].append("share_replies")
    page = await open_page("/console?conversation=c1")
    await page.focus(".answer textarea")
    await page.keyboard.press("/")
    await page.get_by_role("button", name="把常说的话存为快捷回复").click()
    await page.get_by_label("标题").fill("催件")
    await page.get_by_role("dialog").locator("textarea").fill("已催件。")
    await expect(page.get_by_label("大家共用")).to_be_checked()
    await page.get_by_role("button", name="存下").click()
    await expect(page.locator(".toast")).to_contain_text("大家都能用")
    assert _posted(stage, "/canned")[0]["shared"] is True


async def test_a_thank_you_needs_no_answer_and_that_can_be_undone(
    open_page: OpenPage, stage: Any
) -> None:
    page = await open_page("/console?conversation=c1")
    await expect(page.locator(".whom .left")).to_be_visible()
    await page.keyboard.press("d")
    await expect(page.locator(".whom .left")).to_have_count(0)
    await expect(page.locator(".toast")).to_contain_text("撤销")
    await page.keyboard.press("z")
    await expect(page.locator(".toast")).to_contain_text("计时已恢复")
    assert [body["action"] for body in _posted(stage, "/clock")] == ["dismiss", "restore"]


async def test_pictures_go_to_customers_only_not_into_notes(open_page: OpenPage) -> None:
    page = await open_page("/console?conversation=c1")
    await expect(page.get_by_role("button", name="发送图片")).to_be_visible()
    await page.get_by_role("button", name="内部备注").click()
    await expect(page.get_by_role("button", name="发送图片")).to_be_hidden()


async def test_writing_is_told_in_each_conversation_at_once(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/console?conversation=c1&list=mine")
    for conversation in ("c1", "c2"):
        await page.locator(f'.row[data-id="{conversation}"]').click()
        await page.get_by_label("回复客户", exact=True).fill("您好")

    def told() -> list[str]:
        return [one["conversation"] for one in _sent(stage, "typing")]

    await until(page, lambda: told() == ["c1", "c2"])
