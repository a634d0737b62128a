"""The console's REST routes: cards, reveal, clocks, search, prepared answers, actions, promises."""

import io
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sockets import Console, Widget, client_id, open_console, open_widget
from sqlalchemy import select

from desk.tables import DbConversation
from review_manager.tables import DbReview
from server.keys import DATABASE, SETTINGS
from shop.identity import sign_ticket
from shop.tables import DbAfterSale, DbCoupon, DbCustomer, DbOrder, DbOrderItem, DbProduct
from storage.audit import DbAuditEvent
from storage.staff import DbStaff, Role

LogIn = Callable[[Role], Awaitable[dict[str, str]]]
Headers = dict[str, str]


@pytest.fixture
async def fang(client: TestClient) -> str:
    """王芳, with one order of 99 yuan."""
    async with client.app[DATABASE].write() as session:  # type: ignore[index]
        session.add(_customer())
        session.add(
            DbProduct(sku="CUP-1", name="316不锈钢保温杯", category="杯壶", price_fen=9900, stock=5)
        )
        await session.flush()
        session.add(_order())
        await session.flush()
        session.add(
            DbOrderItem(
                id="item-1",
                order_id="order-1",
                sku="CUP-1",
                quantity=1,
                unit_price_fen=9900,
                paid_fen=9900,
            )
        )
    return "C0001"


def _customer() -> DbCustomer:
    fang = DbCustomer(id="C0001", nickname="芳芳", registered_at=datetime.now(UTC))
    fang.name, fang.phone, fang.address = "王芳", "13812345678", "南京市玄武区某路 1 号"
    return fang


def _order() -> DbOrder:
    return DbOrder(
        id="order-1",
        number="KF202611200001",
        customer_id="C0001",
        platform="house",
        status="signed",
        placed_at=datetime.now(UTC) - timedelta(days=3),
        payable_fen=9900,
        paid_fen=9900,
        goods_fen=9900,
    )


@pytest.fixture
async def agent(client: TestClient, log_in: LogIn) -> Headers:
    """The CSRF header of a logged-in agent."""
    return await log_in(Role.AGENT)


@pytest.fixture
async def console(client: TestClient, agent: Headers) -> AsyncIterator[Console]:
    """The agent's console."""
    async with await open_console(client) as opened:
        await opened.hello(agent["X-CSRF-Token"])
        yield opened


@pytest.fixture
async def widget(client: TestClient, fang: str) -> AsyncIterator[Widget]:
    """王芳's widget: the shop vouches for her."""
    secret = client.app[SETTINGS].ticket_secret()  # type: ignore[index]
    identity = sign_ticket(fang, secret, now=datetime.now(UTC))
    async with await open_widget(client) as opened:
        await opened.hello(identity=identity)
        yield opened


@pytest.fixture
async def wang(widget: Widget, console: Console) -> str:
    """王芳's conversation, taken by the agent."""
    conversation = str((await widget.frame("ready"))["conversation"])
    await widget.ask_human()
    await console.ask("take", conversation=conversation)
    return conversation


