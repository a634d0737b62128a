"""The demo's past: only into an empty desk, never in the future, and readable by every report."""

from datetime import timedelta

from sqlalchemy import func, select

from desk.forgetting import erase_expired
from desk.tables import DbConversation, DbConversationEvent, DbMessage
from reports.asking import Desk
from reports.chat_report import chats_report
from reports.clock_report import clocks_report
from reports.demo_history import seed_demo_history
from reports.desk_log import read_conversations
from reports.period import period_of
from reports.tally import Filters
from shop.seed import seed_demo_shop
from storage.staff import DbStaff, Role


async def seed(database, now):
    async with database.write() as session:
        await seed_demo_shop(session, now=now)
        for login in ("xiaolin", "xiaozhou"):
            session.add(
                DbStaff(login=login, name=login, role=Role.AGENT, password_hash="-", created_at=now)
            )
        await session.flush()
        return await seed_demo_history(session, now=now)


async def test_two_weeks_that_look_like_a_shop(database, rules, read_changes, now) -> None:
    assert await seed(database, now) > 500
    await read_changes()
    async with database.read() as session:
        desk = Desk(session, rules.policies, now)
        chats = await chats_report(desk, period_of(None, None, now=now), Filters())
        clocks = await clocks_report(desk, period_of(None, None, now=now), Filters())
        week = period_of(None, None, now=now)
        some = await chats_report(desk, week, Filters(platform="taobao", reason="asked_human"))
        none = await chats_report(desk, week, Filters(aspect="quality"))  # chats have none
        last = await session.scalar(select(func.max(DbMessage.at)))
        events = await session.scalar(select(func.max(DbConversationEvent.at)))
    assert chats["n"] > 200
    assert 0 < some["n"] < chats["n"]
    assert (none["n"], none["bot"]["n"]) == (0, 0)
    assert chats["bot"]["closed_by_bot"]["share"] > 0.3
    assert chats["satisfaction"]["response"]["share"] > 0.2
    assert chats["reasons"]
    shares = {one["policy"]: one["now"]["share"] for one in clocks["clocks"]}
    assert 0.4 < shares["house_human_first"] < 0.95
    assert max(last, events) <= now


async def test_a_desk_with_conversations_is_left_alone(sqlite_database, now) -> None:
    assert await seed(sqlite_database, now) > 0
    async with sqlite_database.write() as session:
        assert await seed_demo_history(session, now=now) == 0


async def test_most_of_the_past_is_over(sqlite_database, now) -> None:
    chats = await seed(sqlite_database, now)
    async with sqlite_database.read() as session:
        closed = select(func.count()).where(DbConversation.owner == "closed")
        assert 0.7 * chats < await session.scalar(closed) < chats


async def test_erased_words_change_no_report(sqlite_database, now) -> None:
    await seed(sqlite_database, now)
    async with sqlite_database.read() as session:
        ids = (await session.scalars(select(DbConversation.id))).all()
        before = await read_conversations(session, ids, now=now)
    erased, batch = 0, 1
    while batch:
        async with sqlite_database.write() as session:
            batch = await erase_expired(session, keep=timedelta(0), now=now)
        erased += batch
    async with sqlite_database.read() as session:
        assert await read_conversations(session, ids, now=now) == before
    assert erased > 0.7 * len(ids)
