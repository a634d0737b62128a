"""Invitations on their way out: asked again right before, held back at night, one link for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from shop_endpoint import Shop, says
from sqlalchemy import select
from stock import stock

from review_manager.invitations import InvitationState, hash_of, plan_invitations
from review_manager.invited import answer_invitation
from review_manager.inviting import Obstacle
from review_manager.policy import load_review_policy
from review_manager.sending import Endpoint
from review_manager.sending.delivery import deliver
from review_manager.sending.invitations import (
    InvitationCourier,
    queue_invitations,
    send_failed_again,
)
from review_manager.tables import DbInvitation
from shop.tables import DbCustomer
from storage.engine import Database
from storage.outbox import DbOutboxEntry

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # nine in the evening: quiet from now on
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Post:
    """王芳's invitation, and the rounds that send it at whatever time a test says."""

    def __init__(self, database: Database, endpoint: Endpoint) -> None:
        self.database, self.endpoint, self.now = database, endpoint, NOON

    async def prepare(self) -> None:
        async with self.database.write() as session:
            await stock(session, NOON)
            await plan_invitations(session, now=NOON)
            assert await queue_invitations(session, now=NOON) == 1
            assert await queue_invitations(session, now=NOON) == 0

    async def round(self, *, at: datetime | None = None, disputed: tuple[str, ...] = ()) -> int:
        self.now = at or self.now
        courier = InvitationCourier(link="https://s.example/invite", shop="店", disputed=disputed)
        return await deliver(
            self.database, courier, self.endpoint, clock=lambda: self.now, at_once=5
        )

    async def read(self) -> DbInvitation:
        async with self.database.read() as session:
            return (await session.scalars(select(DbInvitation))).one()


@pytest.fixture
async def post(database: Database, endpoint: Endpoint) -> Post:
    post = Post(database, endpoint)
    await post.prepare()
    return post


async def test_it_goes_out_once_with_text_link_and_coupon(post: Post, shop: Shop) -> None:
    shop.answers = [says(200)]
    assert await post.round() == 1
    assert await post.round(at=NOON + timedelta(days=3)) == 0
    invitation, (told,) = await post.read(), shop.bodies
    assert (invitation.state, invitation.sent_at) == (InvitationState.SENT, NOON)
    data = told["data"]
    assert (data["order_number"], data["coupon_fen"]) == ("860000000000000001", 500)
    assert data["to"] == {"phone": None, "nickname": "小芳"}
    assert data["link"] in data["text"]
    assert hash_of(data["link"].rsplit("/", 1)[1]) == invitation.token_hash


async def test_nothing_about_the_customer_lies_in_the_outbox(post: Post, shop: Shop) -> None:
    shop.answers = [says(500)]
    await post.round()
    invitation = await post.read()
    async with post.database.read() as session:
        entry = (await session.scalars(select(DbOutboxEntry))).one()
    assert entry.payload == {"invitation_id": invitation.id}


async def test_a_lost_answer_does_not_make_a_second_link(post: Post, shop: Shop) -> None:
    shop.answers = [says(504), says(200)]
    await post.round()
    await post.round(at=NOON + timedelta(seconds=15))
    first, second = shop.bodies
    assert first["data"]["link"] == second["data"]["link"]
    assert len(set(shop.keys)) == 1


async def test_a_link_whose_sending_was_never_confirmed_opens_all_the_same(
    post: Post, shop: Shop
) -> None:
    shop.answers = [says(504), says(200)]
    await post.round()
    token = shop.bodies[0]["data"]["link"].rsplit("/", 1)[1]
    async with post.database.write() as session:
        await answer_invitation(session, token, stars=4, text="保温可以", now=NOON)
    assert await post.round(at=NOON + timedelta(seconds=15)) == 0
    assert (await post.read()).state == InvitationState.ANSWERED
    assert len(shop.got) == 1


async def test_at_night_it_waits_for_the_morning_and_loses_no_attempt(
    post: Post, shop: Shop
) -> None:
    shop.answers = [says(200)]
    assert await post.round(at=NIGHT) == 0
    assert await post.round(at=MORNING - timedelta(seconds=1)) == 0
    assert await post.round(at=MORNING) == 1
    async with post.database.read() as session:
        assert (await session.scalars(select(DbOutboxEntry.attempts))).one() == 1


@pytest.mark.parametrize("why", [Obstacle.NO_CONSENT, Obstacle.IN_DISPUTE])
async def test_what_came_up_meanwhile_stops_it(post: Post, shop: Shop, why: Obstacle) -> None:
    shop.answers = [says(200)]
    if why is Obstacle.NO_CONSENT:
        async with post.database.write() as session:
            customer = await session.get(DbCustomer, "C1")
            assert customer is not None
            customer.marketing_consent = False
    assert await post.round(disputed=("C1",) if why is Obstacle.IN_DISPUTE else ()) == 0
    invitation = await post.read()
    assert (invitation.state, invitation.why) == (InvitationState.STOPPED, why)
    assert shop.got == []
    async with post.database.read() as session:
        assert (await session.scalars(select(DbOutboxEntry))).all() == []


async def test_a_dead_letter_names_its_reason_and_is_sent_again(post: Post, shop: Shop) -> None:
    shop.answers = [says(400, {"message": "号码在黑名单里"}), says(200)]
    await post.round()
    invitation = await post.read()
    assert (invitation.state, invitation.why) == (InvitationState.FAILED, "号码在黑名单里")
    assert await post.round(at=NOON + timedelta(hours=2)) == 0
    async with post.database.write() as session:
        assert await send_failed_again(session, now=post.now) == 1
        assert await send_failed_again(session, now=post.now) == 0
    assert await post.round() == 1
    invitation = await post.read()
    assert (invitation.state, invitation.why) == (InvitationState.SENT, "")


async def test_patience_has_an_end_here_too(post: Post, shop: Shop) -> None:
    shop.answers = [says(503)]
    while (await post.read()).state == InvitationState.SENDING:
        await post.round(at=post.now + timedelta(minutes=5))
    assert len(shop.got) <= load_review_policy().send_attempts
    assert (await post.read()).state == InvitationState.FAILED