async def _get(client: TestClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def _post(client: TestClient, path: str, headers: Headers, body: Any) -> tuple[int, Any]:
    answer = await client.post(path, json=body, headers=headers)
    return answer.status, await answer.json()


async def test_the_card_holds_what_is_known_masked(client: TestClient, wang: str) -> None:
    card = await _get(client, f"/api/desk/conversations/{wang}")
    assert card["customer"]["name"] == "王*"
    assert card["customer"]["phone"] == "138****5678"
    assert card["card"]["order"]["number"] == "KF202611200001"
    assert card["card"]["reason_text"] == "要求人工"
    assert card["row"]["customer"]["name"] == "王*"
    assert [event["kind"] for event in card["events"]] == ["hand_off", "taken"]
    assert "13812345678" not in str(card)


async def test_revealing_is_audited_with_its_reason(
    client: TestClient, agent: Headers, wang: str
) -> None:
    path = f"/api/desk/conversations/{wang}/reveal"
    status, body = await _post(client, path, agent, {"what": "phone", "why": "回电"})
    assert (status, body) == (200, {"value": "13812345678"})
    async with client.app[DATABASE].read() as session:  # type: ignore[index]
        entry = await session.scalar(select(DbAuditEvent).where(DbAuditEvent.action == "reveal"))
    assert entry is not None
    assert entry.detail == {"what": "phone", "seq": None, "why": "回电"}
    assert (await _post(client, path, agent, {"what": "phone", "why": ""}))[0] == 422
    assert (await _post(client, path, {}, {"what": "phone", "why": "回电"}))[0] == 403


async def test_a_masked_message_can_be_revealed(
    client: TestClient, agent: Headers, wang: str, widget: Widget
) -> None:
    seq = (await widget.say("打我电话 139-1234-5678"))["seq"]
    shown = await _get(client, f"/api/desk/conversations/{wang}/messages")
    assert shown["messages"][-1]["text"] == "打我电话 139****5678"
    path = f"/api/desk/conversations/{wang}/reveal"
    status, body = await _post(client, path, agent, {"what": "message", "seq": seq, "why": "回电"})
    assert (status, body["value"]) == (200, "打我电话 139-1234-5678")


async def test_a_thank_you_opens_no_clock_and_an_agent_may_restore_it(
    client: TestClient, agent: Headers, wang: str, widget: Widget, console: Console
) -> None:
    epoch = (await console.frame("done"))["epoch"]
    await console.answer(wang, "已经帮您登记好了。", epoch)
    await widget.say("好的谢谢👌")
    card = await _get(client, f"/api/desk/conversations/{wang}")
    assert card["row"]["clock"] is None
    path = f"/api/desk/conversations/{wang}/clock"
    status, body = await _post(client, path, agent, {"action": "restore"})
    assert (status, body["row"]["clock"]["name"]) == (200, "human_next_response")
    status, body = await _post(client, path, agent, {"action": "dismiss", "why": "只是道谢"})
    assert body["row"]["clock"] is None


async def test_search_finds_chinese_words_of_any_length(
    client: TestClient, wang: str, widget: Widget
) -> None:
    await widget.say("杯盖漏水了，杯子也有划痕")
    await widget.say("100% 是质量问题")
    for words in ("漏", "漏水", "杯盖 划痕", "100%"):
        found = await _get(client, f"/api/desk/search?q={words.replace('%', '%25')}")
        assert len(found["hits"]) == 1, words
        hit = found["hits"][0]
        assert hit["row"]["id"] == wang
        first = hit["ranges"][0]
        assert hit["text"][first[0] : first[1]] in words
    for words in ("退款", "", "_", "漏水 退款"):
        assert (await _get(client, f"/api/desk/search?q={words}"))["hits"] == []


async def test_prepared_answers_are_found_by_pinyin_and_filled(
    client: TestClient, agent: Headers, wang: str
) -> None:
    body = {
        "title": "催物流",
        "group": "物流",
        "text": "{{客户姓名}}您好，订单{{订单号}}已催{{快递公司}}。",
    }
    status, made = await _post(client, "/api/desk/canned", agent, body)
    assert status == 201
    for query in ("cwl", "cuiwuliu", "物流", "已催", "CWL"):
        found = await _get(client, f"/api/desk/canned?q={query}&conversation={wang}")
        assert [reply["title"] for reply in found["replies"]] == ["催物流"], query
    reply = found["replies"][0]
    # The agent sees 王*, so a prepared answer does not tell her more.
    assert reply["filled"] == "王先生/女士您好，订单KF202611200001已催{{快递公司}}。"
    assert reply["missing"] == ["快递公司"]
    assert (await _get(client, "/api/desk/canned?q=zzz"))["replies"] == []
    wrong = body | {"text": "{{身份证号}}"}
    assert (await _post(client, "/api/desk/canned", agent, wrong))[0] == 422
    gone = await client.delete(f"/api/desk/canned/{made['id']}", headers=agent)
    assert gone.status == 200
    assert (await _get(client, "/api/desk/canned"))["replies"] == []


async def test_prepared_answers_are_ones_own_or_everybodys(
    client: TestClient, log_in: LogIn
) -> None:
    path, body = "/api/desk/canned", {"title": "催件", "text": "已催件。"}
    agent = await log_in(Role.AGENT)
    _status, own = await _post(client, path, agent, body)
    assert (own["shared"], own["may_change"]) == (False, True)
    assert (await _post(client, path, agent, body | {"shared": True}))[0] == 403

    lead = await log_in(Role.LEAD)
    assert (await _get(client, path))["replies"] == []  # nobody sees a colleague's
    assert (await client.delete(f"{path}/{own['id']}", headers=lead)).status == 404
    status, shared = await _post(client, path, lead, body | {"shared": True})
    assert (status, shared["shared"], shared["may_change"]) == (201, True, True)

    agent = await log_in(Role.AGENT)
    seen = (await _get(client, path))["replies"]
    assert [(each["shared"], each["may_change"]) for each in seen] == [(False, True), (True, False)]
    changed = await client.put(f"{path}/{shared['id']}", json=body, headers=agent)
    assert changed.status == 403
    assert (await client.delete(f"{path}/{shared['id']}", headers=agent)).status == 403
    renamed = await client.put(f"{path}/{own['id']}", json=body | {"title": "加急"}, headers=agent)
    assert (await renamed.json())["title"] == "加急"
    assert [each["title"] for each in (await _get(client, f"{path}?q=jj"))["replies"]] == ["加急"]


async def test_a_refund_within_authority_is_recorded_told_and_promised(
    client: TestClient, agent: Headers, wang: str, widget: Widget
) -> None:
    path = f"/api/desk/conversations/{wang}/actions"
    wish = {
        "kind": "refund",
        "order": "KF202611200001",
        "amount_fen": 2000,
        "reason": "划痕",
        "client_id": client_id(),
    }
    status, body = await _post(client, path, agent, wish)
    assert status == 201, body
    assert body["promise"]["kind"] == "refund"
    told = await widget.message("已为您登记退款 20 元")
    assert told["sender"] == "agent"
    again = await _post(client, path, agent, wish)  # a retry does nothing twice
    assert again[1]["promise"]["id"] == body["promise"]["id"]
    async with client.app[DATABASE].read() as session:  # type: ignore[index]
        recorded = (await session.scalars(select(DbAfterSale))).all()
    assert [(each.amount_fen, each.kind) for each in recorded] == [(2000, "refund_only")]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"kind": "refund", "amount_fen": 20001}, 403),  # over an agent's limit
        ({"kind": "refund", "amount_fen": 9901}, 409),  # more than was paid
        ({"kind": "refund", "amount_fen": 9900}, 201),
        ({"kind": "refund"}, 409),
        ({"kind": "refund", "amount_fen": 1, "order": "KF000"}, 404),
        ({"kind": "coupon", "amount_fen": 5000}, 201),
        ({"kind": "coupon", "amount_fen": 5001}, 403),
        ({"kind": "resend"}, 201),
        ({"kind": "approve_return"}, 201),
        ({"kind": "refuse_return"}, 409),  # needs a reason
        ({"kind": "refuse_return", "reason": "已超过七天且无质量问题"}, 201),
        ({"kind": "party"}, 422),
    ],
)
async def test_what_an_agent_may_do(
    client: TestClient, agent: Headers, wang: str, wish: dict[str, Any], status: int
) -> None:
    whole = {"order": "KF202611200001", "client_id": client_id(), **wish}
    path = f"/api/desk/conversations/{wang}/actions"
    answered, body = await _post(client, path, agent, whole)
    assert answered == status, body


