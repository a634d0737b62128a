"""Days that changed: what pages say of them is what they would say if all were built anew."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from reports import reading, stale_days
from reports.asking import Desk
from reports.chat_report import chats_report
from reports.clock_report import clock_report, clocks_report
from reports.columns import CHATS, CLOCKS, row_of
from reports.days import day_of
from reports.open_times import read_open_times
from reports.patching import read_notes
from reports.period import period_of
from reports.reading import build_stale_days
from reports.stale_days import UNBUILT, Change, note_changes, touch_days
from reports.standing_report import backlog_report
from reports.tables import DbCase, DbChange, DbClock, DbDay, DbDayPart, DbOpenTimes
from reports.tally import Filters
from review_manager.tables import DbReview
from storage.tables import new_id

from .conftest import publish_reply

ALL = Filters()
KEY = "house_review_reply/review_reply"
DAYS = 9


@pytest.fixture
def pages(database, rules, now):
    """Return what the pages say, from the parts as they stand and what was noted since."""

    async def say():
        async with database.read() as session:
            desk = Desk(session, rules.policies, now)
            period = period_of(None, None, now=now, days=DAYS)
            return [
                await clocks_report(desk, period, ALL),
                await clocks_report(desk, period, Filters(platform="jd")),
                await clock_report(desk, period, ALL, key=KEY),
                await clock_report(desk, period, Filters(aspect="quality"), key=KEY),
                await chats_report(desk, period, ALL),
                await backlog_report(desk),
            ]

    return say


@pytest.fixture
def build(database):
    """Build what changed, a day at a time as the rounds do."""

    async def days():
        while True:
            async with database.write() as session:
                if not await build_stale_days(session, limit=1):
                    return

    return days


@pytest.fixture
def said_anew(database, pages, build, now):
    """Forget every part, and return what the pages say without any and with all built anew."""

    async def say():
        async with database.write() as session:
            days = list(await session.execute(select(DbDay.kind, DbDay.day)))
            await touch_days(session, {(kind, day) for kind, day in days})
            await session.execute(delete(DbDayPart))
            await session.execute(delete(DbOpenTimes))
        without = await pages()
        await build()
        return without, await pages()

    return say


@pytest.fixture
def put_chat(database, now):
    """Write a chat as reports see it, and note that it changed."""

    async def put(*, hours=1.0, case_id=None, **facts):
        at, case_id = now - timedelta(hours=hours), case_id or new_id()
        async with database.write() as session:
            row = await session.get(DbCase, case_id)
            changes = {Change(CHATS, day_of(at), "", case_id)}
            if row is not None:
                before = row_of(CHATS, row.__dict__)
                changes -= {Change(CHATS, row.day, "", case_id)}
                changes |= {Change(CHATS, row.day, "", case_id, before)}
            if row is None:
                row = DbCase(id=case_id, kind="conversation", revision=1)
                session.add(row)
            row.day, row.slot, row.opened_at = day_of(at), at.hour, at
            for name, value in facts.items():
                setattr(row, name, value)
            await session.flush()
            await note_changes(session, changes)
        return case_id

    return put


async def count(database, table):
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def test_pages_say_the_same_however_days_are_brought_up_to_date(
    database, bad_review, put_chat, read_changes, build, pages, said_anew, now
) -> None:
    dice = random.Random(5)
    reviews, chats = [], []
    for step in range(5):
        for _ in range(4):
            about = {
                "platform": dice.choice(["jd", "pdd"]),
                "aspect": dice.choice([None, "quality"]),
            }
            reviews.append(await bad_review(hours=dice.uniform(1, 200), **about))
            facts = {"outcome": dice.choice(["human", "assumed"]), "rating": dice.choice([None, 5])}
            chats.append(await put_chat(hours=dice.uniform(1, 200), **facts))
        for review in dice.sample(reviews, 2):
            await publish_reply(database, review, now - timedelta(minutes=step))
        moved = {"hours": dice.uniform(1, 200), "outcome": "left_line", "agent_id": "s1"}
        await put_chat(case_id=dice.choice(chats), **moved)
        await no_longer_bad(database, reviews.pop(0))
        await read_changes()
        noted = await pages()
        if step % 2:  # now and then two rounds of changes meet the same parts
            await build()
            assert await pages() == noted
            assert await count(database, DbChange) == 0
        if step == 3:
            assert await said_anew() == (noted, noted)
    assert await pages() == (await said_anew())[1]


async def no_longer_bad(database, review) -> None:
    async with database.write() as session:
        row = await session.get(DbReview, review)
        row.bad_since = row.due_at = None
        row.revision += 1


async def test_changes_are_noted_of_built_days_only(
    database, bad_review, read_changes, build, now
) -> None:
    review = await bad_review(hours=2)
    await read_changes()
    assert await count(database, DbChange) == 0  # nothing is built that they could differ from
    await build()
    await publish_reply(database, review, now)
    await read_changes()
    assert await count(database, DbChange) == 1
    async with database.read() as session:
        (change,) = list(await session.scalars(select(DbChange)))
        clock = await session.scalar(select(DbClock.id))
    since = day_of(now - timedelta(hours=2))
    assert (change.kind, change.day, change.key, change.row_id) == (CLOCKS, since, KEY, clock)


async def test_a_day_of_which_nothing_is_sure_forgets_what_was_noted(
    database, bad_review, read_changes, build, now
) -> None:
    review = await bad_review(hours=2)
    await read_changes()
    await build()
    await publish_reply(database, review, now)
    await read_changes()
    day = CLOCKS, day_of(now - timedelta(hours=2))
    async with database.write() as session:
        await touch_days(session, {day})
        assert (await session.get(DbDay, day)).built == UNBUILT
    await build()
    assert await count(database, DbChange) == 0


async def test_of_several_notes_about_a_row_the_first_stays(
    database, bad_review, read_changes, build, pages, said_anew, now
) -> None:
    review = await bad_review(hours=2)
    await read_changes()
    await build()
    await publish_reply(database, review, now - timedelta(hours=1))
    await read_changes()
    await no_longer_bad(database, review)
    await read_changes()
    async with database.read() as session:
        (change,) = list(await session.scalars(select(DbChange)))
    started, due, waited, _slot, policy, clock, state, *_about = change.before
    assert (f"{policy}/{clock}", state, waited) == (KEY, "waiting", None)
    since = now - timedelta(hours=2)
    assert (started, due) == (since.timestamp(), (since + timedelta(hours=24)).timestamp())
    noted = await pages()
    assert noted[0]["clocks"] == noted[5]["clocks"] == []
    assert (await said_anew())[1] == noted


async def test_a_new_row_was_not_in_the_parts(
    database, bad_review, read_changes, build, pages, now
) -> None:
    await bad_review(hours=2)
    await read_changes()
    await build()
    await bad_review(hours=2.001)
    await read_changes()
    async with database.read() as session:
        assert (await session.scalar(select(DbChange))).before is None
    assert (await pages())[5]["clocks"][0]["n"] == 2


async def test_parts_that_do_not_hold_what_was_noted_are_built_from_the_rows(
    database, bad_review, read_changes, build, pages, said_anew, now
) -> None:
    for hours in (2, 3):
        await bad_review(hours=hours)
    await read_changes()
    await build()
    async with database.write() as session:
        clock = await session.scalar(select(DbClock).where(DbClock.due_at > now))
        wrong = [1.0, 2.0, None, 0, *KEY.split("/"), "waiting", *[None] * 6]
        await note_changes(session, {Change(CLOCKS, clock.day, KEY, clock.id, wrong)})
    noted = await pages()
    assert noted[0]["clocks"][0]["now"]["open"] == 2
    await build()
    assert (await pages())[:5] == noted[:5] == (await said_anew())[1][:5]


async def test_a_day_built_between_two_questions_is_asked_for_again(
    monkeypatch, database, bad_review, read_changes, build, pages, now
) -> None:
    review = await bad_review(hours=2)
    await bad_review(hours=2.5)
    await read_changes()
    await build()
    await publish_reply(database, review, now)
    await read_changes()
    expected = await pages()
    asked = []

    async def late(session, kind, **span):
        if database.dialect == "postgresql" and not asked:
            asked.append(kind)
            await build()
        return await read_notes(session, kind, **span)

    monkeypatch.setattr(reading, "read_notes", late)
    assert await pages() == expected
    assert asked == ([CLOCKS] if database.dialect == "postgresql" else [])


@pytest.mark.parametrize("most", [0, 1])
async def test_a_day_that_changed_all_over_is_built_from_its_rows(
    monkeypatch, database, bad_review, read_changes, build, pages, said_anew, now, most
) -> None:
    reviews = [await bad_review(hours=2 + n / 100) for n in range(3)]
    await read_changes()
    await build()
    monkeypatch.setattr(stale_days, "MOST_CHANGES", most)
    for review in reviews[:2]:
        await publish_reply(database, review, now)
    await read_changes()
    day = CLOCKS, day_of(now - timedelta(hours=2))
    async with database.read() as session:
        assert (await session.get(DbDay, day)).built == UNBUILT
    assert await count(database, DbChange) == 0
    noted = await pages()
    await build()
    assert await pages() == noted
    assert (await said_anew())[0] == noted


async def test_open_times_are_those_of_the_waiting_clocks(
    database, bad_review, read_changes, build, now
) -> None:
    reviews = [await bad_review(hours=hours) for hours in (1, 30, 60)]
    for change in range(3):
        await read_changes()
        for built in (False, True):
            if built:
                await build()
            async with database.read() as session:
                found = await read_open_times(session)
                query = select(DbClock.started_at, DbClock.due_at).where(DbClock.state == "waiting")
                rows = sorted(
                    (s.timestamp(), d.timestamp()) for s, d in await session.execute(query)
                )
            times = [pair for one in found.values() for pair in zip(*one, strict=True)]
            assert sorted(times) == rows
            assert len(rows) == 3 - change
        await publish_reply(database, reviews[change], now)
    await read_changes()
    await build()
    assert await count(database, DbOpenTimes) == 0


async def test_two_servers_that_build_days_at_once_keep_the_times_of_both(
    database, bad_review, read_changes, now
) -> None:
    for hours in (1, 30, 60, 90):
        await bad_review(hours=hours)
    await read_changes()

    async def build_one() -> int:
        async with database.write() as session:
            return await build_stale_days(session, limit=1)

    while await count_stale(database):
        await asyncio.gather(build_one(), build_one())
    async with database.read() as session:
        assert len((await read_open_times(session))[KEY].due) == 4


async def count_stale(database) -> int:
    async with database.read() as session:
        stale = select(func.count()).select_from(DbDay).where(DbDay.built != DbDay.version)
        return int(await session.scalar(stale))


async def test_a_change_noted_while_a_day_is_built_is_not_lost(
    database, bad_review, read_changes, build, pages, now
) -> None:
    reviews = [await bad_review(hours=2 + n / 100) for n in range(6)]
    await read_changes()
    await build()

    async def answer(review) -> None:
        await publish_reply(database, review, now)
        await read_changes()

    await asyncio.gather(*(answer(review) for review in reviews), *(build() for _ in range(6)))
    await build()
    (clock,) = (await pages())[0]["clocks"]
    assert (clock["now"]["met"], clock["now"]["open"]) == (6, 0)
