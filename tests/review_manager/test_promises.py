"""What a reply promises stands in the shop's one ledger, is kept once, and breaks when overdue."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from stock import only, put, read, stock

from review_manager.approval import Answer, approve
from review_manager.drafting import make_drafts
from review_manager.improvements import Change, ImprovementState, change_improvement
from review_manager.people import Actor
from review_manager.promises import (
    PromiseOverError,
    break_overdue,
    has_overdue,
    keep_promise,
    read_promises,
)
from review_manager.publishing import publish
from review_manager.tables import DbImprovement
from shop.promises import PromiseKind, PromiseState
from storage.engine import Database


async def published(database: Database, now: datetime, actor: Actor) -> str:
    """Publish the first draft of a bad review with what it promises; gives the review's id."""
    async with database.write() as session:
        await stock(session, now)
        await put(session, read(now, sku="CUP", order_number="860000000000000001"), now=now)
        review = await only(session)
        reply = await make_drafts(session, review, now=now)
        answer = Answer(reply.text, chosen=0)
        await approve(session, review.id, revision=1, answer=answer, actor=actor, now=now)
        reply.promises = [
            {"text": "客服24小时内联系您，补发新杯盖", "due_hours": 24},
            {"text": "赠送15元券", "due_hours": 24},
        ]
        reply.compensation = {"coupon_fen": 1500}
        reply.improvement = {"aspect": "quality", "owner": "质检组", "plan": "加测密封圈"}
        await publish(session, review.id, revision=2, actor=actor, now=now)
        return review.id


async def test_promises_are_entered_when_the_reply_is_published(
    database: Database, now: datetime, manager: Actor
) -> None:
    review_id = await published(database, now, manager)
    async with database.read() as session:
        entered = await read_promises(session, review_id)
    found = {one.kind: (one.due_at, one.amount_fen, one.state) for one in entered}
    day = now + timedelta(hours=24)
    assert found == {
        PromiseKind.RESEND: (day, None, PromiseState.OPEN),
        PromiseKind.COUPON: (day, 1500, PromiseState.OPEN),
        PromiseKind.IMPROVEMENT: (now + timedelta(days=14), None, PromiseState.OPEN),
    }
    assert {one.order_number for one in entered} == {"860000000000000001"}
    assert {one.conversation_id for one in entered} == {None}


async def test_a_promise_is_kept_once(database: Database, now: datetime, manager: Actor) -> None:
    review_id = await published(database, now, manager)
    async with database.write() as session:
        first = (await read_promises(session, review_id))[0]
        kept = await keep_promise(session, first.id, actor=manager, now=now)
    assert (kept.state, kept.closed_by) == (PromiseState.KEPT, "赵姐")
    with pytest.raises(PromiseOverError):
        async with database.write() as session:
            await keep_promise(session, first.id, actor=manager, now=now)


async def test_what_is_overdue_is_broken_from_its_due_time(
    database: Database, now: datetime, manager: Actor
) -> None:
    review_id = await published(database, now, manager)
    due = now + timedelta(hours=24)
    async with database.write() as session:
        assert not await has_overdue(session, now=due)
        assert await has_overdue(session, now=due + timedelta(seconds=1))
        assert await break_overdue(session, now=due + timedelta(seconds=1)) == 2
        assert await break_overdue(session, now=due + timedelta(seconds=1)) == 0
        broken = [one for one in await read_promises(session, review_id) if one.broken_at]
    assert [one.broken_at for one in broken] == [due, due]


async def test_a_finished_improvement_keeps_its_promise(
    database: Database, now: datetime, manager: Actor
) -> None:
    review_id = await published(database, now, manager)
    async with database.write() as session:
        item = (await session.scalars(select(DbImprovement))).one()
        done = Change(state=ImprovementState.DONE)
        await change_improvement(session, item.id, done, revision=1, actor=manager, now=now)
    async with database.read() as session:
        states = {one.kind: one.state for one in await read_promises(session, review_id)}
    assert states[PromiseKind.IMPROVEMENT] == PromiseState.KEPT
    assert states[PromiseKind.COUPON] == PromiseState.OPEN