async def test_only_the_agent_who_speaks_acts(
    client: TestClient, agent: Headers, widget: Widget
) -> None:
    conversation = (await widget.frame("ready"))["conversation"]
    wish = {"kind": "resend", "order": "KF202611200001", "client_id": client_id()}
    path = f"/api/desk/conversations/{conversation}/actions"
    assert (await _post(client, path, agent, wish))[0] == 409


async def test_a_coupon_is_a_promise_kept_at_once(
    client: TestClient, agent: Headers, wang: str
) -> None:
    wish = {
        "kind": "coupon",
        "order": "KF202611200001",
        "amount_fen": 500,
        "client_id": client_id(),
    }
    path = f"/api/desk/conversations/{wang}/actions"
    _status, body = await _post(client, path, agent, wish)
    assert body["promise"]["state"] == "kept"
    async with client.app[DATABASE].read() as session:  # type: ignore[index]
        coupon = await session.scalar(select(DbCoupon))
    assert coupon is not None
    assert (coupon.customer_id, coupon.amount_fen) == ("C0001", 500)


async def test_a_left_message_is_a_promise_that_an_answer_keeps(
    client: TestClient, agent: Headers, widget: Widget, console: Console
) -> None:
    conversation = (await widget.frame("ready"))["conversation"]
    await widget.ask_human()
    id = client_id()
    await widget.send(type="leave_message", client_id=id, text="请回电", phone="13812345678")
    await widget.frame("ack", client_id=id)
    await widget.message("留言已收到")
    await widget.frame("owner", owner="bot")
    opened = (await _get(client, "/api/desk/promises?state=open"))["promises"]
    assert [promise["kind"] for promise in opened] == ["call_back"]
    assert (opened[0]["customer"], opened[0]["owner_name"]) == ("王*", None)
    assert "13812345678" not in str(opened)
    epoch = (await console.ask("take", conversation=conversation))["epoch"]
    await console.answer(conversation, "您好，我来回复您的留言。", epoch)
    kept = (await _get(client, "/api/desk/promises?state=kept"))["promises"]
    assert [promise["id"] for promise in kept] == [opened[0]["id"]]


