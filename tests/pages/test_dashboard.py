"""The managers' dashboard in a real browser over the real server and its demo history."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from python_calamine import CalamineWorkbook

from reports.alarm_rules import read_alarm_policy
from reports.catching_up import catch_up
from reports.demo_history import seed_demo_history
from reports.measuring import Rules
from review_manager.tables import DbReview, DbReviewEvent
from server.app import create_app
from server.keys import DATABASE
from server.passwords import hash_password
from server.reports_desk import REPORTS
from server.settings import Settings
from shop.seed import seed_demo_shop
from sla.policies import read_policies
from storage.migrate import upgrade
from storage.sealed import Keyring, use_keyring
from storage.staff import DbStaff, Role
from storage.tables import new_id

ASPECT = {"aspect": "quality", "polarity": "negative", "text": "掉色", "start": 0, "end": 2}
PASSWORD = "correct horse battery"
VIEWS = [
    pytest.param({"width": 1440, "height": 900, "color_scheme": "light"}, id="wide-light"),
    pytest.param({"width": 390, "height": 844, "color_scheme": "dark"}, id="narrow-dark"),
]
Open = Callable[..., Awaitable[Page]]


class Shop:
    """A running server; `url` and the manager's session cookie."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url, self.cookie = url, cookie


async def start(closing: AsyncExitStack, folder: Path, *, filled: bool) -> Shop:
    settings = Settings(_env_file=None, var_dir=folder, demo=True)
    use_keyring(Keyring({1: b"d" * 32}, b"i" * 32))
    (folder / "secrets").mkdir()
    (folder / "secrets" / "keyring.json").write_text(Keyring({1: b"d" * 32}, b"i" * 32)._to_json())
    upgrade(settings.database)
    app = create_app(settings)
    now = datetime.now(UTC)
    app[REPORTS].now = now  # what a page says stays true while its links are followed
    async with app[DATABASE].write() as session:
        for login, role in (
            ("manager", Role.MANAGER),
            ("xiaolin", Role.AGENT),
            ("xiaozhou", Role.AGENT),
        ):
            session.add(
                DbStaff(
                    login=login,
                    name=login,
                    role=role,
                    password_hash=hash_password(PASSWORD),
                    created_at=now,
                )
            )
        if filled:
            await seed_demo_shop(session, now=now)
            await session.flush()
            await seed_demo_history(session, now=now)
            for hours, replied in ((30, 20), (40, 10), (50, None), (20, None), (60, 55)):
                await add_review(session, now, hours, replied)
    if filled:
        await catch_up(app[DATABASE], Rules(read_policies(), read_alarm_policy()), now=now)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    closing.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with ClientSession() as client:
        answer = await client.post(
            f"{url}/api/login", json={"login": "manager", "password": PASSWORD}
        )
        assert answer.status == 200
        return Shop(url, answer.cookies["kefu"].value)


