"""The operators' page in a real browser over the real server and a real database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect
from sqlalchemy import select

from review_manager.analysis import Aspect, AspectFinding, Polarity, Sentiment
from review_manager.analysis.findings import Analysis
from review_manager.deepening import draft_one
from review_manager.intake.import_states import ImportState
from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.judging import judge
from review_manager.tables import DbReview, DbReviewImport
from server.app import create_app
from server.keys import DATABASE
from server.passwords import hash_password
from server.settings import Settings
from storage.engine import Database
from storage.staff import DbStaff, Role

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
OpenPage = Callable[..., Awaitable[Page]]
LEAK, SLOW, HURT = (
    "保温杯杯盖漏水，包里全湿了",
    "物流太慢，等了整整九天",
    "玩具零件卡住孩子喉咙送了医院",
)


@dataclass
class Site:
    """A running server with reviews in its database."""

    url: str
    database: Database

    async def states(self) -> dict[str, str]:
        from sqlalchemy import select

        async with self.database.read() as session:
            rows = await session.execute(select(DbReview.text, DbReview.state))
            return {row.text: row.state for row in rows}


def told(now: datetime, name: str, text: str, hours: int, **more: Any) -> JudgedReview:
    """A bad review judged without a model."""
    said = Analysis(
        polarity=Polarity.NEGATIVE,
        p_negative=0.97,
        sentiment=Sentiment.NEGATIVE,
        aspects=(AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, text[3:7], 3, 7),),
        safety=more.get("safety", False),
        threat=False,
        misclick=False,
        hidden_bad=False,
    )
    read = ReadReview(
        line=1,
        platform="house",
        text=text,
        stars=1,
        posted_at=now - timedelta(hours=hours),
        external_id=name,
        product_name="316不锈钢保温杯",
    )
    return JudgedReview(read, judge(said, stars=1))


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The real product's web program with three bad reviews and an operator and a lead."""
    settings = Settings(_env_file=None, database_url=sqlite_url, var_dir=tmp_path)
    app = create_app(settings)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    now, database = datetime.now(UTC), app[DATABASE]
    async with database.write() as session:
        for role in (Role.OPERATOR, Role.LEAD):
            person = DbStaff(
                login=role, name=f"测试{role}", role=role, password_hash=HASH, created_at=now
            )
            session.add(person)
        batch = [
            told(now, "R1", LEAK, 22),
            told(now, "R2", SLOW, 3),
            told(now, "R3", HURT, 4, safety=True),
        ]
        await land(session, batch, import_id=None, actor="test", now=now)
        from sqlalchemy import select, update

        # Judged thoroughly already: these tests are about the page, not about the second look.
        await session.execute(update(DbReview).values(depth="deep"))
        ids = list(await session.scalars(select(DbReview.id)))
    for review_id in ids:
        await draft_one(database, review_id, now=now)
    yield Site(f"http://127.0.0.1:{runner.addresses[0][1]}", database)
    await runner.cleanup()


async def enter(open_page: OpenPage, site: Site, role: Role = Role.OPERATOR, **more: Any) -> Page:
    query = more.pop("query", "")
    page = await open_page(f"{site.url}/login?next=/reviews{query}", **more)
    await page.fill("input[name=login]", role)
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".row").first).to_be_visible(timeout=20_000)
    return page


async def begin_own_words(open_page: OpenPage, site: Site, **more: Any) -> tuple[Page, Locator]:
    page = await enter(open_page, site, **more)
    await expect(page.locator(".bar")).to_be_visible()
    await page.keyboard.press("e")
    return page, page.locator("textarea.own-words")


async def axe(page: Page) -> list[str]:
    results: Any = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


async def test_the_most_pressing_comes_first_and_opens_by_itself(
    open_page: OpenPage, site: Site
) -> None:
    page = await enter(open_page, site)
    rows = page.locator(".row")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(0)).to_contain_text("杯盖漏水")
    await expect(rows.nth(0).locator("mark.complaint")).to_have_text(LEAK[3:7])
    await expect(rows.nth(0).locator("time[data-urgency=warning]")).to_contain_text("还剩 1 小时")
    await expect(page.locator(".sheet h2")).to_have_text("316不锈钢保温杯")
    await expect(page.locator(".draft")).to_have_count(3)
    await expect(page.locator(".draft .chip.good")).to_have_count(3)