async def test_a_promise_in_words_is_kept_or_withdrawn(
    client: TestClient, agent: Headers, wang: str
) -> None:
    due = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    body = {"kind": "reply_by", "text": "两小时内给您答复", "due_at": due, "client_id": client_id()}
    path = f"/api/desk/conversations/{wang}/promises"
    status, made = await _post(client, path, agent, body)
    assert (status, made["state"]) == (201, "open")
    assert (await _post(client, path, agent, body))[1]["id"] == made["id"]
    ending = f"/api/desk/promises/{made['id']}"
    assert (await _post(client, f"{ending}/withdraw", agent, {"note": ""}))[0] == 422
    assert (await _post(client, f"{ending}/keep", agent, {"note": "已回复"}))[1]["state"] == "kept"
    assert (await _post(client, f"{ending}/keep", agent, {}))[0] == 409
    past = body | {"due_at": "2020-01-01T00:00:00Z", "client_id": client_id()}
    assert (await _post(client, path, agent, past))[0] == 422


async def test_the_rating_is_asked_once_after_a_human(
    widget: Widget, console: Console, wang: str, client: TestClient
) -> None:
    epoch = (await console.frame("done"))["epoch"]
    await console.answer(wang, "已经处理好了。", epoch)
    await console.ask("close", conversation=wang, epoch=epoch, reason="solved")
    asked = await widget.frame("rating", state="asked")
    assert "测试agent" in asked["text"]
    await widget.send(type="rate", question=asked["question"], score=2, comment="太慢")
    await widget.frame("rating", state="answered")
    await widget.send(type="rate", question=asked["question"], score=5)  # too late to change
    thanks = await widget.frame("rating", state="answered")
    assert thanks["text"].startswith("对不起，这次没有让您满意。我们会在")
    card = await _get(client, f"/api/desk/conversations/{wang}")
    assert (card["rating"]["score"], card["rating"]["comment"]) == (2, "太慢")
    (follow_up,) = card["promises"]  # somebody comes back to who is not content, once
    assert (follow_up["kind"], follow_up["state"]) == ("call_back", "open")
    assert follow_up["text"] == "低分回访：给测试agent打了 2 分：太慢"
    await widget.send(type="rate", question="someone-elses", score=5)
    await widget.frame("refused", code="not_found")


