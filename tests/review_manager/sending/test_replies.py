"""From approval to the platform: the wait, the attempts, the dead letter, and never twice."""

from datetime import datetime, timedelta

import pytest
from shop_endpoint import Shop, says
from sqlalchemy import select
from stock import put, read

from review_manager.approval import Answer, approve
from review_manager.deciding import get_review
from review_manager.drafting import find_reply
from review_manager.outbound import export_replies
from review_manager.people import Actor, ConflictError, RefusedError
from review_manager.policy import load_review_policy
from review_manager.publishing import (
    find_sending,
    publish,
    send_again,
    send_all_again,
    undo,
)
from review_manager.sending import Endpoint
from review_manager.sending.delivery import deliver
from review_manager.sending.replies import ReplyCourier, find_ready, queue_replies
from review_manager.states import ReviewState
from review_manager.tables import DbReply, DbReview, DbReviewEvent
from storage import outbox
from storage.engine import Database
from storage.outbox import DbOutboxEntry, is_dead

FINE = "杯盖漏水弄湿了您的包，对不起。24小时内为您补发新杯盖，运费我们出，质检组会加测密封圈。"
WAIT = load_review_policy().undo_for


class Desk:
    """An approved review and the rounds that send it, at whatever time a test says."""

    def __init__(self, database: Database, endpoint: Endpoint, actor: Actor, now: datetime) -> None:
        self.database, self.endpoint, self.actor = database, endpoint, actor
        self.now, self.id = now, ""

    async def approve(self, text: str = FINE) -> None:
        async with self.database.write() as session:
            review = await get_review(session, self.id)
            await approve(
                session,
                self.id,
                revision=review.revision,
                answer=Answer(text),
                actor=self.actor,
                now=self.now,
            )

    async def round(
        self, *, after: timedelta = timedelta(0), platforms: tuple[str, ...] = ()
    ) -> int:
        self.now += after
        async with self.database.write() as session:
            ready = await find_ready(session, platforms=platforms, now=self.now)
            await queue_replies(session, ready, now=self.now)
        return await deliver(
            self.database, ReplyCourier(), self.endpoint, clock=lambda: self.now, at_once=5
        )

    async def read(self) -> tuple[DbReview, DbReply, DbOutboxEntry | None]:
        async with self.database.read() as session:
            review, reply = await get_review(session, self.id), await find_reply(session, self.id)
            assert reply is not None
            return review, reply, await find_sending(session, reply)

    async def state(self) -> str:
        return (await self.read())[0].state

    async def does(self, change: object, **more: object) -> None:
        async with self.database.write() as session:
            review = await get_review(session, self.id)
            await change(  # type: ignore[operator]
                session,
                self.id,
                revision=review.revision,
                actor=self.actor,
                now=self.now,
                **more,
            )


@pytest.fixture
async def desk(database: Database, endpoint: Endpoint, operator: Actor, now: datetime) -> Desk:
    """One bad review of two hours ago, approved just now."""
    desk = Desk(database, endpoint, operator, now)
    async with database.write() as session:
        await put(session, read(now, sku="CUP", platform="tmall", order_number="86"), now=now)
        desk.id = (await session.scalars(select(DbReview.id))).one()
    await desk.approve()
    return desk


async def test_it_leaves_when_it_can_no_longer_be_taken_back(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(200)]
    assert await desk.round(after=WAIT - timedelta(seconds=1)) == 0
    assert await desk.round(after=timedelta(seconds=1)) == 1
    review, reply, entry = await desk.read()
    assert (review.state, review.replied_at, reply.published_at) == (
        ReviewState.PUBLISHED,
        desk.now,
        desk.now,
    )
    assert entry is not None
    assert entry.sent_at == desk.now
    (body,) = shop.bodies
    assert body["data"] == {
        "id": desk.id,
        "platform": "tmall",
        "review_id": "R1",
        "order_number": "86",
        "sku": "CUP",
        "text": FINE,
        "approved_at": (desk.now - WAIT).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "due_at": body["data"]["due_at"],
    }
    assert await desk.round(after=timedelta(days=1)) == 0


async def test_the_platforms_own_time_stops_the_clock(desk: Desk, shop: Shop) -> None:
    at = desk.now + timedelta(seconds=31)
    shop.answers = [says(200, {"published_at": at.isoformat()})]
    await desk.round(after=timedelta(minutes=2))
    assert (await desk.read())[0].replied_at == at


async def test_a_time_before_the_approval_is_not_believed(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(200, {"published_at": "2020-01-01T00:00:00Z"})]
    await desk.round(after=WAIT)
    assert (await desk.read())[0].replied_at == desk.now


async def test_only_what_the_endpoint_serves_is_sent(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(200)]
    assert await desk.round(after=WAIT, platforms=("jd",)) == 0
    assert await desk.round(platforms=("jd", "tmall")) == 1


async def test_a_busy_endpoint_is_asked_again_under_the_same_key(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(503, {"detail": "维护中"}), says(429, None, Retry_After="120"), says(200)]
    await desk.round(after=WAIT)
    review, reply, entry = await desk.read()
    assert (review.state, reply.failure) == (ReviewState.APPROVED, "维护中")
    assert entry is not None
    assert entry.due_at == desk.now + timedelta(seconds=15)
    assert await desk.round(after=timedelta(seconds=14)) == 0
    assert await desk.round(after=timedelta(seconds=1)) == 1
    assert await desk.round(after=timedelta(seconds=119)) == 0
    assert await desk.round(after=timedelta(seconds=1)) == 1
    assert await desk.state() == ReviewState.PUBLISHED
    assert len(set(shop.keys)) == 1
    assert len({body for _, body in [(None, str(one["data"])) for one in shop.bodies]}) == 1