async def test_one_key_approves_the_next_opens_and_z_takes_it_back(
    open_page: OpenPage, site: Site
) -> None:
    page = await enter(open_page, site)
    await expect(page.locator("blockquote")).to_contain_text("漏水")
    await page.keyboard.press("2")
    await expect(page.locator(".draft[aria-checked=true] .draft-name")).to_contain_text("草稿 2")
    await page.keyboard.press("a")
    await expect(page.locator("blockquote")).not_to_contain_text("漏水")
    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.locator(".toast")).to_contain_text("已批准")
    assert (await site.states())[LEAK] == "approved"
    await page.keyboard.press("z")
    await expect(page.locator(".row")).to_have_count(3)
    await expect(page.locator("blockquote")).to_contain_text("漏水")
    assert (await site.states())[LEAK] == "open"


async def test_own_words_are_checked_while_they_are_written(
    open_page: OpenPage, site: Site
) -> None:
    page, box = await begin_own_words(open_page, site)
    await expect(box).to_be_focused()
    await box.fill("对不起，改成五星好评返您50元")
    await expect(page.locator(".verdict .chip.late")).to_contain_text("不能发")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".toast.late")).to_contain_text("不能发布")
    open_page.faults.clear()  # type: ignore[attr-defined] - the browser notes the refusal
    assert (await site.states())[LEAK] == "open"
    await box.fill("杯盖漏水弄湿了您的包，对不起。24小时内为您补发新杯盖，运费由我们承担。")
    await expect(page.locator(".verdict .chip.good")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".row")).to_have_count(2)
    assert (await site.states())[LEAK] == "approved"


async def test_own_words_survive_a_fresh_list_and_a_look_at_another_review(
    open_page: OpenPage, site: Site
) -> None:
    page, box = await begin_own_words(open_page, site)
    await box.fill("杯盖漏水，对不起。")
    await page.get_by_role("tab", name="好评").click()
    await page.get_by_role("tab", name="待回复").click()
    await expect(page.locator(".row")).to_have_count(3)
    await expect(box).to_have_value("杯盖漏水，对不起。")
    await expect(box).to_be_visible()
    await page.locator(".row").nth(1).click()
    await expect(page.locator("blockquote")).not_to_contain_text("漏水")
    await expect(box).to_be_hidden()
    await page.locator(".row").first.click()
    await expect(box).to_have_value("杯盖漏水，对不起。")


async def test_what_is_written_stands_above_the_bar_with_what_the_check_says(
    open_page: OpenPage, site: Site
) -> None:
    page, box = await begin_own_words(open_page, site, width=1280, height=640)
    await box.fill("对不起，改成五星好评返您50元")
    await expect(page.locator(".verdict .chip.late")).to_be_in_viewport(ratio=1)
    lowest = "(() => { const of = (name) => document.querySelector(name).getBoundingClientRect();"
    assert await page.evaluate(f"{lowest} return of('.own').bottom <= of('.bar').top + 1 }})()")


async def test_who_may_not_approve_is_told_why(open_page: OpenPage, site: Site) -> None:
    page = await enter(open_page, site, query="?flag=safety")
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator(".bar .why")).to_contain_text("组长")
    await expect(page.get_by_role("button", name="批准")).to_be_disabled()
    await page.keyboard.press("a")
    await expect(page.locator(".toast")).to_contain_text("组长")
    lead = await enter(open_page, site, Role.LEAD, query="?flag=safety")
    await expect(lead.get_by_role("button", name="批准")).to_be_enabled()


async def test_somebody_else_was_faster(open_page: OpenPage, site: Site) -> None:
    first, second = await enter(open_page, site), await enter(open_page, site, Role.LEAD)
    open_page.faults.clear()  # type: ignore[attr-defined]
    for page in (first, second):
        await expect(page.locator("blockquote")).to_contain_text("漏水")
        await expect(page.locator(".bar")).to_be_visible()
    await first.keyboard.press("a")
    await expect(first.locator(".row")).to_have_count(2)
    await second.keyboard.press("a")
    await expect(second.locator(".toast.late")).to_contain_text("测试operator")
    # The browser notes the refused request in its console; that is what this test is about.
    open_page.faults.clear()  # type: ignore[attr-defined]