@pytest.mark.parametrize("score", [3, 5, None])
async def test_who_is_content_or_says_nothing_is_left_in_peace(
    widget: Widget, console: Console, wang: str, client: TestClient, score: int | None
) -> None:
    epoch = (await console.frame("done"))["epoch"]
    await console.answer(wang, "已经处理好了。", epoch)
    await console.ask("close", conversation=wang, epoch=epoch, reason="solved")
    question = (await widget.frame("rating"))["question"]
    await widget.send(type="rate", question=question, score=score, comment="")
    state = "skipped" if score is None else "answered"
    assert (await widget.frame("rating", state=state))["text"] == "谢谢您的评价，我们会认真看。"
    assert (await _get(client, f"/api/desk/conversations/{wang}"))["promises"] == []


async def test_the_card_tells_the_wish_and_earlier_reviews(
    client: TestClient, widget: Widget, console: Console
) -> None:
    conversation = (await widget.frame("ready"))["conversation"]
    await widget.say("杯子漏水，我要退款")
    await widget.ask_human()
    await console.ask("take", conversation=conversation)
    await widget.say("人呢")
    async with client.app[DATABASE].write() as session:  # type: ignore[index]
        for number, order in enumerate(("KF202611200001", "SOMEBODY-ELSES")):
            session.add(
                DbReview(
                    platform="jd",
                    content_key=f"k{number}",
                    content_hash=f"h{number}",
                    order_number=order,
                    stars=2,
                    text="漏水",
                    posted_at=datetime.now(UTC),
                    received_at=datetime.now(UTC),
                )
            )
    card = await _get(client, f"/api/desk/conversations/{conversation}")
    assert card["card"]["wish"] == "杯子漏水，我要退款"
    (review,) = card["reviews"]
    assert (review["stars"], review["text"], review["platform"]) == (2, "漏水", "jd")


async def test_a_guests_order_is_seen_by_its_number_and_hers_by_the_phones_tail(
    client: TestClient, fang: str, agent: Headers, console: Console
) -> None:
    async with client.app[DATABASE].write() as session:  # type: ignore[index]
        (await session.get_one(DbOrder, "order-1")).receiver_phone = "13812345678"
    async with await open_widget(client) as guest:
        conversation = (await guest.hello())["conversation"]
        await guest.ask_human()
    await console.ask("take", conversation=conversation)
    path = f"/api/desk/conversations/{conversation}"

    async def link(number: str, tail: str = "") -> int:
        body = {"number": number, "phone_tail": tail}
        return (await client.put(f"{path}/order", json=body, headers=agent)).status

    assert await link("KF202611209999") == 404
    assert await link("KF202611200001") == 200
    card = await _get(client, path)
    assert card["card"]["order"]["number"] == "KF202611200001"
    assert card["customer"] == {"known": False}  # an order number alone proves nobody
    assert await link("KF202611200001", "0000") == 409
    assert await link("KF202611200001", "5678") == 200
    assert (await _get(client, path))["customer"]["name"] == "王*"
    for _ in range(5):
        await link("KF202611200001", "1111")
    assert await link("KF202611200001", "5678") == 429  # no guessing of four digits
    query = select(DbAuditEvent.detail).where(DbAuditEvent.action == "order_looked_up")
    async with client.app[DATABASE].read() as session:  # type: ignore[index]
        looked_up = list(await session.scalars(query))
    assert [each["found"] for each in looked_up[:4]] == [False, True, False, True]