async def add_review(session: Any, now: datetime, hours: float, replied: float | None) -> None:
    since, review = now - timedelta(hours=hours), new_id()
    at = None if replied is None else now - timedelta(hours=replied)
    session.add(DbReview(
        id=review, platform="taobao", content_key=review, content_hash=review, sku="QH-CL-001",
        text="掉色", posted_at=since, received_at=since, state="published" if at else "open",
        bad_since=since, due_at=since + timedelta(hours=24), replied_at=at,
        aspects=[ASPECT],
    ))  # fmt: skip
    await session.flush()
    session.add(DbReviewEvent(review_id=review, at=since, type="review_posted", actor="import"))
    if at:
        session.add(DbReviewEvent(review_id=review, at=at, type="reply_published", actor="staff:s"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop with the demo's two weeks behind it."""
    async with AsyncExitStack() as closing:
        yield await start(closing, tmp_path_factory.mktemp("shop"), filled=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop on its first day."""
    async with AsyncExitStack() as closing:
        yield await start(closing, tmp_path_factory.mktemp("empty"), filled=False)


@pytest.fixture
def look(open_page: Open) -> Open:
    """Open the dashboard of a shop as its manager, and wait until every part is drawn."""

    async def look_at(shop: Shop, query: str = "", **view: Any) -> Page:
        page = await open_page(f"{shop.url}/login", **view)
        await page.context.add_cookies([{"name": "kefu", "value": shop.cookie, "url": shop.url}])
        await page.goto(f"{shop.url}/dashboard{query}")
        await drawn(page)
        return page

    return look_at


async def drawn(page: Page) -> None:
    await page.wait_for_selector(".period:not(:empty)", state="attached", timeout=60_000)
    for _ in range(300):
        await page.wait_for_timeout(100)
        if not await page.locator("[aria-busy], .loading").count():
            return
    raise AssertionError("the dashboard is not drawn after half a minute")


async def findings(page: Page) -> list[str]:
    results: Any = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("view", VIEWS)
async def test_axe_finds_nothing(look: Open, shop: Shop, view: dict[str, Any]) -> None:
    page = await look(shop, **view)
    assert await findings(page) == []
    await page.locator(".figure-card .big a").first.click()
    await page.wait_for_selector("dialog[open] tbody tr")
    assert await findings(page) == []


async def test_an_empty_shop_says_that_there_is_nothing_yet(look: Open, empty_shop: Shop) -> None:
    page = await look(empty_shop)
    assert await page.get_by_text("这段时间没有数据").count()
    assert await page.get_by_text("这段时间没有会话").is_visible()
    assert await page.get_by_text("这段时间没有差评").is_visible()
    assert await page.get_by_text("0.0%").count() == 0
    assert await findings(page) == []


async def test_nothing_is_wider_than_a_phone(look: Open, shop: Shop) -> None:
    page = await look(shop, width=390, height=844)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_figure_opens_to_as_many_cases_as_it_says(look: Open, shop: Shop) -> None:
    page = await look(shop)
    card = page.locator(".figure-card", has_text="差评 24 小时内回复")
    await card.get_by_role("link", name="2 个").first.click()
    await page.wait_for_selector("dialog[open] tbody tr")
    assert await page.locator("dialog h2").inner_text() == "对应的个案（2 个）"
    assert await page.locator("dialog tbody tr").count() == 2
    href = await page.locator("dialog tbody a").first.get_attribute("href")
    assert href is not None
    assert href.startswith("/reviews?review=")
    address = page.url
    await page.keyboard.press("Escape")
    await page.wait_for_url(lambda url: "cases=" not in url)
    await page.goto(address)
    await page.wait_for_selector("dialog[open] tbody tr")
    assert await page.locator("dialog tbody tr").count() == 2


FOLLOW = """async ([hrefs, paths]) => {
  const { question } = await import('/assets/dashboard/view.js');
  const counted = [];
  for (const href of hrefs) {
    const asked = new URLSearchParams(new URL(href, location.href).searchParams.get('cases'));
    const { of, n, ...choice } = Object.fromEntries(asked);
    const query = new URLSearchParams({ ...(choice.always ? {} : question()), ...choice });
    const answer = await fetch(`/api/reports/${paths[of]}?${query}`);
    counted.push([asked.toString(), n ?? null, (await answer.json()).total ?? answer.status]);
  }
  return counted;
}"""
LISTS = {
    "clocks": "cases",
    "chats": "chat-cases",
    "promises": "promise-cases",
    "causes": "cause-cases",
}


@pytest.mark.parametrize(
    "query",
    [
        "?clock=house_human_first/handoff_response",
        "?days=30&clock=house_review_reply/review_reply",
        "?platform=taobao&clock=house_human_next/human_next_response",
    ],
)
async def test_every_figure_opens_to_as_many_cases_as_it_says(
    look: Open, shop: Shop, query: str
) -> None:
    page = await look(shop, query)
    hrefs = await page.evaluate(
        "[...document.querySelectorAll('main a')].map((a) => a.getAttribute('href'))"
    )
    links = sorted({href for href in hrefs if href and "cases=" in href})
    counted = await page.evaluate(FOLLOW, [links, LISTS])
    kinds = {asked.split("&")[0] for asked, _n, _total in counted}
    assert kinds == {f"of={name}" for name in LISTS}
    assert len(counted) > 60
    assert [one for one in counted if one[1] is None or int(one[1]) != one[2]] == []


async def test_a_link_keeps_period_and_filters(look: Open, shop: Shop) -> None:
    page = await look(shop)
    await page.get_by_label("平台", exact=True).select_option("taobao")
    await page.get_by_label("时间段").select_option("30")
    await drawn(page)
    assert "platform=taobao" in page.url
    assert "days=30" in page.url
    again = await look(shop, "?" + page.url.split("?")[1])
    assert await again.get_by_label("平台", exact=True).input_value() == "taobao"
    assert await again.get_by_label("时间段").input_value() == "30"


async def test_every_chart_has_its_table_and_exports(look: Open, shop: Shop) -> None:
    page = await look(shop)
    charts = page.locator("figure.chart")
    assert await charts.count() > 12
    for place in range(await charts.count()):
        chart = charts.nth(place)
        assert await chart.locator("figcaption strong").inner_text()
        assert await chart.locator(".figures table").count() == 1
        assert await chart.locator(".export").count() == 1
    taken = {kind: await export(page, charts.first, kind) for kind in ("CSV", "XLSX", "PNG")}
    rows = list(csv.reader(io.StringIO(taken["CSV"].decode("utf-8-sig"))))
    assert any(row[0] == "差评 24 小时内回复" for row in rows)
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken["XLSX"]))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == [row[0] for row in rows]
    assert isinstance(sheet[1][1], float)
    assert taken["PNG"].startswith(b"\x89PNG")
    assert len(taken["PNG"]) > 5_000


async def export(page: Page, chart: Any, kind: str) -> bytes:
    await chart.locator(".export summary").click()
    async with page.expect_download() as waiting:
        await chart.locator(".export button", has_text=kind).click()
    path = await (await waiting.value).path()
    return Path(path).read_bytes()


async def test_a_simulation_is_called_one(look: Open, shop: Shop) -> None:
    page = await look(shop)
    part = page.locator("[data-part='what-if']")
    await part.get_by_label("咨询量（倍）").fill("3")
    await part.get_by_role("button", name="模拟").click()
    await part.locator("figure.chart").wait_for()
    title = await part.locator("figcaption strong").inner_text()
    assert title.startswith("模拟：")
    assert "不是实际数据" in await part.locator("figcaption small").inner_text()
    assert await part.get_by_text("模拟：照原样重演").count()


async def test_shifts_are_tried_out_and_saved_on_the_page(look: Open, shop: Shop) -> None:
    page = await look(shop)
    part, cell = page.locator("[data-part='roster']"), page.get_by_label("xiaolin 周一")
    assert await cell.input_value() == "08:00-17:00"
    await cell.fill("8点到5点")
    row = part.locator("tr", has=cell)
    await row.get_by_role("button", name="保存").click()
    assert await cell.get_attribute("aria-invalid") == "true"
    await cell.fill("09:00-12:00 13:00-24:00")
    await part.get_by_role("button", name="去模拟").click()
    simulation = page.locator("[data-part='what-if']")
    assert await simulation.get_by_label("谁在岗").input_value() == "draft"
    await simulation.get_by_role("button", name="模拟").click()
    await simulation.locator("figure.chart").wait_for()
    await row.get_by_role("button", name="保存").click()
    await page.get_by_text("xiaolin的排班已保存").wait_for()
    again = await look(shop)
    assert await again.get_by_label("xiaolin 周一").input_value() == "09:00-12:00 13:00-24:00"


async def test_the_causes_of_lateness_add_up_on_the_page(look: Open, shop: Shop) -> None:
    page = await look(shop, "?clock=house_human_first/handoff_response")
    note = await page.locator(".chart-card", has_text="超时的时间花在了哪里").first.inner_text()
    assert "合计正好相等" in note
    shares = await page.locator(".causes summary").all_inner_texts()
    percents = [float(text.split("（")[1].split("%")[0]) for text in shares]
    assert sum(percents) == pytest.approx(100, abs=0.3)


async def test_paper_gets_the_figures_and_no_buttons(look: Open, shop: Shop) -> None:
    page = await look(shop)
    await page.emulate_media(media="print")
    assert not await page.locator(".filters").is_visible()
    assert not await page.locator(".export").first.is_visible()
    assert await page.locator(".figure-card .big").first.is_visible()
    assert not await page.get_by_text("拿改动后的排班去模拟").is_visible()
    assert not await page.locator("[data-part=what-if]").is_visible()  # nothing was simulated
    assert len(await page.pdf(format="A4")) > 20_000


async def test_charts_are_drawn_for_the_paper_and_then_for_the_screen_again(
    look: Open, shop: Shop
) -> None:
    page = await look(shop, "?platform=taobao")
    await page.locator(".plot-box svg").first.wait_for()
    widths = "[...document.querySelectorAll('.plot-box svg')].map((one) => one.width.baseVal.value)"
    on_screen = await page.evaluate(widths)
    assert max(on_screen) > 640
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert set(await page.evaluate(widths)) == {640}
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert await page.evaluate(widths) == on_screen
    await page.emulate_media(media="print")  # what narrows the figures down stands on the paper
    assert await page.locator(".filters .pick:has(.chosen)").is_visible()
    assert not await page.get_by_role("button", name="打印").is_visible()


async def test_an_open_list_of_cases_is_printed_alone_and_fits_a_phone(
    look: Open, shop: Shop
) -> None:
    page = await look(shop)
    await page.locator(".figure-card .big a, .figure-card a.big").first.click()
    await page.locator(".cases tbody tr").first.wait_for()
    await page.emulate_media(media="print")
    assert not await page.locator(".dashboard").is_visible()
    assert await page.locator(".cases tbody tr").first.is_visible()
    await page.emulate_media(media="screen")
    await page.set_viewport_size({"width": 390, "height": 844})
    scroll = "(() => { const one = document.querySelector('.cases .scroll');"
    assert await page.evaluate(f"{scroll} return one.scrollWidth <= one.clientWidth }})()")
    named = (
        await page.locator(".cases tbody tr").first.locator("td").first.get_attribute("data-name")
    )
    assert named == "时限"


async def test_the_bell_lists_what_rang(look: Open, shop: Shop) -> None:
    page = await look(shop)
    await page.locator(".alarms summary .chip:not([hidden])").wait_for(timeout=30_000)
    await page.locator(".alarms summary").click()
    assert await page.locator(".alarms li").count() > 0
    assert await findings(page) == []
