"""What leaves by itself over a real server: replies, invitations, failures, and the way back."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from desk.states import HandoffReason, Owner
from desk.tables import DbConversation, DbVisitor
from review_manager.analysis import Aspect, AspectFinding, Polarity, Sentiment
from review_manager.analysis.findings import Analysis
from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.invitations import InvitationState
from review_manager.judging import judge
from review_manager.sending import BadAddressError
from review_manager.tables import DbInvitation, DbReply, DbReview, DbReviewPhoto
from server import reviews_sending
from server.app import create_app
from server.chat_disputes import find_disputed
from server.keys import DATABASE
from server.passwords import hash_password
from server.settings import Settings
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbProduct
from storage.engine import Database
from storage.staff import DbStaff, Role

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
SECRET = "a secret of the shop"
FINE = "杯盖漏水弄湿了您的包，对不起。24小时内为您补发新杯盖，运费我们出，质检组会加测密封圈。"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cf"
    "c000000301010018dd8db00000000049454e44ae426082"
)


class Gateway:
    """The shop's endpoint: keeps what it got, answers as told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        return web.json_response({"detail": "平台不收"}, status=self.status)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/in", gateway.take)
    async with TestServer(app) as server:
        gateway.url = str(server.make_url("/in"))
        yield gateway


@pytest.fixture
async def client(
    gateway: Gateway, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestClient]:
    """A logged-in operator's browser on a server that pushes to the gateway."""
    monkeypatch.setattr(reviews_sending, "ROUND_SECONDS", 0.05)
    settings = Settings(
        _env_file=None,
        database_url=sqlite_url,
        var_dir=tmp_path,
        push_secret=SECRET,
        push_replies_url=gateway.url,
        push_invitations_url=gateway.url,
    )
    app = create_app(settings)
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as opened:
        async with app[DATABASE].write() as session:
            session.add(
                DbStaff(
                    login="op", name="小陈", role=Role.OPERATOR, password_hash=HASH,
                    created_at=datetime.now(UTC),
                )
            )  # fmt: skip
        await opened.post("/api/login", json={"login": "op", "password": PASSWORD})
        me = await (await opened.get("/api/me")).json()
        opened.session.headers["X-CSRF-Token"] = me["csrf"]
        yield opened


async def bad_review(database: Database) -> str:
    now = datetime.now(UTC)
    said = Analysis(
        polarity=Polarity.NEGATIVE, p_negative=0.97, sentiment=Sentiment.NEGATIVE,
        aspects=(AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "漏水", 2, 4),),
        safety=False, threat=False, misclick=False, hidden_bad=False,
    )  # fmt: skip
    read = ReadReview(
        line=1, platform="house", text="杯盖漏水，=1+1", stars=1, external_id="R1",
        posted_at=now - timedelta(hours=1),
    )  # fmt: skip
    async with database.write() as session:
        await land(
            session, [JudgedReview(read, judge(said, stars=1))], import_id=None, actor="t", now=now
        )
        return (await session.scalars(select(DbReview.id))).one()


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await met():
            await asyncio.sleep(0.05)


async def approved(client: TestClient) -> str:
    """Approve the reply to a bad review, half a minute ago."""
    database = client.app[DATABASE]
    review_id = await bad_review(database)
    body = {"revision": 1, "text": FINE}
    answer = await client.post(f"/api/reviews/{review_id}/approve", json=body)
    assert answer.status == 200, await answer.text()
    async with database.write() as session:
        earlier = datetime.now(UTC) - timedelta(seconds=31)
        await session.execute(update(DbReply).values(approved_at=earlier))
    return review_id