async def test_a_known_customers_card_takes_no_strangers_order(
    client: TestClient, agent: Headers, wang: str
) -> None:
    async with client.app[DATABASE].write() as session:  # type: ignore[index]
        other = DbCustomer(id="C0002", nickname="强", registered_at=datetime.now(UTC))
        session.add(other)
        await session.flush()
        stranger = _order()
        stranger.id, stranger.number, stranger.customer_id = "order-2", "KF2026112002", "C0002"
        session.add(stranger)
    path = f"/api/desk/conversations/{wang}/order"
    answer = await client.put(path, json={"number": "KF2026112002"}, headers=agent)
    assert answer.status == 409


async def test_closing_without_having_answered_asks_nothing(
    widget: Widget, console: Console, wang: str
) -> None:
    epoch = (await console.frame("done"))["epoch"]
    await console.ask("close", conversation=wang, epoch=epoch, reason="customer_left")
    await widget.frame("owner", owner="closed")
    await widget.say("在吗")
    assert not any(frame["type"] == "rating" for frame in widget.frames)


async def test_risky_words_are_refused_until_sent_on_purpose(
    widget: Widget, console: Console, wang: str, client: TestClient, agent: Headers
) -> None:
    epoch = (await console.frame("done"))["epoch"]
    text = "我们的保温杯全网最好，给五星好评返现 10 元。"
    refused = await console.answer(wang, text, epoch)
    assert (refused["type"], refused["code"]) == ("refused", "wording")
    assert refused["verdict"]["findings"]
    _status, verdict = await _post(client, "/api/desk/check", agent, {"text": text})
    assert verdict == refused["verdict"]
    assert not any("五星" in words for words in widget.texts())


