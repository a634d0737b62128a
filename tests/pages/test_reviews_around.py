"""The insights view and the invited customer's page in a real browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from sqlalchemy import update
from test_reviews import (  # noqa: F401 - the fixture is asked for by name
    LEAK,
    PASSWORD,
    Site,
    enter,
    site,
)

from review_manager.invitations import hand_out, plan_invitations
from review_manager.tables import DbImprovement, DbReview
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbProduct
from storage.staff import Role

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cf"
    "c000000301010018dd8db00000000049454e44ae426082"
)
VIEWS = [
    pytest.param({"width": 1440, "height": 900, "color_scheme": "light"}, id="wide-light"),
    pytest.param({"width": 390, "height": 844, "color_scheme": "dark"}, id="narrow-dark"),
]


async def axe(page: Page) -> list[str]:
    results: Any = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def invited(site: Site) -> str:  # noqa: F811
    """The link of an invitation for a cup bought last week."""
    now = datetime.now(UTC)
    async with site.database.write() as session:
        session.add(
            DbProduct(
                sku="CUP", name="保温杯", category="home", price_fen=1, stock=1, picture="flask.svg"
            )
        )
        session.add(DbCustomer(id="C1", nickname="小芳", registered_at=now, marketing_consent=True))
        await session.flush()
        signed = now - timedelta(days=4)
        session.add(
            DbOrder(
                id="O1",
                number="86",
                customer_id="C1",
                platform="house",
                status="signed",
                placed_at=signed,
                signed_at=signed,
            )
        )
        await session.flush()
        session.add(DbOrderItem(order_id="O1", sku="CUP", quantity=1, unit_price_fen=1, paid_fen=1))
        await session.flush()
        noon = now.replace(hour=4)
        await plan_invitations(session, now=noon)
        (out,) = await hand_out(session, link="x/invite", shop="店", now=noon)
    return f"{site.url}/invite/" + out.text.split("/invite/")[1].split()[0]


@pytest.mark.parametrize("view", VIEWS)
async def test_what_reviews_say(open_page, site: Site, view: dict[str, Any]) -> None:  # noqa: F811
    now = datetime.now(UTC)
    async with site.database.write() as session:
        session.add(
            DbImprovement(
                sku=None, aspect="quality", owner="质检组", plan="加测密封圈", state="open",
                opened_by="test", opened_at=now, due_at=now + timedelta(days=3),
            )
        )  # fmt: skip
        await session.execute(update(DbReview).values(sku="CUP"))
    page = await enter(open_page, site, **view)
    await page.get_by_role("button", name="评价说了什么").click()
    await expect(page.locator(".insight-table tbody tr")).to_have_count(1, timeout=20_000)
    await expect(page.locator(".mended")).to_contain_text("质检组")
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("button", name="改好了").click()
    await page.get_by_role("button", name="已生效").click()
    await expect(page.locator(".mended")).to_contain_text("评价太少，还不能下结论")
    await expect(page.locator(".mended .interval")).to_have_count(1)  # nothing was reviewed since
    await page.get_by_role("button", name="改生效日期").click()
    day = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}"
    await page.locator("input[name=since]").fill(day)
    await page.get_by_role("button", name="已生效").click()
    await expect(page.locator(".mended")).to_contain_text("之后100.0%（3 条评价里 3 条抱怨）")
    assert await axe(page) == []
    await page.locator(".insight-table").get_by_role("link", name="3", exact=True).click()
    await expect(page.locator(".row")).to_have_count(3, timeout=20_000)
    await page.go_back()
    await expect(page.locator(".insights")).to_be_visible()


async def test_signals_are_asked_for_and_mostly_not_enough(open_page, site: Site) -> None:  # noqa: F811
    page = await enter(open_page, site)
    await page.locator("summary", has_text="可疑信号与证据").click()
    await expect(page.locator(".signals")).to_contain_text("证据不足")
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="下载证据包").click()
    download = await saved.value
    from review_manager.evidence.pack import verify_pack

    assert verify_pack(Path(await download.path()))["snapshots"] == 1
    assert await axe(page) == []


@pytest.mark.parametrize("view", VIEWS)
async def test_an_invited_customer_writes_and_gets_the_coupon(
    open_page,
    site: Site,  # noqa: F811
    invited: str,
    view: dict[str, Any],
) -> None:
    page = await open_page(invited, **view)
    await expect(page.locator(".disclosed")).to_contain_text("与评几星、写什么无关")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await axe(page) == []
    await page.get_by_text("2 星", exact=True).click()
    await page.fill("textarea", "杯盖有点松，保温可以")
    photo = {"name": "cup.png", "mimeType": "image/png", "buffer": PNG}
    await page.set_input_files("#photos", [photo])
    await expect(page.locator(".photo")).to_have_count(1)
    await expect(page.locator(".hint")).to_have_text("已加 1 张。")
    assert await axe(page) == []
    await page.get_by_role("button", name="提交").click()
    await expect(page.locator(".state")).to_contain_text("收到了")
    assert await axe(page) == []
    from sqlalchemy import select

    async with site.database.read() as session:
        review = await session.scalar(select(DbReview).where(DbReview.order_number == "86"))
    assert review is not None
    assert review.stars == 2
    assert len(review.images) == 1
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_what_could_not_be_sent_says_why_and_is_sent_again(open_page, site: Site) -> None:  # noqa: F811
    from sqlalchemy import select, update

    from review_manager.tables import DbReply, DbReview

    now = datetime.now(UTC)
    async with site.database.write() as session:
        review_id = await session.scalar(select(DbReview.id).where(DbReview.external_id == "R1"))
        await session.execute(
            update(DbReview).where(DbReview.id == review_id).values(state="failed")
        )
        await session.execute(
            update(DbReply)
            .where(DbReply.review_id == review_id)
            .values(approved_at=now, failure="平台接口维护中")
        )
    page = await open_page(f"{site.url}/login?next=/reviews?view=approved")

    async def pushed(route) -> None:
        answer = await route.fetch()
        told = await answer.json()
        told["replies"]["pushed"] = True
        await route.fulfill(response=answer, json=told)

    await page.route("**/api/reviews/sending", pushed)
    await page.fill("input[name=login]", Role.OPERATOR)
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".bar .why")).to_contain_text("没有发成：平台接口维护中")
    await expect(page.get_by_role("button", name="重发没发成的 1 条")).to_be_visible()
    assert await axe(page) == []
    await page.keyboard.press("r")
    await expect(page.locator(".bar .why")).to_contain_text("可撤回，之后自动发布")
    assert (await site.states())[LEAK] == "approved"


async def test_a_draft_says_who_worded_it_and_why_not_the_model(open_page, site: Site) -> None:  # noqa: F811
    from sqlalchemy import select

    from review_manager.tables import DbReply, DbReview

    async with site.database.write() as session:
        reply = await session.scalar(
            select(DbReply)
            .join(DbReview, DbReview.id == DbReply.review_id)
            .where(DbReview.external_id == "R1")
        )
        assert reply is not None
        notes = (
            {"source": "model", "model": "local-7b"},
            {"source": "template", "model": "local-7b", "why": "timeout"},
        )
        noted = [
            {**draft, "wording": note} for draft, note in zip(reply.drafts, notes, strict=False)
        ]
        reply.drafts = [*noted, *reply.drafts[len(notes) :]]
    page = await enter(open_page, site)
    feet = page.locator(".draft footer")
    await expect(feet.nth(0)).to_contain_text("AI 措辞")
    await expect(feet.nth(1)).to_contain_text("模板：模型超时")
    await expect(feet.nth(2)).not_to_contain_text("模板")
