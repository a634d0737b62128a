"""Drafts of a stored review with a model at hand: what is stored, and that its label cannot be
lost unnoticed on the way to the platform."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from fake_model import FakeModel, hangs

from review_manager import approval, deciding
from review_manager.analysis import Aspect, AspectFinding, Polarity
from review_manager.approval import Answer
from review_manager.deepening import draft_one
from review_manager.drafting import find_reply
from review_manager.language_model import ChatClient, ReplyWriter
from review_manager.people import Actor
from review_manager.tables import DbReply, DbReview
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbProduct
from storage.engine import Database

Connect = Callable[..., ChatClient]
TEXT = "物流倒是快，可是杯盖漏水，王芳我气坏了，打13812345678也没人接"
LABEL = "（AI生成）"
MANAGER = Actor(id="s3", name="赵姐", rank=2, sensitive=True)


@pytest.fixture
async def review_id(sqlite_database: Database, now: datetime) -> str:
    """王芳's bad review of a cup of her order."""
    blame = AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "杯盖漏水", 8, 12)
    review = DbReview(
        id="r1",
        platform="house",
        content_key="k1",
        content_hash="h1",
        order_number="2026112012345",
        sku="CUP",
        nickname="芳芳爱喝水",
        stars=1,
        text=TEXT,
        posted_at=now - timedelta(hours=2),
        received_at=now - timedelta(hours=1),
        bad_since=now - timedelta(hours=2),
        due_at=now + timedelta(hours=22),
        sentiment="negative",
        p_negative=0.97,
        aspects=[asdict(blame)],
        state="open",
        depth="deep",
    )
    async with sqlite_database.write() as session:
        _sell(session, now)
        session.add(review)
    return "r1"


def _sell(session: object, now: datetime) -> None:
    customer = DbCustomer(id="c1", nickname="fang88", gender="female", registered_at=now)
    customer.name, customer.phone = "王芳", "13812345678"
    order = DbOrder(
        id="o1",
        number="2026112012345",
        customer_id="c1",
        platform="house",
        status="signed",
        placed_at=now - timedelta(days=5),
        paid_fen=12900,
    )
    order.receiver, order.receiver_address = "王小芳", "杭州市西湖区文一西路998号3幢201室"
    product = DbProduct(
        sku="CUP", name="316不锈钢保温杯", category="home", price_fen=12900, stock=5
    )
    session.add_all([product, customer])  # type: ignore[attr-defined]
    session.add(order)  # type: ignore[attr-defined]
    item = DbOrderItem(order_id="o1", sku="CUP", quantity=1, unit_price_fen=12900, paid_fen=12900)
    session.add(item)  # type: ignore[attr-defined]


async def _reply(database: Database, review_id: str) -> DbReply:
    async with database.read() as session:
        reply = await find_reply(session, review_id)
    assert reply is not None
    return reply


async def test_a_worded_draft_is_stored_with_its_origin(
    sqlite_database: Database, review_id: str, connect: Connect, model: FakeModel, now: datetime
) -> None:
    await draft_one(sqlite_database, review_id, now=now, writer=ReplyWriter(connect()))
    reply = await _reply(sqlite_database, review_id)
    assert [draft.get("wording", {}).get("source") for draft in reply.drafts] == [
        "model",
        "model",
        None,
    ]
    assert reply.drafts[0]["wording"]["model"] == "test-model"
    assert len(reply.drafts[0]["wording"]["prompt_hash"]) == 64
    assert reply.text == reply.drafts[0]["text"]
    assert reply.text.endswith(LABEL)
    assert reply.findings == []
    assert "王女士" in (reply.private or "")
    for datum in ("王芳", "王小芳", "王女士", "芳芳爱喝水", "13812345678", "文一西路", "12345"):
        assert datum not in model.sent()


async def test_without_a_writer_nothing_is_asked_and_nothing_noted(
    sqlite_database: Database, review_id: str, model: FakeModel, now: datetime
) -> None:
    await draft_one(sqlite_database, review_id, now=now)
    reply = await _reply(sqlite_database, review_id)
    assert model.asked == []
    assert len(reply.drafts) == 3
    assert all("wording" not in draft for draft in reply.drafts)


async def test_a_model_that_hangs_costs_its_time_limit_and_no_draft(
    sqlite_database: Database, review_id: str, connect: Connect, model: FakeModel, now: datetime
) -> None:
    model.moods = [hangs]
    writer = ReplyWriter(connect(seconds=0.3))
    await draft_one(sqlite_database, review_id, now=now, writer=writer)
    reply = await _reply(sqlite_database, review_id)
    assert {draft["wording"]["why"] for draft in reply.drafts[:2]} == {"timeout"}
    assert LABEL not in reply.text
    assert reply.text


async def _approve(database: Database, review_id: str, answer: Answer, now: datetime) -> DbReply:
    async with database.write() as session:
        review = await deciding.get_review(session, review_id)
        return await approval.approve(
            session,
            review_id,
            revision=review.revision,
            answer=answer,
            actor=MANAGER,
            now=now,
        )


async def test_a_label_that_is_edited_away_is_missed(
    sqlite_database: Database, review_id: str, connect: Connect, now: datetime
) -> None:
    """A person may publish against the warning, but not without having seen it, nor in bulk."""
    await draft_one(sqlite_database, review_id, now=now, writer=ReplyWriter(connect()))
    text = (await _reply(sqlite_database, review_id)).text
    edited = text.removesuffix(LABEL).replace("对不起", "真对不起")
    async with sqlite_database.write() as session:
        saved = await approval.save_text(
            session, review_id, revision=1, answer=Answer(edited), actor=MANAGER, now=now
        )
        assert [finding["rule"] for finding in saved.findings] == ["missing_label"]
    async with sqlite_database.write() as session:
        review = await deciding.get_review(session, review_id)
        approved, refused = await approval.approve_many(
            session, [(review_id, review.revision)], actor=MANAGER, now=now
        )
    assert (approved, len(refused)) == ([], 1)
    done = await _approve(sqlite_database, review_id, Answer(text, chosen=0), now)
    assert (done.text, done.findings) == (text, [])


async def test_the_templates_variant_needs_no_label(
    sqlite_database: Database, review_id: str, connect: Connect, now: datetime
) -> None:
    await draft_one(sqlite_database, review_id, now=now, writer=ReplyWriter(connect()))
    template = (await _reply(sqlite_database, review_id)).drafts[2]["text"]
    approved = await _approve(sqlite_database, review_id, Answer(template, chosen=2), now)
    assert (approved.text, approved.findings) == (template, [])
