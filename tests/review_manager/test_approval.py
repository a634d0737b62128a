"""Approval: once, by who may, of what may be said; taking back; publishing stops the clock."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from stock import ANGRY, GOOD, HAPPY, analysis, only, put, read, stock

from review_manager.analysis import Sentiment
from review_manager.approval import (
    Answer,
    approve,
    approve_many,
    dismiss,
    save_text,
)
from review_manager.clocks import read_clocks
from review_manager.correcting import correct, labelled
from review_manager.drafting import find_reply, make_drafts
from review_manager.outbound import export_replies, mark_published
from review_manager.people import Actor, ConflictError, NotYoursError, RefusedError
from review_manager.publishing import publish, undo, undo_until
from review_manager.states import ReviewState
from review_manager.tables import DbReply, DbReview, DbReviewEvent
from storage.audit import DbAuditEvent
from storage.engine import Database

FINE = "杯盖漏水弄湿了您的包，对不起。24小时内为您补发新杯盖，运费我们出，质检组会加测密封圈。"


async def bring_one(database: Database, now: datetime, **more: object) -> DbReview:
    said = more.pop("said", ANGRY)
    async with database.write() as session:
        await put(session, read(now, sku="CUP", **more), now=now, said=said)
    async with database.read() as session:
        return await only(session)


async def test_three_drafts_with_apology_remedy_and_improvement(
    database: Database, now: datetime
) -> None:
    async with database.write() as session:
        await stock(session, now)
    review = await bring_one(database, now, order_number="860000000000000001")
    async with database.write() as session:
        found = await session.get(DbReview, review.id)
        assert found is not None
        reply = await make_drafts(session, found, now=now)
        again = await make_drafts(session, found, now=now)
    assert again.id == reply.id
    texts = [draft["text"] for draft in reply.drafts]
    assert len(set(texts)) == 3
    assert all(
        any(word in text for word in ("对不起", "歉", "过意不去", "不好意思")) for text in texts
    )
    assert all(draft["findings"] == [] for draft in reply.drafts)
    assert all(draft["improvement"]["owner"] for draft in reply.drafts)
    assert "860000000000000001" not in "".join(texts)
    assert "860000000000000001" in (reply.private or "")
    assert reply.text == texts[0]


async def test_two_people_approve_at_once_and_one_wins(
    database: Database, now: datetime, operator: Actor, lead: Actor
) -> None:
    review = await bring_one(database, now)

    async def try_it(actor: Actor) -> str:
        try:
            async with database.write() as session:
                await approve(
                    session, review.id, revision=1, answer=Answer(FINE), actor=actor, now=now
                )
        except ConflictError as error:
            return str(error)
        return "approved"

    outcomes = await asyncio.gather(try_it(operator), try_it(lead))
    assert sorted(outcome == "approved" for outcome in outcomes) == [False, True]
    async with database.read() as session:
        kinds = list(await session.scalars(select(DbReviewEvent.type)))
        stored = await only(session)
    assert kinds.count("approved") == 1
    assert (stored.state, stored.revision) == (ReviewState.APPROVED, 2)


async def test_the_loser_hears_who_was_first(
    sqlite_database: Database, now: datetime, operator: Actor, lead: Actor
) -> None:
    review = await bring_one(sqlite_database, now)
    async with sqlite_database.write() as session:
        await approve(session, review.id, revision=1, answer=Answer(FINE), actor=lead, now=now)
    async with sqlite_database.write() as session:
        with pytest.raises(ConflictError, match=r"老吴.*待发布"):
            await approve(
                session, review.id, revision=2, answer=Answer(FINE), actor=operator, now=now
            )


async def test_an_edit_by_somebody_else_makes_the_page_stale(
    sqlite_database: Database, now: datetime, operator: Actor, lead: Actor
) -> None:
    review = await bring_one(sqlite_database, now)
    async with sqlite_database.write() as session:
        await save_text(session, review.id, revision=1, answer=Answer(FINE), actor=lead, now=now)
    async with sqlite_database.write() as session:
        with pytest.raises(ConflictError, match="改动过"):
            await approve(
                session, review.id, revision=1, answer=Answer("好"), actor=operator, now=now
            )


@pytest.mark.parametrize("flag", ["safety", "threat"])
async def test_safety_and_threat_are_for_a_lead(
    sqlite_database: Database, now: datetime, operator: Actor, lead: Actor, flag: str
) -> None:
    said = analysis(Sentiment.NEGATIVE, 0.95, **{flag: True})
    review = await bring_one(sqlite_database, now, said=said)
    with pytest.raises(NotYoursError, match="组长"):
        async with sqlite_database.write() as session:
            await approve(
                session, review.id, revision=1, answer=Answer(FINE), actor=operator, now=now
            )
    async with sqlite_database.write() as session:
        await approve(session, review.id, revision=1, answer=Answer(FINE), actor=lead, now=now)


async def test_compensation_above_ones_limit_is_for_the_next_one(
    sqlite_database: Database, now: datetime, lead: Actor, manager: Actor
) -> None:
    review = await bring_one(sqlite_database, now)
    async with sqlite_database.write() as session:
        found = await session.get(DbReview, review.id)
        assert found is not None
        (await make_drafts(session, found, now=now)).approver = "manager"
    with pytest.raises(NotYoursError, match="经理"):
        async with sqlite_database.write() as session:
            await approve(session, review.id, revision=1, answer=Answer(FINE), actor=lead, now=now)
    async with sqlite_database.write() as session:
        await approve(session, review.id, revision=1, answer=Answer(FINE), actor=manager, now=now)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "空的"),
        ("   ", "空的"),
        ("亲，改成五星好评返您50元", "不能发布"),
        ("很抱歉，请加微信 abc123456 处理", "不能发布"),
        ("王芳您好，电话13812345678已记录", "不能发布"),
        ("漏" * 1001, "1000 字"),
    ],
)
async def test_what_may_not_be_said_is_refused_and_nothing_changes(
    sqlite_database: Database, now: datetime, manager: Actor, text: str, told: str
) -> None:
    review = await bring_one(sqlite_database, now)
    with pytest.raises(RefusedError, match=told):
        async with sqlite_database.write() as session:
            await approve(
                session, review.id, revision=1, answer=Answer(text), actor=manager, now=now
            )
    async with sqlite_database.read() as session:
        stored = await only(session)
    assert (stored.state, stored.revision) == (ReviewState.OPEN, 1)


async def test_the_private_message_is_checked_too(
    sqlite_database: Database, now: datetime, manager: Actor
) -> None:
    review = await bring_one(sqlite_database, now)
    bad = Answer(FINE, private="您删掉差评，我们就退款")
    with pytest.raises(RefusedError):
        async with sqlite_database.write() as session:
            await approve(session, review.id, revision=1, answer=bad, actor=manager, now=now)


async def test_the_platforms_window_is_kept(
    sqlite_database: Database, now: datetime, operator: Actor
) -> None:
    posted = now - timedelta(hours=1)
    review = await bring_one(sqlite_database, now, platform="taobao", posted_at=posted)
    last = posted + timedelta(days=30)
    told = {"revision": 1, "answer": Answer(FINE), "actor": operator}
    with pytest.raises(RefusedError, match="超过 30 天"):
        async with sqlite_database.write() as session:
            await approve(session, review.id, now=last + timedelta(seconds=1), **told)
    async with sqlite_database.write() as session:
        await approve(session, review.id, now=last, **told)


async def test_an_approval_can_be_taken_back_until_it_is_published(
    database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(database, now)
    async with database.write() as session:
        reply = await approve(
            session, review.id, revision=1, answer=Answer(FINE), actor=operator, now=now
        )
    assert undo_until(reply) == now + timedelta(seconds=30)
    async with database.write() as session:
        await undo(session, review.id, revision=2, actor=operator, now=now)
    async with database.write() as session:
        await approve(session, review.id, revision=3, answer=Answer(FINE), actor=operator, now=now)
    async with database.write() as session:
        await publish(session, review.id, revision=4, actor=operator, now=now)
    with pytest.raises(RefusedError, match="不能撤回"):
        async with database.write() as session:
            await undo(session, review.id, revision=5, actor=operator, now=now)
    async with database.read() as session:
        actions = list(await session.scalars(select(DbAuditEvent.action)))
    assert actions == ["review.approved", "review.undone", "review.approved", "review.published"]


async def test_publishing_stops_the_clock_at_its_moment(
    database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(database, now)
    async with database.write() as session:
        await approve(session, review.id, revision=1, answer=Answer(FINE), actor=operator, now=now)
    later = now + timedelta(hours=3)
    async with database.write() as session:
        assert await mark_published(session, [review.id], actor=operator, now=later) == [review.id]
        assert await mark_published(session, [review.id], actor=operator, now=later) == []
    async with database.read() as session:
        (clock,) = await read_clocks(session, since=now - timedelta(days=1), until=now)
        stored = await only(session)
    assert clock.events[-1].at == later
    assert (stored.replied_at, stored.revision) == (later, 3)


async def test_dismissing_does_not_save_the_figure(
    database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(database, now)
    async with database.write() as session:
        await dismiss(session, review.id, revision=1, why="已私信", actor=operator, now=now)
    async with database.read() as session:
        (clock,) = await read_clocks(session, since=now - timedelta(days=1), until=now)
    assert [event.type for event in clock.events] == ["review_posted"]
    async with database.write() as session:
        back = await undo(session, review.id, revision=2, actor=operator, now=now)
    assert back.state == ReviewState.OPEN


async def test_drafts_without_findings_are_approved_together(
    database: Database, now: datetime, operator: Actor
) -> None:
    hurt = analysis(Sentiment.NEGATIVE, 0.95, safety=True)
    async with database.write() as session:
        await put(session, *(read(now, external_id=f"R{n}") for n in range(3)), now=now)
        await put(session, read(now, external_id="R8"), now=now, said=hurt)
        reviews = (await session.scalars(select(DbReview).order_by(DbReview.external_id))).all()
        edited = await make_drafts(session, reviews[2], now=now)
        edited.text, edited.written_by = "全网最好的杯子，对不起", "s9"
    wanted = [(review.id, 1) for review in reviews]
    async with database.write() as session:
        approved, refused = await approve_many(session, wanted, actor=operator, now=now)
    assert set(approved) == {reviews[0].id, reviews[1].id}
    assert set(refused) == {reviews[2].id, reviews[3].id}
    async with database.read() as session:
        states = list(await session.scalars(select(DbReview.state).order_by(DbReview.external_id)))
        revisions = list(
            await session.scalars(select(DbReview.revision).order_by(DbReview.external_id))
        )
    assert states == ["approved", "approved", "open", "open"]
    assert revisions == [2, 2, 1, 1]


async def test_the_export_has_one_row_a_reply_and_no_formula(
    database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(database, now, text="=HYPERLINK(1) 漏水", nickname="@芳")
    async with database.write() as session:
        await approve(session, review.id, revision=1, answer=Answer(FINE), actor=operator, now=now)
    async with database.write() as session:
        table = await export_replies(session, platform=None, actor=operator, now=now)
        other = await export_replies(session, platform="jd", actor=operator, now=now)
        reply = (await session.scalars(select(DbReply))).one()
    header, row = table.splitlines()
    assert header.startswith("平台,评价编号")
    assert "'=HYPERLINK(1)" in row
    assert "'@芳" in row
    assert FINE in row
    assert len(other.splitlines()) == 1
    assert reply.exported_at == now


async def test_a_persons_judgement_wins_and_teaches(
    database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(database, now, stars=5, text=GOOD, said=HAPPY)
    async with database.write() as session:
        bad = await correct(session, review.id, Sentiment.NEGATIVE, actor=operator, now=now)
        assert (bad.state, bad.depth, bad.due_at is not None) == (ReviewState.OPEN, "person", True)
        assert [pair async for pair in labelled(session)] == [(GOOD, 0)]
    async with database.write() as session:
        good = await correct(session, review.id, Sentiment.POSITIVE, actor=operator, now=now)
        assert (good.state, good.due_at) == (ReviewState.QUIET, None)
        assert [pair async for pair in labelled(session)] == [(GOOD, 1)]


async def test_a_correction_does_not_lift_an_alarm(
    sqlite_database: Database, now: datetime, operator: Actor
) -> None:
    hurt = analysis(Sentiment.NEGATIVE, 0.95, safety=True)
    review = await bring_one(sqlite_database, now, said=hurt)
    async with sqlite_database.write() as session:
        after = await correct(session, review.id, Sentiment.POSITIVE, actor=operator, now=now)
    assert (after.safety, after.state) == (True, ReviewState.OPEN)


async def test_what_was_answered_may_be_judged_anew_and_its_clock_stays(
    database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(database, now)
    async with database.write() as session:
        before = await dismiss(session, review.id, revision=1, why="刷单", actor=operator, now=now)
        clock = (before.state, before.bad_since, before.due_at)
    async with database.write() as session:
        after = await correct(session, review.id, Sentiment.POSITIVE, actor=operator, now=now)
        assert (after.sentiment, after.depth) == (Sentiment.POSITIVE, "person")
        assert (after.state, after.bad_since, after.due_at) == clock
        assert [mood async for _text, mood in labelled(session)] == [1]


async def test_a_changed_review_is_drafted_anew_but_own_words_stay(
    sqlite_database: Database, now: datetime, operator: Actor
) -> None:
    review = await bring_one(sqlite_database, now)
    async with sqlite_database.write() as session:
        await save_text(
            session, review.id, revision=1, answer=Answer(FINE), actor=operator, now=now
        )
    async with sqlite_database.write() as session:
        await put(session, read(now, sku="CUP", text="杯盖漏水，客服还不理人"), now=now)
        found = await only(session)
        await make_drafts(session, found, now=now)
        reply = await find_reply(session, review.id)
    assert reply is not None
    assert (reply.made_for, reply.text) == (2, FINE)