async def test_place_and_filters_live_in_the_address(open_page: OpenPage, site: Site) -> None:
    page = await enter(open_page, site)
    await page.keyboard.press("j")
    await expect(page.locator("blockquote")).not_to_contain_text("漏水")
    await page.fill("input[name=search]", "物流")
    await expect(page.locator(".row")).to_have_count(1)
    assert "search=" in page.url
    await page.reload()
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator("input[name=search]")).to_have_value("物流")
    await page.fill("input[name=search]", "没有这样的话")
    await expect(page.locator(".rows .state")).to_contain_text("没有符合条件的评价")


async def test_bulk_approval_leaves_the_grave_one(open_page: OpenPage, site: Site) -> None:
    page = await enter(open_page, site)
    await page.get_by_role("button", name="选中 2 条").click()
    await page.get_by_role("button", name="批准选中的 2 条").click()
    await expect(page.locator(".toast")).to_contain_text("批准了 2 条")
    await expect(page.locator(".row")).to_have_count(1)
    assert sorted((await site.states()).values()) == ["approved", "approved", "open"]
    await expect(page.locator(".opened .why")).to_contain_text("组长")  # the next one is open


async def test_bulk_approval_can_be_taken_back(open_page: OpenPage, site: Site) -> None:
    page = await enter(open_page, site)
    await page.get_by_role("button", name="选中 2 条").click()
    await page.get_by_role("button", name="批准选中的 2 条").click()
    await page.locator(".toast", has_text="批准了 2 条").get_by_role("button", name="撤销").click()
    await expect(page.locator(".toast", has_text="撤回了 2 条")).to_be_visible()
    await expect(page.locator(".row")).to_have_count(3)
    assert set((await site.states()).values()) == {"open"}


async def test_a_dropped_file_is_mapped_and_lands(
    open_page: OpenPage, site: Site, tmp_path: Path
) -> None:
    page = await enter(open_page, site)
    day = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    table = (
        "评论ID,商品ID,评分,评论内容,评论时间\n"
        f"91,CUP,1,<b>一星</b> 杯子开裂太差劲了,{day}\n92,CUP,9,x,{day}\n"
    )
    file = tmp_path / "拼多多.csv"
    file.write_bytes(table.encode("gb18030"))
    await page.set_input_files("input[type=file]", file)
    box = page.locator("dialog")
    await expect(box).to_contain_text("GB18030")
    await expect(box.locator(".tried")).to_contain_text("第 3 行")
    await expect(box.locator(".tried")).to_contain_text("<b>一星</b>")
    # A day without a clock is that day in China, not the one before in Greenwich.
    await expect(box.locator(".tried")).to_contain_text(f"{int(day[8:])}日 00:00")
    assert await axe(page) == []
    await box.get_by_role("button", name="开始导入").click()
    card = page.locator(".import-card")
    await expect(card).to_contain_text("新增 1", timeout=60_000)
    await expect(card.get_by_role("link", name="下载行号和原因")).to_be_visible()
    async with asyncio.timeout(5):
        assert any("杯子开裂" in text for text in await site.states())


async def test_nothing_is_imported_before_the_reviews_are_named(
    open_page: OpenPage, site: Site, tmp_path: Path
) -> None:
    page = await enter(open_page, site, width=390, height=844)
    file = tmp_path / "strange.csv"
    file.write_text("甲,乙,丙\nA1,盖子漏水,保温杯子\nA2,真不错,保温杯子\n", encoding="utf-8")
    await page.set_input_files("input[type=file]", file)
    box = page.locator("dialog")
    start = box.get_by_role("button", name="开始导入")
    await expect(box.locator(".tried")).to_contain_text("评价内容")
    await expect(start).to_be_disabled()
    await expect(box.get_by_text("盖子漏水")).to_be_visible()  # samples, on a phone too
    await box.get_by_label("“乙”是").select_option("text")
    await expect(start).to_be_enabled()
    await expect(box.locator(".tried")).to_contain_text("盖子漏水")
    await start.click()
    card = page.locator(".import-card")
    await expect(card.get_by_role("link", name="看这次导入的评价")).to_be_visible(timeout=60_000)
    await card.get_by_role("link", name="看这次导入的评价").click()
    await expect(page.locator(".row")).to_have_count(2, timeout=20_000)
    await expect(page.locator(".held")).to_contain_text("这次导入的")


