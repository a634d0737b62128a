"""Invitations: consent, once an order, quiet hours, none in dispute; a coupon for any rating."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from stock import only, put, read, stock

from compliance import Channel, check
from review_manager.invitations import (
    InvitationState,
    NoSuchInvitationError,
    UnlawfulInvitationError,
    hand_out,
    plan_invitations,
    prepare,
    text_of,
    token_of,
)
from review_manager.invited import answer_invitation, find_invitation, stop_inviting
from review_manager.inviting import (
    Obstacle,
    OrderFacts,
    find_obstacle,
    load_invitations,
    send_time,
)
from review_manager.tables import DbInvitation, DbReview
from shop.tables import DbAfterSale, DbCoupon, DbCustomer, DbOrder
from storage.engine import Database

POLICY = load_invitations()
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
FINE = OrderFacts(
    consent=True,
    signed_at=NOW - timedelta(hours=72),
    in_dispute=False,
    reviewed=False,
    asked_at=None,
)
TELL = {"link": "https://shop.example/invite", "shop": "青禾优选"}


@pytest.mark.parametrize(
    ("facts", "obstacle"),
    [
        (FINE, None),
        (replace(FINE, consent=False), Obstacle.NO_CONSENT),
        (replace(FINE, signed_at=None), Obstacle.NOT_SIGNED),
        (replace(FINE, in_dispute=True), Obstacle.IN_DISPUTE),
        (replace(FINE, reviewed=True), Obstacle.REVIEWED_ALREADY),
        (replace(FINE, given_back=True), Obstacle.GIVEN_BACK),
        (replace(FINE, signed_at=NOW - timedelta(hours=72, seconds=-1)), Obstacle.TOO_EARLY),
        (replace(FINE, signed_at=NOW - timedelta(days=15)), None),
        (replace(FINE, signed_at=NOW - timedelta(days=15, seconds=1)), Obstacle.TOO_LATE),
        (replace(FINE, asked_at=NOW - timedelta(days=30)), None),
        (replace(FINE, asked_at=NOW - timedelta(days=30, seconds=-1)), Obstacle.ASKED_LATELY),
    ],
)
def test_who_may_be_asked(facts: OrderFacts, obstacle: Obstacle | None) -> None:
    assert find_obstacle(facts, POLICY, now=NOW) is obstacle


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("2026-11-22T20:59:59+08:00", "2026-11-22T20:59:59+08:00"),
        ("2026-11-22T21:00:00+08:00", "2026-11-23T09:00:00+08:00"),
        ("2026-11-23T00:30:00+08:00", "2026-11-23T09:00:00+08:00"),
        ("2026-11-23T08:59:59+08:00", "2026-11-23T09:00:00+08:00"),
        ("2026-11-23T09:00:00+08:00", "2026-11-23T09:00:00+08:00"),
    ],
)
def test_nobody_is_disturbed_in_quiet_hours(asked: str, sent: str) -> None:
    now = datetime.fromisoformat(asked).astimezone(UTC)
    assert send_time(now, POLICY) == datetime.fromisoformat(sent)


def test_the_text_is_lawful_disclosed_and_independent_of_the_rating() -> None:
    text = text_of(POLICY, product="316不锈钢保温杯", **TELL)
    assert not check(text.replace(TELL["link"], ""), channel=Channel.INVITATION).findings
    assert "无论评几星" in text
    assert "5元" in text
    assert "不再邀请" in text
    assert "照片" in text


def test_a_text_that_pays_for_praise_is_never_sent() -> None:
    bad = POLICY.model_copy(update={"text": "五星好评晒图返{amount}元 {shop}{product}{link}"})
    with pytest.raises(UnlawfulInvitationError):
        text_of(bad, product="杯", **TELL)


async def sent(database: Database, now: datetime) -> str:
    """Plan and hand out the invitation for 王芳's cup; gives the token of its link."""
    async with database.write() as session:
        await stock(session, now)
    async with database.write() as session:
        assert (await plan_invitations(session, now=now))[InvitationState.PLANNED] == 1
    async with database.write() as session:
        (outgoing,) = await hand_out(session, now=now, **TELL)
    return outgoing.text.split("/invite/")[1].split()[0]


async def test_once_an_order_and_once_a_month(database: Database, now: datetime) -> None:
    await sent(database, now)
    async with database.write() as session:
        assert await plan_invitations(session, now=now + timedelta(hours=1)) == {}
        session.add(
            DbOrder(
                number="860000000000000002",
                customer_id="C1",
                platform="house",
                status="signed",
                placed_at=now - timedelta(days=6),
                signed_at=now - timedelta(days=4),
            )
        )
        await session.flush()
        assert await plan_invitations(session, now=now) == {Obstacle.ASKED_LATELY: 1}


