"""The console in moments that are easy to forget: away, stalled, guests, old words, no mouse."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

OpenPage = Callable[..., Awaitable[Page]]
Until = Callable[[Page, str | Callable[[], object]], Awaitable[None]]
SILENCE_MS, ANSWER_MS = 40_000, 8_000  # of pages/shared/connection.js
RECORD_NOTIFICATIONS = """() => {
  window.told = [];
  window.Notification = class {
    static permission = 'granted';
    constructor(title, { body, tag }) { window.told.push([title, body, tag]); window.last = this; }
    close() {}
  };
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
}"""
TABBABLE = """() => [...document.querySelectorAll(
  'a[href], button:enabled, input, select:enabled, textarea, summary, [tabindex="0"]')]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !one.closest('[hidden]')
    && getComputedStyle(one).visibility !== 'hidden')
  .map((one) => (one.dataset.walk = one.dataset.walk ?? String(Math.random())))"""
FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const form = one.closest('form.answer');
  return { walk: one.dataset.walk ?? null, name: one.ariaLabel ?? one.textContent.slice(0, 20),
    seen: ring || Boolean(form && one.matches('textarea')) };
}"""


async def test_who_looks_elsewhere_is_called_by_the_system(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".message.note")
    await page.evaluate(RECORD_NOTIFICATIONS)
    alert = {"type": "alert", "kind": "assigned", "conversation": "c2", "text": "有客户分给了您"}
    await stage.desk.push(alert)
    await until(page, "told.length === 1")
    assert await page.evaluate("told") == [["kefu 客服工作台", "有客户分给了您：李*", "c2"]]
    await expect(page.locator(".toast")).to_have_count(0)
    await page.evaluate("window.last.onclick()")
    await expect(page.locator(".whom h2")).to_have_text("李*")


async def test_a_line_on_which_nothing_comes_is_asked_then_left_for_a_new_one(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".message.note")
    await page.clock.install()
    await stage.desk.say("c1", "customer", "还在吗")  # the last sign of life
    await page.wait_for_selector("text=还在吗")
    await page.clock.fast_forward(SILENCE_MS + 100)
    await until(page, lambda: any(one.get("type") == "ping" for one in stage.desk.received))
    await expect(page.locator(".offline-bar")).to_be_hidden()
    stage.desk.sockets.clear()  # what is said now goes down the dead line
    await stage.desk.say("c1", "customer", "怎么不回")
    await page.clock.fast_forward(ANSWER_MS + 100)
    await expect(page.locator(".offline-bar")).to_be_visible()
    await page.clock.fast_forward(1_000)
    await expect(page.locator(".offline-bar")).to_be_hidden()
    await expect(page.locator(".bubble", has_text="怎么不回")).to_have_count(1)
    await expect(page.locator(".bubble", has_text="还在吗")).to_have_count(1)


async def test_a_browser_that_loses_its_network_asks_the_line_at_once(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".message.note")
    await page.clock.install()

    async def lose_network(asked: int) -> None:
        await page.evaluate("dispatchEvent(new Event('offline'))")
        await page.clock.fast_forward(10)
        await until(page, lambda: len(_pings(stage)) == asked)

    await lose_network(1)
    await stage.desk.say("c1", "customer", "我还在")  # the browser was wrong
    await page.wait_for_selector("text=我还在")
    await page.clock.fast_forward(ANSWER_MS + 100)
    await expect(page.locator(".offline-bar")).to_be_hidden()
    await lose_network(2)
    await page.clock.fast_forward(ANSWER_MS + 100)
    await expect(page.locator(".offline-bar")).to_be_visible()


def _pings(stage: Any) -> list[Any]:
    return [one for one in stage.desk.received if one.get("type") == "ping"]


async def test_a_search_leads_to_the_very_words_however_old(
    open_page: OpenPage, stage: Any
) -> None:
    stage.desk.messages["c1"][0]["text"] = "第一句：松鼠"
    for number in range(60):
        await stage.desk.say("c1", "agent", f"第 {number} 句")
    stage.desk.rows["c1"]["last"]["seq"] = len(stage.desk.messages["c1"])
    stage.desk.shows_newest = 20
    page = await open_page("/console")
    await page.wait_for_selector(".row")
    await page.keyboard.press("/")
    await page.keyboard.type("松鼠")
    await page.locator(".found .row").click()
    oldest = page.locator(".messages .bubble", has_text="松鼠")
    await expect(oldest).to_be_in_viewport()
    await expect(page.locator(".messages .bubble", has_text="第 59 句")).to_have_count(1)
    await expect(page.locator(".messages .bubble", has_text="第 59 句")).not_to_be_in_viewport()