async def read(client: TestClient, review_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await (await client.get(f"/api/reviews/{review_id}")).json()
    return found


async def test_an_approved_reply_leaves_by_itself(client: TestClient, gateway: Gateway) -> None:
    review_id = await approved(client)

    async def is_out() -> bool:
        return (await read(client, review_id))["state"] == "published"

    await until(is_out)
    review = await read(client, review_id)
    assert review["sending"]["sent_at"]
    assert review["history"][-1]["actor"] == "push"
    assert [one["data"]["text"] for one in gateway.got] == [FINE]


async def test_a_dead_letter_is_seen_and_sent_again(client: TestClient, gateway: Gateway) -> None:
    gateway.status = 422
    review_id = await approved(client)

    async def has_failed() -> bool:
        return (await read(client, review_id))["state"] == "failed"

    await until(has_failed)
    review = await read(client, review_id)
    assert review["draft"]["failure"] == "平台不收"
    assert review["sending"]["dead"] is True
    standing = await (await client.get("/api/reviews/sending")).json()
    assert (standing["replies"]["pushed"], standing["replies"]["failed"]) == (True, 1)
    gateway.status = 200
    again = await client.post(
        f"/api/reviews/{review_id}/send-again", json={"revision": review["revision"]}
    )
    assert again.status == 200

    async def is_out() -> bool:
        return (await read(client, review_id))["state"] == "published"

    await until(is_out)
    stale = {"revision": review["revision"]}
    late = await client.post(f"/api/reviews/{review_id}/send-again", json=stale)
    assert late.status == 409
    assert (await (await client.post("/api/reviews/send-again")).json()) == {"sent": []}


async def test_an_invitation_goes_out_with_a_link_that_opens(
    client: TestClient, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, now = client.app[DATABASE], datetime.now(UTC)
    noon = now.replace(hour=4) + timedelta(days=1)  # not in quiet hours, and the clock runs on
    monkeypatch.setattr(reviews_sending, "_now", lambda: noon)
    monkeypatch.setattr(reviews_sending, "PLAN_EVERY", timedelta(0))
    signed = noon - timedelta(days=4)
    async with database.write() as session:
        session.add(DbProduct(sku="CUP", name="保温杯", category="home", price_fen=1, stock=1))
        customer = DbCustomer(id="C1", nickname="小芳", registered_at=now, marketing_consent=True)
        customer.phone = "19900001234"
        session.add(customer)
        await session.flush()
        session.add(
            DbOrder(
                id="O1", number="86", customer_id="C1", platform="house", status="signed",
                placed_at=signed, signed_at=signed,
            )
        )  # fmt: skip
        await session.flush()
        session.add(DbOrderItem(order_id="O1", sku="CUP", quantity=1, unit_price_fen=1, paid_fen=1))

    async def is_out() -> bool:
        async with database.read() as session:
            return await session.scalar(select(DbInvitation.state)) == InvitationState.SENT

    await until(is_out)
    (told,) = gateway.got
    assert told["type"] == "review.invitation"
    assert told["data"]["to"] == {"phone": "19900001234", "nickname": "小芳"}
    assert told["data"]["link"] in told["data"]["text"]
    token = told["data"]["link"].rsplit("/", 1)[1]
    async with database.read() as session:
        kept = (await session.scalars(select(DbInvitation))).one()
    assert token not in kept.text
    await _write_with_a_photo(client, token)


async def _write_with_a_photo(client: TestClient, token: str) -> None:
    path = f"/api/invitations/{token}"
    refused = await client.post(f"{path}/photos", data=b"no picture at all")
    assert refused.status == 415
    photo = await (await client.post(f"{path}/photos", data=PNG)).json()
    wrong = "/api/invitations/" + "a" * 40
    assert (await client.post(f"{wrong}/photos", data=PNG)).status == 404
    body = {"stars": 4, "text": "保温可以", "photos": [photo["id"], "of somebody else"]}
    assert (await client.post(path, json=body)).status == 201
    async with client.app[DATABASE].read() as session:
        review = await session.scalar(select(DbReview).where(DbReview.order_number == "86"))
        invitation = (await session.scalars(select(DbInvitation))).one()
    assert review is not None
    assert review.images == [f"/api/reviews/photos/{photo['id']}"]
    assert (invitation.state, invitation.review_id) == (InvitationState.ANSWERED, review.id)
    shown = await client.get(review.images[0])
    assert (shown.content_type, await shown.read()) == ("image/png", PNG)
    assert (await client.get(f"/api/reviews/photos/{'0' * 36}")).status == 404


async def test_an_invitation_holds_only_so_many_photos(client: TestClient) -> None:
    async with client.app[DATABASE].write() as session:
        from review_manager.invitations import hash_of, token_of

        one = DbInvitation(
            id="I1", order_number="86", customer_id="C1", state=InvitationState.SENT,
            created_at=datetime.now(UTC),
        )  # fmt: skip
        token = token_of(one)
        one.token_hash = hash_of(token)
        session.add(one)
        await session.flush()
        session.add_all(
            DbReviewPhoto(
                invitation_id="I1", content_type="image/png", content=PNG, created_at=one.created_at
            )
            for _ in range(12)
        )
    full = await client.post(f"/api/invitations/{token}/photos", data=PNG)
    assert full.status == 422


@pytest.mark.parametrize(
    ("owner", "reason", "disputed"),
    [
        (Owner.BOT, None, False),
        (Owner.QUEUED, HandoffReason.ASKED_HUMAN, True),
        (Owner.AGENT, None, True),
        (Owner.BOT, HandoffReason.COMPLAINT, True),
        (Owner.CLOSED, HandoffReason.COMPLAINT, False),
    ],
)
async def test_who_is_in_the_middle_of_something(
    client: TestClient, owner: Owner, reason: HandoffReason | None, disputed: bool
) -> None:
    now = datetime.now(UTC)
    async with client.app[DATABASE].write() as session:
        session.add(DbVisitor(id="V1", token_hash="x", created_at=now, seen_at=now))
        await session.flush()
        session.add(
            DbConversation(
                visitor_id="V1", customer_id="C1", owner=owner, reason=reason, created_at=now,
                updated_at=now,
            )
        )  # fmt: skip
    async with client.app[DATABASE].read() as session:
        assert await find_disputed(session) == ({"C1"} if disputed else set())


async def test_the_list_leaves_as_a_table_of_what_is_filtered(client: TestClient) -> None:
    await bad_review(client.app[DATABASE])
    answer = await client.get("/api/reviews/list.csv?view=todo")
    rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reviews.csv"'
    assert [len(row) for row in rows] == [16, 16]
    assert dict(zip(rows[0], rows[1], strict=True))["评价"] == "杯盖漏水，=1+1"
    none = await client.get("/api/reviews/list.csv?view=todo&stars=5")
    assert len((await none.text()).strip().splitlines()) == 1
    book = await client.get("/api/reviews/list.xlsx?view=all")
    found = CalamineWorkbook.from_filelike(io.BytesIO(await book.read()))
    sheet = found.get_sheet_by_index(0).to_python()
    assert (len(sheet), sheet[1][7]) == (2, "杯盖漏水，=1+1")
    assert (await client.get("/api/reviews/list.csv?view=nonsense")).status == 422


@pytest.mark.parametrize("by", ["product", "supplier", "carrier"])
async def test_what_reviews_say_leaves_as_csv(client: TestClient, by: str) -> None:
    answer = await client.get(f"/api/reviews/insights.csv?by={by}")
    header = (await answer.read()).decode("utf-8-sig").splitlines()[0].split(",")
    assert header[:3] == ["编码", "名称", "供应商"]
    assert "退货率" in header


@pytest.mark.parametrize(
    ("url", "secret"),
    [("https://shop.example/in", ""), ("http://shop.example/in", SECRET), ("in", SECRET)],
)
def test_an_endpoint_that_cannot_be_used_stops_the_start(
    tmp_path: Path, url: str, secret: str
) -> None:
    settings = Settings(_env_file=None, var_dir=tmp_path, push_secret=secret, push_replies_url=url)
    with pytest.raises(BadAddressError):
        create_app(settings)
