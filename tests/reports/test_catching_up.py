"""Stored clocks follow the records: what changed is read, a changed policy reads all anew."""

from dataclasses import replace

from sqlalchemy import func, select

from reports.catching_up import catch_up, first_id, rebuild
from reports.measuring import Rules
from reports.tables import DbCase, DbClock
from review_manager.tables import DbReview
from storage.tables import new_id

from .conftest import publish_reply


async def states(database):
    async with database.read() as session:
        return sorted(await session.scalars(select(DbClock.state)))


async def test_only_what_changed_is_read(database, rules, bad_review, read_changes, now) -> None:
    first, _second = await bad_review(), await bad_review()
    assert await read_changes() == 2
    assert await read_changes() == 0
    await publish_reply(database, first, now)
    assert await read_changes() == 1
    assert await states(database) == ["met", "waiting"]


async def test_another_target_changes_every_clock(database, rules, bad_review, now) -> None:
    await bad_review(hours=30, replied=20)
    await catch_up(database, rules, now=now)
    assert await states(database) == ["met"]
    stricter = tuple(
        entry.model_copy(update={"target_seconds": 3600}) for entry in rules.policies.clocks
    )
    changed = Rules(replace(rules.policies, clocks=stricter), rules.alarms)
    assert await catch_up(database, changed, now=now) == 1
    assert await states(database) == ["late"]
    assert await catch_up(database, changed, now=now) == 0


async def test_a_review_that_owes_no_reply_any_more_leaves_the_figures(
    database, bad_review, read_changes
) -> None:
    review = await bad_review()
    await read_changes()
    async with database.write() as session:
        row = await session.get(DbReview, review)
        row.bad_since = row.due_at = None
        row.revision += 1
    assert await read_changes() == 1
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(DbCase)) == 0
    assert await states(database) == []


async def test_a_rebuild_gives_the_same_clocks(
    database, rules, bad_review, read_changes, now
) -> None:
    await bad_review(hours=30, replied=20)
    await bad_review(hours=5)
    await read_changes()
    columns = (DbClock.id, DbClock.state, DbClock.due_at, DbClock.waited_seconds)
    query = select(*columns).order_by(DbClock.id)
    async with database.read() as session:
        before = (await session.execute(query)).all()
    assert await rebuild(database, rules, now=now) == 2
    async with database.read() as session:
        assert (await session.execute(query)).all() == before


def test_ids_made_later_are_higher(now) -> None:
    assert first_id(now) < new_id() < "ffffffff"