def _png(width: int = 2, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\x10\x80\xf0" * width for _ in range(height)))
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


async def test_a_picture_goes_from_the_customer_to_the_agent(
    client: TestClient, widget: Widget, console: Console, wang: str
) -> None:
    token = (await widget.frame("ready"))["token"]
    answer = await client.post(
        "/api/chat/attachments", data=_png(), headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status == 201
    picture = await answer.json()
    assert (picture["width"], picture["height"], picture["type"]) == (2, 1, "image/png")
    id = client_id()
    await widget.send(type="message", client_id=id, kind="image", attachment=picture["id"])
    await widget.frame("ack", client_id=id)
    await console.send(type="watch", ref=client_id(), conversation=wang)
    frame = await console.wait_for(
        lambda frame: frame["type"] == "message" and frame["message"]["kind"] == "image"
    )
    shown = await client.get(frame["message"]["image"]["url"])
    assert (shown.status, shown.content_type) == (200, "image/png")
    assert await shown.read() == _png()
    assert (await client.get(f"/chat-images/{picture['id']}?key=guess")).status == 404
    await widget.send(type="message", client_id=client_id(), kind="image", attachment="other")
    await widget.frame("refused", code="bad_attachment")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<svg onload=alert(1)>", 415),
        (b"GIF89a", 415),
        (b"", 415),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, 415),  # no width
        (_png(width=2) + b"\0" * (5 * 1024**2), 413),
    ],
)
async def test_what_is_not_a_picture_is_refused(
    client: TestClient, widget: Widget, content: bytes, status: int
) -> None:
    token = (await widget.frame("ready"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.post("/api/chat/attachments", data=io.BytesIO(content), headers=headers)
    assert answer.status == status


async def test_a_picture_without_a_token_is_refused(client: TestClient) -> None:
    assert (await client.post("/api/chat/attachments", data=_png())).status == 401


async def test_a_chat_with_the_bot_alone_is_left_out_where_a_person_is_wanted(
    client: TestClient, agent: Headers, widget: Widget
) -> None:
    await widget.frame("ready")
    await widget.say("你好")
    assert len((await _get(client, "/api/desk/conversations?list=all"))["rows"]) == 1
    assert (await _get(client, "/api/desk/conversations?list=all&human=1"))["rows"] == []


async def test_lists_go_on_page_by_page(client: TestClient, wang: str) -> None:
    for name, count in (("mine", 1), ("waiting", 0), ("all", 1), ("closed", 0)):
        page = await _get(client, f"/api/desk/conversations?list={name}")
        assert len(page["rows"]) == count, name
        assert page["next"] is None
    for name, count in (("all", 1), ("closed", 0)):  # of those that concerned a person
        page = await _get(client, f"/api/desk/conversations?list={name}&human=1")
        assert len(page["rows"]) == count, name


async def test_whoever_may_take_chats_can_be_given_one_also_before_she_ever_did(
    client: TestClient, log_in: LogIn, console: Console, wang: str
) -> None:
    async with client.app[DATABASE].write() as session:  # type: ignore[index]
        for login, role, gone in (
            ("zhou", Role.AGENT, None),
            ("zu", Role.LEAD, None),
            ("yun", Role.OPERATOR, None),
            ("old", Role.AGENT, datetime.now(UTC)),
        ):
            session.add(_staff(login, role, disabled_at=gone))
    found = await _get(client, "/api/desk/agents")
    assert found["returns_after_seconds"] == 45
    told = [(each["name"], each["reach"], each["load"], each["skills"]) for each in found["agents"]]
    assert told[0] == ("测试agent", "online", 1, [])
    for login in ("zhou", "zu"):
        assert (login, "offline", 0, ["安装"]) in told
    assert not {"yun", "old", "测试operator"} & {each["name"] for each in found["agents"]}
    epoch = (await console.ask("take", conversation=wang))["epoch"]
    for login in ("yun", "old", "nobody"):  # who does not take chats is given none
        refused = await console.ask("transfer", conversation=wang, epoch=epoch, to_agent=login)
        assert (refused["type"], refused.get("code")) == ("refused", "not_found"), login
    moved = await console.ask("transfer", conversation=wang, epoch=epoch, to_agent="zhou")
    assert moved["epoch"] == epoch + 1


def _staff(login: str, role: Role, *, disabled_at: datetime | None) -> DbStaff:
    return DbStaff(
        id=login,
        login=login,
        name=login,
        role=role,
        skills=["安装"],
        password_hash="-",
        created_at=datetime.now(UTC),
        disabled_at=disabled_at,
    )


async def test_another_customers_ticket_gets_another_conversation(
    client: TestClient, widget: Widget
) -> None:
    ready = await widget.frame("ready")
    secret = client.app[SETTINGS].ticket_secret()  # type: ignore[index]
    identity = sign_ticket("C0002", secret, now=datetime.now(UTC))
    async with await open_widget(client) as other:
        known = {"token": ready["token"], "conversation": ready["conversation"]}
        fresh = await other.hello(**known, identity=identity)
        assert fresh["token"] != ready["token"]
        assert fresh["conversation"] != ready["conversation"]
    async with await open_widget(client) as forged:
        guest = await forged.hello(identity="e30.forged")
        assert guest["fresh"]
    async with client.app[DATABASE].read() as session:  # type: ignore[index]
        rows = (await session.scalars(select(DbConversation).order_by(DbConversation.id))).all()
    assert [row.customer_id for row in rows] == ["C0001", "C0002", None]


@pytest.mark.parametrize("path", ["", "/x", "/x/messages", "/x/actions"])
async def test_an_operator_has_no_business_in_chats(
    client: TestClient, log_in: LogIn, path: str
) -> None:
    await log_in(Role.OPERATOR)
    assert (await client.get(f"/api/desk/conversations{path}")).status == 403
