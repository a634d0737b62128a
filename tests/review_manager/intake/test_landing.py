"""Each review lands once: new, known, changed, followed up, answered elsewhere."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from stock import ANGRY, GOOD, HAPPY, only, put, read

from review_manager.clocks import read_clocks
from review_manager.states import EventType, ReviewState
from review_manager.tables import DbFollowUp, DbReply, DbReview, DbReviewEvent, DbReviewVersion
from storage.engine import Database


async def history(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(select(DbReviewEvent.type)))


async def test_a_bad_review_is_open_and_due_a_day_after_it_was_posted(
    database: Database, now: datetime
) -> None:
    one = read(now)
    async with database.write() as session:
        landed = await put(session, one, now=now)
    assert (landed.added, landed.bad) == (1, 1)
    async with database.read() as session:
        review = await only(session)
    assert review.state == ReviewState.OPEN
    assert review.bad_since == one.posted_at
    assert review.due_at == one.posted_at + timedelta(hours=24)
    assert sorted(await history(database)) == ["received", "review_posted"]


async def test_a_good_review_owes_nothing(database: Database, now: datetime) -> None:
    async with database.write() as session:
        landed = await put(session, read(now, stars=5, text=GOOD), now=now, said=HAPPY)
    assert (landed.added, landed.bad) == (1, 0)
    async with database.read() as session:
        review = await only(session)
    assert (review.state, review.due_at, review.bad_since) == (ReviewState.QUIET, None, None)


@pytest.mark.parametrize(
    ("platform", "days", "state"),
    [
        ("house", 30, ReviewState.OPEN),
        ("house", 31, ReviewState.HISTORY),
        ("taobao", 30, ReviewState.OPEN),
        ("taobao", 31, ReviewState.HISTORY),
    ],
)
async def test_what_comes_too_late_to_be_answered_is_history(
    sqlite_database: Database, now: datetime, platform: str, days: int, state: ReviewState
) -> None:
    one = read(now, platform=platform, posted_at=now - timedelta(days=days))
    async with sqlite_database.write() as session:
        await put(session, one, now=now)
        review = await only(session)
    assert review.state == state
    assert (review.due_at is None) == (state == ReviewState.HISTORY)


async def test_the_same_review_again_changes_nothing(database: Database, now: datetime) -> None:
    for _ in range(2):
        async with database.write() as session:
            landed = await put(session, read(now), read(now), now=now)
    assert (landed.added, landed.changed, landed.known) == (0, 0, 2)
    async with database.read() as session:
        assert (await only(session)).revision == 1


async def test_ids_are_told_apart_by_platform(database: Database, now: datetime) -> None:
    async with database.write() as session:
        landed = await put(session, read(now), read(now, platform="jd"), now=now)
    assert landed.added == 2


async def test_without_an_id_the_content_is_the_identity(database: Database, now: datetime) -> None:
    one = read(now, external_id=None)
    async with database.write() as session:
        landed = await put(session, one, one, replace(one, text="别的话，太慢了"), now=now)
    assert (landed.added, landed.known) == (2, 1)


async def test_a_changed_review_keeps_its_earlier_text(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await put(session, read(now), now=now)
    later = now + timedelta(hours=1)
    async with database.write() as session:
        landed = await put(
            session, read(now, text="店家换了新的，挺好", stars=5), now=later, said=HAPPY
        )
    assert (landed.changed, landed.added) == (1, 0)
    async with database.read() as session:
        review = await only(session)
        version = (await session.scalars(select(DbReviewVersion))).one()
    assert (review.version, review.stars, review.state) == (2, 5, ReviewState.QUIET)
    assert (version.version, version.stars, version.replaced_at) == (1, 1, later)
    assert review.due_at is None
    assert "changed" in await history(database)


async def test_an_old_export_does_not_bring_an_old_text_back(
    database: Database, now: datetime
) -> None:
    first, second = read(now), read(now, text="改过的，还是漏水")
    for one in (first, second, first, second):
        async with database.write() as session:
            landed = await put(session, one, now=now)
    assert (landed.changed, landed.known) == (0, 1)
    async with database.read() as session:
        review = await only(session)
    assert (review.text, review.version) == ("改过的，还是漏水", 2)


async def test_a_late_answer_stays_late_when_the_buyer_relents(
    database: Database, now: datetime
) -> None:
    posted = now - timedelta(hours=30)
    async with database.write() as session:
        await put(session, read(now, posted_at=posted), now=now)
    async with database.write() as session:
        await put(session, read(now, posted_at=posted, text="算了", stars=5), now=now, said=HAPPY)
        review = await only(session)
    assert review.state == ReviewState.QUIET
    assert review.due_at == posted + timedelta(hours=24)


async def test_a_review_that_turns_bad_counts_from_then(database: Database, now: datetime) -> None:
    posted = now - timedelta(days=3)
    async with database.write() as session:
        await put(session, read(now, posted_at=posted, text=GOOD, stars=5), now=now, said=HAPPY)
    async with database.write() as session:
        await put(session, read(now, posted_at=posted), now=now)
        review = await only(session)
    assert review.state == ReviewState.OPEN
    assert review.due_at == now + timedelta(hours=24)


async def test_a_follow_up_in_the_row_and_in_a_row_of_its_own(
    database: Database, now: datetime
) -> None:
    with_it = read(now, follow_up="第三天就坏了", follow_up_at=now - timedelta(hours=1))
    own_row = read(now, external_id="R2", first_review_id="R1", text="又漏了", stars=None)
    async with database.write() as session:
        first = await put(session, with_it, now=now, later=ANGRY)
        second = await put(session, own_row, own_row, now=now)
    assert (first.added, second.changed, second.known) == (1, 1, 1)
    async with database.read() as session:
        texts = set(await session.scalars(select(DbFollowUp.text)))
        review = await only(session)
    assert texts == {"第三天就坏了", "又漏了"}
    assert review.followed_up


async def test_a_follow_up_of_an_unknown_review_is_refused(
    database: Database, now: datetime
) -> None:
    stray = read(now, external_id="R2", first_review_id="R9", line=7)
    async with database.write() as session:
        landed = await put(session, stray, now=now)
    assert [line for line, _ in landed.rejects] == [7]
    assert "R9" in landed.rejects[0][1]


async def test_a_bad_follow_up_of_a_good_review_starts_the_clock(
    database: Database, now: datetime
) -> None:
    told = read(now, text=GOOD, stars=5, posted_at=now - timedelta(days=5))
    at = now - timedelta(hours=3)
    async with database.write() as session:
        await put(session, told, now=now, said=HAPPY)
    async with database.write() as session:
        again = replace(told, follow_up="漏水了，客服不理", follow_up_at=at)
        await put(session, again, now=now, said=HAPPY, later=ANGRY)
        review = await only(session)
    assert (review.state, review.bad_since) == (ReviewState.OPEN, at)
    assert review.due_at == at + timedelta(hours=24)


async def test_taobao_takes_no_reply_after_a_follow_up(
    sqlite_database: Database, now: datetime
) -> None:
    told = read(now, platform="taobao", follow_up="还是漏", follow_up_at=now - timedelta(hours=1))
    async with sqlite_database.write() as session:
        await put(session, told, now=now, later=ANGRY)
        review = await only(session)
    assert review.state == ReviewState.HISTORY


async def test_an_answer_given_on_the_platform_stops_the_clock(
    database: Database, now: datetime
) -> None:
    at = now - timedelta(hours=1)
    async with database.write() as session:
        await put(session, read(now), now=now)
    async with database.write() as session:
        landed = await put(session, read(now, reply="对不起，已补发", replied_at=at), now=now)
        review = await only(session)
        reply = (await session.scalars(select(DbReply))).one()
    assert landed.changed == 1
    assert (review.state, review.replied_at, reply.text) == (
        ReviewState.PUBLISHED,
        at,
        "对不起，已补发",
    )
    async with database.read() as session:
        (clock,) = await read_clocks(session, since=now - timedelta(days=1), until=now)
    assert [event.type for event in clock.events] == ["review_posted", "reply_published"]


async def test_an_answer_of_unknown_time_stays_out_of_the_figures(
    database: Database, now: datetime
) -> None:
    async with database.write() as session:
        await put(session, read(now, reply="对不起"), now=now)
        review = await only(session)
    assert (review.state, review.due_at, review.bad_since) == (ReviewState.PUBLISHED, None, None)


async def test_many_land_together_in_order(database: Database, now: datetime) -> None:
    reads = [read(now, external_id=f"R{n}", follow_up="还行" if n % 3 else "") for n in range(300)]
    async with database.write() as session:
        landed = await put(session, *reads, now=now, later=HAPPY)
    assert landed.added == 300
    async with database.read() as session:
        assert len((await session.scalars(select(DbReview.id))).all()) == 300
        assert len((await session.scalars(select(DbFollowUp.id))).all()) == 200
    kinds = await history(database)
    assert kinds.count(EventType.REVIEW_POSTED) == 300