async def test_a_refusal_is_a_dead_letter_at_once(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(422, {"detail": "这条评价已不能回复"}), says(200)]
    await desk.round(after=WAIT)
    review, reply, entry = await desk.read()
    assert (review.state, reply.failure) == (ReviewState.FAILED, "这条评价已不能回复")
    assert entry is not None
    assert is_dead(entry)
    assert await desk.round(after=timedelta(days=1)) == 0
    async with desk.database.read() as session:
        event = await session.scalar(
            select(DbReviewEvent).where(DbReviewEvent.type == "publishing_failed")
        )
    assert event is not None
    assert event.detail == {"why": "这条评价已不能回复", "attempts": 1}
    await desk.does(send_again)
    assert await desk.state() == ReviewState.APPROVED
    assert await desk.round() == 1
    assert await desk.state() == ReviewState.PUBLISHED
    assert len(set(shop.keys)) == 1


async def test_patience_has_an_end(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(500)]
    attempts, began = 0, desk.now
    while await desk.state() == ReviewState.APPROVED:
        attempts += await desk.round(after=timedelta(seconds=15))
    assert attempts == load_review_policy().send_attempts == len(shop.got)
    assert timedelta(hours=1) < desk.now - began < timedelta(hours=3)
    assert (await desk.read())[1].failure == "HTTP 500"
    async with desk.database.write() as session:
        assert await send_all_again(session, actor=desk.actor, now=desk.now) == [desk.id]
    assert await desk.state() == ReviewState.APPROVED


async def test_taking_back_before_it_leaves_sends_nothing(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(200)]
    await desk.does(undo)
    assert await desk.round(after=WAIT) == 0
    assert await desk.state() == ReviewState.OPEN
    await desk.approve(FINE + "谢谢。")
    assert await desk.round(after=WAIT) == 1
    assert shop.bodies[0]["data"]["text"].endswith("谢谢。")


async def test_what_is_queued_but_not_tried_can_still_be_taken_back(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(200)]
    async with desk.database.write() as session:
        ready = await find_ready(session, platforms=(), now=desk.now + WAIT)
        await queue_replies(session, ready, now=desk.now + WAIT)
    await desk.does(undo)
    assert await desk.round(after=WAIT) == 0
    assert shop.got == []


async def test_what_may_have_arrived_is_not_taken_back(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(500), says(403)]
    await desk.round(after=WAIT)
    with pytest.raises(RefusedError, match="暂时不能撤回"):
        await desk.does(undo)
    await desk.round(after=timedelta(seconds=15))
    await desk.does(undo)
    assert await desk.state() == ReviewState.OPEN
    await desk.approve()
    shop.answers = [says(200)]
    await desk.round(after=WAIT)
    assert len(set(shop.keys)) == 2


async def test_what_a_person_published_is_not_sent_any_more(desk: Desk, shop: Shop) -> None:
    shop.answers = [says(500), says(200)]
    await desk.round(after=WAIT)
    await desk.does(publish)
    assert await desk.round(after=timedelta(hours=1)) == 0
    assert len(shop.got) == 1
    async with desk.database.read() as session:
        published = await session.scalars(
            select(DbReviewEvent.id).where(DbReviewEvent.type == "reply_published")
        )
        assert len(published.all()) == 1


async def test_it_leaves_by_one_way_only(desk: Desk, shop: Shop) -> None:
    """What is exported is not sent; what is being sent is not exported; a dead letter is."""
    shop.answers = [says(500), says(403)]
    await desk.round(after=WAIT)

    async def exported() -> int:
        async with desk.database.write() as session:
            table = await export_replies(session, platform=None, actor=desk.actor, now=desk.now)
        return len(table.strip().splitlines()) - 1

    assert await exported() == 0
    await desk.round(after=timedelta(seconds=15))
    assert await exported() == 1
    await desk.does(undo)
    await desk.approve()
    assert await exported() == 1
    assert await desk.round(after=WAIT) == 0


async def test_a_worker_killed_between_sending_and_noting_sends_the_same_key_again(
    desk: Desk, shop: Shop
) -> None:
    shop.answers = [says(200)]
    async with desk.database.write() as session:
        ready = await find_ready(session, platforms=(), now=desk.now + WAIT)
        await queue_replies(session, ready, now=desk.now + WAIT)
        (entry,) = await outbox.claim_due(session, kind="review_reply", now=desk.now + WAIT)
        key = entry.idempotency_key
    assert await desk.round(after=WAIT + timedelta(seconds=59)) == 0
    assert await desk.round(after=timedelta(seconds=1)) == 1
    assert shop.keys == [key]


async def test_when_the_platform_takes_no_reply_any_more_a_person_hears_of_it(
    desk: Desk, shop: Shop
) -> None:
    shop.answers = [says(200)]
    await desk.round(after=timedelta(days=31))
    review, reply, _ = await desk.read()
    assert review.state == ReviewState.FAILED
    assert "30 天" in reply.failure
    assert shop.got == []


async def test_only_a_dead_letter_is_sent_again(desk: Desk, shop: Shop) -> None:
    with pytest.raises(ConflictError):
        await desk.does(send_again)
