"""The list: by time left, then severity; filtered; paged without gaps while it changes."""

from datetime import datetime, timedelta

import pytest
from stock import ANGRY, GOOD, HAPPY, analysis, put, read, stock

from review_manager.analysis import Sentiment
from review_manager.deepening import deepen, draft_one, find_shallow, find_undrafted
from review_manager.drafting import find_reply
from review_manager.listing import (
    BadCursorError,
    Filters,
    Flag,
    View,
    count_urgent,
    count_views,
    list_reviews,
)
from review_manager.states import ReviewState
from review_manager.tables import DbReview
from storage.engine import Database

MILD = analysis(Sentiment.MIXED, 0.5)
HURT = analysis(Sentiment.NEGATIVE, 0.9, safety=True)


async def ids(database: Database, now: datetime, **filters: object) -> list[str | None]:
    async with database.read() as session:
        page = await list_reviews(session, Filters(**filters), now=now, cursor=None)
    return [review.external_id for review, _, _ in page.rows]


async def fill(database: Database, now: datetime) -> None:
    def posted(name: str, hours: float, **more: object):
        return read(now, external_id=name, posted_at=now - timedelta(hours=hours), **more)

    async with database.write() as session:
        await put(session, posted("late", 30), posted("fresh", 1), posted("soon", 21), now=now)
        await put(session, posted("mild soon", 21.5, stars=3), now=now, said=MILD)
        await put(session, posted("hurt", 2, stars=5), now=now, said=HURT)
        await put(session, posted("good", 3, stars=5, text=GOOD), now=now, said=HAPPY)


async def test_what_is_nearest_to_lateness_comes_first_then_what_is_gravest(
    database: Database, now: datetime
) -> None:
    await fill(database, now)
    assert await ids(database, now) == ["late", "soon", "mild soon", "hurt", "fresh"]


async def test_other_lists_are_newest_first(database: Database, now: datetime) -> None:
    await fill(database, now)
    everything = await ids(database, now, view=View.ALL)
    assert everything == ["fresh", "hurt", "good", "soon", "mild soon", "late"]
    assert await ids(database, now, view=View.GOOD) == ["good"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"stars": 3}, ["mild soon"]),
        ({"platform": "jd"}, []),
        ({"flag": Flag.SAFETY}, ["hurt"]),
        ({"flag": Flag.LATE}, ["late"]),
        ({"flag": Flag.CHANGED}, []),
        ({"flag": Flag.THREAT}, []),
        ({"sentiment": "mixed"}, ["mild soon"]),
        ({"aspect": "quality"}, ["late", "soon", "mild soon", "hurt", "fresh"]),
        ({"aspect": "price"}, []),
        ({"search": "漏水"}, ["late", "soon", "mild soon", "hurt", "fresh"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
    ],
)
async def test_filters(
    database: Database, now: datetime, filters: dict[str, object], found: list[str]
) -> None:
    await fill(database, now)
    assert await ids(database, now, **filters) == found


async def test_counts(database: Database, now: datetime) -> None:
    await fill(database, now)
    async with database.read() as session:
        counts = await count_views(session, Filters(), now=now)
        urgent = await count_urgent(session, now=now)
    assert counts == {"todo": 5, "approved": 0, "published": 0, "good": 1, "all": 6}
    assert urgent == {"open": 5, "late": 1, "soon": 2, "grave": 1}


@pytest.mark.parametrize("view", [View.TODO, View.ALL])
async def test_pages_leave_nothing_out_while_rows_go(
    database: Database, now: datetime, view: View
) -> None:
    async with database.write() as session:
        many = [
            read(now, external_id=f"R{n:02}", posted_at=now - timedelta(minutes=7 * (n // 2)))
            for n in range(25)
        ]
        await put(session, *many, now=now)
    seen: list[str | None] = []
    cursor, later = None, now
    while True:
        async with database.write() as session:
            page = await list_reviews(
                session, Filters(view=view), now=later, cursor=cursor, limit=7
            )
            seen += [review.external_id for review, _, _ in page.rows]
            first = page.rows[0][0]
            first.state = ReviewState.APPROVED if view is View.TODO else first.state
        later += timedelta(hours=5)
        cursor = page.next
        if cursor is None:
            break
    assert sorted(map(str, seen)) == [f"R{n:02}" for n in range(25)]


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "bnVsbA==", "WyIyMDI2IiwgW11d", "WzEsMl0="])
async def test_a_made_up_cursor_is_refused(
    sqlite_database: Database, now: datetime, cursor: str
) -> None:
    async with sqlite_database.read() as session:
        if cursor == "":
            assert (await list_reviews(session, Filters(), now=now, cursor="")).next is None
            return
        with pytest.raises(BadCursorError):
            await list_reviews(session, Filters(), now=now, cursor=cursor)


async def test_a_second_look_moves_what_was_judged_wrongly(
    database: Database, now: datetime
) -> None:
    await fill(database, now)
    async with database.read() as session:
        shallow = await find_shallow(session, limit=50)
    assert len(shallow) == 6
    verdicts = [(one, HAPPY if one.stars == 3 else ANGRY) for one in shallow]
    moved = await deepen(database, verdicts, now=now)
    assert moved
    assert "mild soon" not in await ids(database, now)
    async with database.read() as session:
        assert await find_shallow(session, limit=50) == []


async def test_drafts_are_made_for_the_most_urgent_first(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await stock(session, now)
    await fill(database, now)
    async with database.read() as session:
        first, *rest = await find_undrafted(session, limit=10)
        review = await session.get(DbReview, first)
    assert review is not None
    assert (review.external_id, len(rest)) == ("late", 4)
    await draft_one(database, first, now=now)
    async with database.read() as session:
        reply = await find_reply(session, first)
        assert first not in await find_undrafted(session, limit=10)
    assert reply is not None
    assert len(reply.drafts) == 3