async def test_a_guests_order_is_looked_up_and_proved_by_the_phones_tail(
    open_page: OpenPage, stage: Any
) -> None:
    stage.desk.scene["card"]["customer"] = {"known": False}
    page = await open_page("/console?conversation=c1")
    await page.get_by_label("订单号").fill("KF202611200001")
    await page.get_by_label("收件手机尾号四位（选填）").fill("0000")
    await page.keyboard.press("Enter")
    await expect(page.locator(".order-finder .fault")).to_contain_text("对不上")
    open_page.faults.clear()  # type: ignore[attr-defined] - the browser notes the refusal
    await page.get_by_label("收件手机尾号四位（选填）").fill("5678")
    await page.get_by_role("button", name="查订单").click()
    await expect(page.locator(".toast").last).to_contain_text("核对一致")
    await expect(page.locator(".order-finder")).to_have_count(0)
    asked = [one for one in stage.desk.received if one.get("path", "").endswith("/order")]
    assert [one["phone_tail"] for one in asked] == ["0000", "5678"]


async def test_at_1280_it_reads_whole_what_is_asked_of_a_guests_order(
    open_page: OpenPage, stage: Any
) -> None:
    stage.desk.scene["card"] |= {"customer": {"known": False}}
    page = await open_page("/console?conversation=c1", width=1280, height=800)
    asked = page.locator(".card-column input[placeholder]")
    await expect(asked).to_have_count(2)
    for each in await asked.all():
        assert await each.evaluate(
            """(input) => {
              input.value = input.placeholder;
              return input.scrollWidth <= input.clientWidth;
            }"""
        )


async def test_a_rating_is_told_as_it_stands(open_page: OpenPage, stage: Any) -> None:
    for rating, told in (
        ({"state": "asked", "score": None, "comment": None}, "还没有回答"),
        ({"state": "skipped", "score": None, "comment": None}, "客户没有评价"),
        ({"state": "answered", "score": 2, "comment": "太慢"}, "2 分：太慢"),
    ):
        stage.desk.scene["card"]["rating"] = rating
        page = await open_page("/console?conversation=c1")
        await expect(page.locator(".card-body section", has_text="评分")).to_contain_text(told)


async def test_how_it_ended_is_said_in_words(open_page: OpenPage, stage: Any) -> None:
    stage.desk.rows["c7"] |= {"close_reason": "idle", "close_reason_text": "长时间没有消息"}
    page = await open_page("/console?list=closed&conversation=c7")
    await expect(page.locator(".row .chip").last).to_have_text("长时间没有消息")
    await expect(page.locator(".turn")).to_contain_text("已结束：长时间没有消息")


async def test_nobody_to_transfer_to_offers_no_button(open_page: OpenPage, stage: Any) -> None:
    stage.desk.scene["agents"] = []
    page = await open_page("/console?conversation=c1")
    await page.get_by_role("button", name="转给同事").click()
    await expect(page.get_by_role("dialog")).to_contain_text("没有可以转的同事")
    await expect(page.get_by_role("button", name="转过去")).to_have_count(0)


async def test_tab_reaches_everything_and_shows_where_it_is(open_page: OpenPage) -> None:
    page = await open_page("/console?conversation=c1", width=1440, height=900)
    await page.wait_for_selector(".message.note")
    await page.wait_for_selector(".deeds button")
    wanted = set(await page.evaluate(TABBABLE))
    await page.evaluate("document.activeElement.blur()")
    reached, unseen = set(), []
    for _ in range(len(wanted) + 2):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        reached.add(at["walk"])
        if not at["seen"] and at["walk"]:
            unseen.append(at["name"])
    assert wanted <= reached
    assert unseen == []


async def test_logging_in_anew_in_another_tab_takes_nobody_out_of_this_one(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".verdict")
    stage.desk.scene["me"]["csrf"] = "of-the-new-log-in"
    await page.keyboard.press("d")
    await expect(page.locator(".toast")).to_contain_text("计时已停")
    open_page.faults.clear()  # type: ignore[attr-defined] - the browser notes the refusal
    stage.desk.scene["me"]["csrf"] = "of-yet-another"
    await stage.desk.cut()
    await expect(page.locator(".offline-bar")).to_be_hidden()
    await page.locator(".answer textarea").fill("我还在")
    await page.keyboard.press("Enter")
    await until(page, lambda: any(one.get("text") == "我还在" for one in stage.desk.received))
    assert "/console" in page.url


async def test_who_is_not_this_person_any_more_logs_in(open_page: OpenPage, stage: Any) -> None:
    page = await open_page("/console?conversation=c1")
    await page.wait_for_selector(".verdict")
    stage.desk.scene["me"].update(csrf="of-somebody-else", id="a9")
    await stage.desk.cut()
    await page.wait_for_url("**/login?next=*")
