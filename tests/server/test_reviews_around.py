"""What reviews say, improvements, signals, evidence and invitations over a real server."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from python_calamine import load_workbook
from sqlalchemy import select

from review_manager.analysis import Aspect, AspectFinding, Polarity, Sentiment
from review_manager.analysis.findings import Analysis
from review_manager.evidence.pack import verify_pack
from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.invitations import hand_out, plan_invitations
from review_manager.judging import judge
from review_manager.tables import DbImprovement, DbReview
from server.keys import DATABASE
from shop.tables import DbCoupon, DbCustomer, DbOrder, DbOrderItem, DbProduct
from storage.staff import Role

SAID = Analysis(
    polarity=Polarity.NEGATIVE,
    p_negative=0.97,
    sentiment=Sentiment.NEGATIVE,
    aspects=(AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "漏水", 2, 4),),
    safety=False,
    threat=False,
    misclick=False,
    hidden_bad=False,
)


async def stock(client: TestClient, moment: datetime) -> str:
    """A cup, its buyer, and her bad review of an hour ago; gives the review's id."""
    async with client.app[DATABASE].write() as session:
        cup = DbProduct(sku="CUP", name="=保温杯", category="home", price_fen=9900, stock=1)
        cup.supplier = "示例杯厂"
        customer = DbCustomer(
            id="C1", nickname="小芳", registered_at=moment, marketing_consent=True
        )
        session.add_all([cup, customer])
        await session.flush()
        signed = moment - timedelta(days=4)
        order = DbOrder(
            id="O1", number="860000000000000001", customer_id="C1", platform="house",
            status="completed", placed_at=moment - timedelta(days=6), signed_at=signed,
            paid_at=moment - timedelta(days=6), paid_fen=9900,
        )  # fmt: skip
        session.add(order)
        await session.flush()
        item = DbOrderItem(order_id="O1", sku="CUP", quantity=1, unit_price_fen=9900, paid_fen=9900)
        session.add(item)
        read = ReadReview(
            line=1, platform="house", text="杯盖漏水，包里全湿了", stars=1, sku="CUP",
            posted_at=moment - timedelta(hours=1), external_id="R1",
        )  # fmt: skip
        judged = [JudgedReview(read, judge(SAID, stars=1))]
        await land(session, judged, import_id=None, actor="test", now=moment)
        return str(await session.scalar(select(DbReview.id)))


async def ask(client: TestClient, method: str, path: str, **more: Any) -> tuple[int, Any]:
    answer = await client.request(method, path, **more)
    return answer.status, await answer.json()


async def test_what_reviews_say(client: TestClient, log_in) -> None:
    await stock(client, datetime.now(UTC))
    await log_in(Role.OPERATOR)
    status, said = await ask(client, "GET", "/api/reviews/insights")
    (line,) = said["lines"]
    assert (status, line["bad"], line["sold"], line["complaints"]) == (200, 1, 1, {"quality": 1})
    assert (said["bad_reviews"]["now"], said["bad_reviews"]["before"]) == (1, 0)
    _, by_supplier = await ask(client, "GET", "/api/reviews/insights?by=supplier")
    assert by_supplier["lines"][0]["name"] == "示例杯厂"
    for query in ("by=x", "from=2026-12-01&to=2026-11-01", "from=yesterday", "z=1"):
        assert (await client.get(f"/api/reviews/insights?{query}")).status == 422


async def test_invitations_leave_as_a_table_or_say_why_not(client: TestClient, log_in) -> None:
    await stock(client, datetime.now(UTC))
    csrf = await log_in(Role.OPERATOR)
    path = "/api/reviews/invitations/export"
    assert (await client.post(path)).status == 403
    await _consent(client, False)
    status, told = await ask(client, "POST", path, headers=csrf)
    assert (status, "1 单的买家没有同意接收" in told["detail"]) == (409, True), told
    await _consent(client, True)
    answer = await client.post(path, headers=csrf)
    if answer.status == 409:  # this runs in the quiet hours of the night
        assert "免打扰" in (await answer.json())["detail"]
        return
    table = (await answer.read()).decode("utf-8-sig")
    assert table.splitlines()[0] == "订单号,顾客,邀请内容"
    assert "860000000000000001" in table
    assert "/invite/" in table
    assert (await client.post(path, headers=csrf)).status == 409  # each is written once


async def _consent(client: TestClient, given: bool) -> None:
    async with client.app[DATABASE].write() as session:
        customer = await session.get(DbCustomer, "C1")
        customer.marketing_consent = given


async def test_a_risen_word_leads_to_the_very_reviews(client: TestClient, log_in) -> None:
    now = datetime.now(UTC)
    leaks = [f"第{number}个杯盖漏水，客服不错" for number in range(8)]
    other = [f"第{number}次都是屏幕偏色" for number in range(12)]
    clauses = [(text, text.split("，")[0], now - timedelta(hours=3)) for text in leaks]
    clauses += [(text, text, now - timedelta(days=15)) for text in other]
    async with client.app[DATABASE].write() as session:
        for number, (text, clause, posted_at) in enumerate(clauses):
            finding = AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, clause, 0, len(clause))
            read = ReadReview(
                line=1, platform="jd", text=text, stars=1, posted_at=posted_at,
                external_id=f"W{number}",
            )  # fmt: skip
            judged = [JudgedReview(read, judge(replace(SAID, aspects=(finding,)), stars=1))]
            await land(session, judged, import_id=None, actor="test", now=now)
    await log_in(Role.OPERATOR)
    _, said = await ask(client, "GET", "/api/reviews/insights")
    assert said["rising"] == [{"word": "杯盖漏水", "now": 8, "before": 0}]
    since = said["bad_reviews"]["since"]
    query = {"view": "all", "flag": "bad", "since": since, "search": said["rising"][0]["word"]}
    _, listed = await ask(client, "GET", "/api/reviews", params=query)
    assert {row["text"] for row in listed["rows"]} == set(leaks)
    _, listed = await ask(client, "GET", "/api/reviews", params=query | {"search": "客服 漏水"})
    assert listed["counts"]["all"] == 8
    _, listed = await ask(client, "GET", "/api/reviews", params=query | {"search": "客服 偏色"})
    assert listed["counts"]["all"] == 0
    for bad in ("yesterday", "1999-12-31", "2026-02-30"):
        query["since"] = bad
        assert (await client.get("/api/reviews", params=query)).status == 422