@pytest.mark.parametrize("stars", [1, 5])
async def test_the_coupon_is_the_same_for_any_rating(
    database: Database, now: datetime, stars: int
) -> None:
    token = await sent(database, now)
    async with database.write() as session:
        coupon = await answer_invitation(
            session, token, stars=stars, text="用了一周，杯盖还行", now=now
        )
        review = await only(session)
        invitation = (await session.scalars(select(DbInvitation))).one()
    assert (coupon.amount_fen, coupon.threshold_fen, coupon.customer_id) == (500, 0, "C1")
    assert (review.order_number, review.sku, review.stars) == ("860000000000000001", "CUP", stars)
    assert invitation.state == InvitationState.ANSWERED
    with pytest.raises(NoSuchInvitationError):
        async with database.write() as session:
            await answer_invitation(session, token, stars=5, text="再来一张券", now=now)
    async with database.read() as session:
        assert len((await session.scalars(select(DbCoupon.id))).all()) == 1
        assert len((await session.scalars(select(DbReview.id))).all()) == 1


async def test_none_while_something_is_in_dispute(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await stock(session, now)
        assert await plan_invitations(session, now=now, disputed={"C1"}) == {Obstacle.IN_DISPUTE: 1}
        session.add(
            DbAfterSale(
                number="A1", order_id="O1", kind="return", reason="quality", status="requested",
                requested_at=now,
            )
        )  # fmt: skip
        await session.flush()
        assert await plan_invitations(session, now=now) == {Obstacle.IN_DISPUTE: 1}


async def test_an_open_bad_review_of_any_order_is_a_dispute(
    database: Database, now: datetime
) -> None:
    async with database.write() as session:
        await stock(session, now)
        await put(session, read(now, order_number="860000000000000001"), now=now)
        assert await plan_invitations(session, now=now) == {Obstacle.IN_DISPUTE: 1}


async def test_a_dispute_between_plan_and_sending_stops_it(
    database: Database, now: datetime
) -> None:
    async with database.write() as session:
        await stock(session, now)
        await plan_invitations(session, now=now)
    async with database.write() as session:
        assert await hand_out(session, now=now, disputed={"C1"}, **TELL) == []
        invitation = (await session.scalars(select(DbInvitation))).one()
    assert (invitation.state, invitation.why) == (InvitationState.STOPPED, Obstacle.IN_DISPUTE)


async def test_what_is_planned_at_night_goes_out_in_the_morning(
    sqlite_database: Database, now: datetime
) -> None:
    night = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    async with sqlite_database.write() as session:
        await stock(session, night)
        await plan_invitations(session, now=night)
        assert await hand_out(session, now=night, **TELL) == []
        morning = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        assert len(await hand_out(session, now=morning, **TELL)) == 1


async def test_opting_out_is_at_once_and_for_good(database: Database, now: datetime) -> None:
    token = await sent(database, now)
    async with database.write() as session:
        await stop_inviting(session, token, now=now)
        customer = await session.get(DbCustomer, "C1")
        assert customer is not None
        assert customer.marketing_consent is False
        assert await find_invitation(session, token) is None


async def test_a_guessed_link_opens_nothing(sqlite_database: Database, now: datetime) -> None:
    await sent(sqlite_database, now)
    async with sqlite_database.write() as session:
        for token in ("", "x", "a" * 32):
            assert await find_invitation(session, token) is None
            with pytest.raises(NoSuchInvitationError):
                await stop_inviting(session, token, now=now)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("signed", InvitationState.PLANNED),
        ("completed", InvitationState.PLANNED),
        ("refunding", Obstacle.GIVEN_BACK),
        ("refunded", Obstacle.GIVEN_BACK),
        ("exchanging", Obstacle.GIVEN_BACK),
        ("cancelled", Obstacle.GIVEN_BACK),
    ],
)
async def test_nobody_is_asked_about_what_went_back(
    sqlite_database: Database, now: datetime, status: str, outcome: str
) -> None:
    async with sqlite_database.write() as session:
        await stock(session, now)
        order = await session.get(DbOrder, "O1")
        assert order is not None
        order.status = status
        await session.flush()
        assert await plan_invitations(session, now=now) == {outcome: 1}


async def test_none_is_handed_out_in_quiet_hours_however_early_it_was_planned(
    sqlite_database: Database,
) -> None:
    noon, night = NOW, NOW.replace(hour=14)
    async with sqlite_database.write() as session:
        await stock(session, noon)
        await plan_invitations(session, now=noon)
        assert await hand_out(session, now=night, **TELL) == []
        assert len(await hand_out(session, now=noon, **TELL)) == 1


async def test_an_invitation_has_one_link_and_its_secret_is_not_kept(
    sqlite_database: Database, now: datetime
) -> None:
    token = await sent(sqlite_database, now)
    async with sqlite_database.write() as session:
        invitation = (await session.scalars(select(DbInvitation))).one()
        assert token_of(invitation) == token
        assert token not in invitation.text
        again = await prepare(
            session, invitation, link=TELL["link"], shop="店", now=now, disputed=()
        )
    assert again is not None
    assert again.link.endswith(token)