async def test_a_paused_import_is_shown_again_and_goes_on(
    open_page: OpenPage, site: Site, tmp_path: Path
) -> None:
    page = await enter(open_page, site)
    file = tmp_path / "r.csv"
    file.write_text("评价编号,评价内容\n1,盖子漏水\n", encoding="utf-8")
    await page.set_input_files("input[type=file]", file)
    await page.get_by_role("button", name="开始导入").click()
    card = page.locator(".import-card")
    await expect(card).to_contain_text("新增 1", timeout=60_000)
    async with site.database.write() as session:
        stopped = await session.scalar(
            select(DbReviewImport).where(DbReviewImport.state == ImportState.DONE)
        )
        assert stopped is not None
        stopped.state, stopped.rows_read, stopped.progress = ImportState.PAUSED, 0, 0.5
    await page.reload()
    await expect(card).to_contain_text("已暂停", timeout=20_000)
    await card.get_by_role("button", name="继续导入").click()
    await expect(card).to_contain_text("已有 1", timeout=60_000)
    await expect(card).not_to_contain_text("已暂停")


async def test_a_phone_shows_the_drafts_before_the_order(open_page: OpenPage, site: Site) -> None:
    page = await enter(open_page, site, width=390, height=844)
    await page.locator(".row").first.click()
    draft, facts = page.locator(".draft").first, page.locator(".evidence dl")
    await expect(draft).to_be_in_viewport()
    await expect(facts).to_be_hidden()
    await page.get_by_text("订单和依据").click()
    await expect(facts).to_be_visible()
    await page.set_viewport_size({"width": 1440, "height": 900})
    await expect(page.get_by_text("订单和依据")).to_be_hidden()
    await expect(facts).to_be_visible()


async def test_publishing_a_whole_list_is_asked_for_once_more(
    open_page: OpenPage, site: Site
) -> None:
    page = await enter(open_page, site)
    await page.get_by_role("button", name="选中 2 条").click()
    await page.get_by_role("button", name="批准选中的 2 条").click()
    await expect(page.locator(".row")).to_have_count(1)
    await page.locator("#view-approved").click()
    for answer, states in (("取消", ["approved"] * 2), ("都已发布", ["published"] * 2)):
        await page.get_by_role("button", name="这 2 条都已发布").click()
        box = page.locator("dialog")
        await expect(box).to_contain_text("不能撤销")
        await box.get_by_role("button", name=answer, exact=True).click()
        await expect(box).to_be_hidden()
        if answer == "都已发布":
            await expect(page.locator(".toast", has_text="2 条标为已发布")).to_be_visible()
        assert sorted((await site.states()).values()) == sorted([*states, "open"])


@pytest.mark.parametrize(
    "view",
    [
        pytest.param({"width": 1440, "height": 900, "color_scheme": "light"}, id="wide-light"),
        pytest.param({"width": 1280, "height": 800, "color_scheme": "dark"}, id="middle-dark"),
        pytest.param({"width": 390, "height": 844, "color_scheme": "light"}, id="narrow-light"),
        pytest.param({"width": 390, "height": 844, "color_scheme": "dark"}, id="narrow-dark"),
    ],
)
async def test_axe_finds_nothing(open_page: OpenPage, site: Site, view: dict[str, Any]) -> None:
    page = await enter(open_page, site, **view)
    if view["width"] > 900:
        await expect(page.locator(".bar")).to_be_visible()
    assert await axe(page) == []
    await page.locator(".row").first.click()
    await expect(page.locator(".bar")).to_be_visible()
    await page.keyboard.press("e")
    await expect(page.locator(".verdict .chip")).to_be_visible()
    assert await axe(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide


async def test_nothing_to_do_and_a_broken_list_are_designed(
    open_page: OpenPage, site: Site
) -> None:
    page = await enter(open_page, site)
    await page.get_by_role("tab", name="待发布").click()
    await expect(page.locator(".rows .state")).to_contain_text("没有等着发布的回复")
    assert await axe(page) == []
    await page.route("**/api/reviews?*", lambda route: route.abort())
    await page.get_by_role("tab", name="好评").click()
    await expect(page.locator(".rows .state")).to_contain_text("列表没读出来")
    assert await axe(page) == []