async def test_the_workbook_opens_and_holds_no_formula(client: TestClient, log_in) -> None:
    await stock(client, datetime.now(UTC))
    await log_in(Role.OPERATOR)
    content = await (await client.get("/api/reviews/insights.xlsx")).read()
    book = load_workbook(io.BytesIO(content))
    assert book.sheet_names == ["商品", "供应商", "快递"]
    header, row = book.get_sheet_by_name("商品").to_python()
    assert header[:3] == ["编码", "名称", "供应商"]
    assert row[1] == "'=保温杯"


async def test_an_improvement_moves_and_only_one_person_moves_it(
    client: TestClient, log_in
) -> None:
    moment = datetime.now(UTC)
    await stock(client, moment)
    async with client.app[DATABASE].write() as session:
        session.add(
            DbImprovement(
                sku="CUP", aspect="quality", owner="质检组", plan="加测密封圈", state="open",
                opened_by="test", opened_at=moment,
            )
        )  # fmt: skip
    csrf = await log_in(Role.OPERATOR)
    _, listed = await ask(client, "GET", "/api/reviews/improvements")
    (item,) = listed["improvements"]
    assert (item["product"], item["proof"]) == ("=保温杯", "not_enough")
    path, body = f"/api/reviews/improvements/{item['id']}", {"revision": 1, "state": "done"}
    status, done = await ask(client, "PATCH", path, json=body, headers=csrf)
    assert (status, done["state"], bool(done["effective_at"])) == (200, "done", True)
    assert (await client.patch(path, json=body, headers=csrf)).status == 409
    future = {"revision": 2, "effective_at": (moment + timedelta(days=1)).isoformat()}
    assert (await client.patch(path, json=future, headers=csrf)).status == 422


async def test_signals_and_evidence(client: TestClient, log_in) -> None:
    review_id = await stock(client, datetime.now(UTC))
    csrf = await log_in(Role.OPERATOR)
    status, found = await ask(client, "GET", f"/api/reviews/{review_id}/signals")
    assert (status, found["outcome_text"], found["signals"]) == (200, "证据不足", [])
    answer = await client.post(f"/api/reviews/{review_id}/evidence", headers=csrf)
    assert answer.content_type == "application/zip"
    checked = verify_pack(io.BytesIO(await answer.read()))
    assert checked["head"] == answer.headers["X-Chain-Head"]
    assert (await client.post(f"/api/reviews/{review_id}/evidence")).status == 403


async def invited(client: TestClient) -> str:
    moment = datetime.now(UTC)
    await stock(client, moment)
    async with client.app[DATABASE].write() as session:
        review = (await session.scalars(select(DbReview))).one()
        review.state = "published"
        noon = moment.replace(hour=4)  # never in the quiet hours, whenever the test runs
        await plan_invitations(session, now=noon)
        (out,) = await hand_out(session, link="https://s.example/invite", shop="店", now=noon)
    return out.text.split("/invite/")[1].split()[0]


@pytest.mark.parametrize("stars", [1, 5])
async def test_an_invited_review_lands_and_the_coupon_is_the_same(
    client: TestClient, stars: int
) -> None:
    token = await invited(client)
    assert (await client.get(f"/invite/{token}")).status == 200
    status, asked = await ask(client, "GET", f"/api/invitations/{token}")
    assert (status, asked["coupon_fen"]) == (200, 500)
    body = {"stars": stars, "text": "用了一周，保温可以", "photos": ["javascript:alert(1)"]}
    status, given = await ask(client, "POST", f"/api/invitations/{token}", json=body)
    assert (status, given["amount_fen"]) == (201, 500)
    assert (await client.post(f"/api/invitations/{token}", json=body)).status == 404
    async with client.app[DATABASE].read() as session:
        review = await session.scalar(select(DbReview).where(DbReview.text == body["text"]))
        coupons = (await session.scalars(select(DbCoupon))).all()
    assert review is not None
    assert (review.stars, review.images, len(coupons)) == (stars, [], 1)


async def test_opting_out_needs_no_log_in(client: TestClient) -> None:
    token = await invited(client)
    assert (await client.post(f"/api/invitations/{token}/stop")).status == 200
    async with client.app[DATABASE].read() as session:
        customer = await session.get(DbCustomer, "C1")
    assert customer is not None
    assert customer.marketing_consent is False
    assert (await client.get(f"/api/invitations/{token}")).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"stars": 0, "text": "x"},
        {"stars": 6, "text": "x"},
        {"stars": 5, "text": ""},
        {"stars": 5, "text": "漏" * 2001},
    ],
)
async def test_a_wrong_answer_uses_nothing_up(client: TestClient, body: dict[str, Any]) -> None:
    token = await invited(client)
    assert (await client.post(f"/api/invitations/{token}", json=body)).status == 422
    assert (await client.get(f"/api/invitations/{token}")).status == 200
