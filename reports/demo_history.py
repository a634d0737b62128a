"""Fills an empty demo desk with two weeks of invented past conversations, relative to now.

Demo data only: written once into a database that the demo shop was just seeded into, never into a
real shop's. How many come at which hour, who is at the desk, how fast they are and when they fall
behind is drawn from the tables below with a fixed seed; the sentences are data/desk/demo_chats.yml.
"""

import random
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.tables import DbConversation, DbConversationEvent, DbMessage, DbRating, DbVisitor
from reports.demo_chat import DemoChat
from reports.demo_promises import draw_promise
from reports.demo_record import DemoAgent, DemoBook
from reports.roster import plan_shifts
from reports.tables import DbAttendance
from shop.promises import DbPromise
from shop.tables import DbOrder
from sla.calendar_reading import WEEKDAYS as WEEKDAY_NAMES
from sla.policies import CHINA
from storage.staff import DbStaff, Role

CHATS_FILE = Path(__file__).resolve().parent.parent / "data" / "desk" / "demo_chats.yml"
SEED = 20261122
DAYS = 15
CHATS_A_DAY = 44
# Chats an hour, 0 to 23, as shares of a day: two peaks, a quiet night.
HOURS = (6, 3, 2, 1, 1, 1, 3, 8, 18, 34, 46, 48, 36, 34, 40, 44, 42, 38, 36, 48, 66, 72, 52, 22)
WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.25)
PAST_COLLEAGUES = (("xiaohe", "小何"), ("xiaotang", "小唐"))
# From and to hour of the weekly shifts, by log-in; a lunch in between is drawn.
SHIFTS = {
    "xiaolin": (8, 17),
    "xiaozhou": (14, 23),
    "xiaohe": (9, 18),
    "xiaotang": (16, 23),
}
DAYS_OFF = {"xiaolin": (6,), "xiaozhou": (1,), "xiaohe": (2, 3), "xiaotang": (0, 4)}


async def seed_demo_history(session: AsyncSession, *, now: datetime) -> int:
    """Write the past conversations; returns how many, 0 where the desk has any already."""
    if await session.scalar(select(DbConversation.id).limit(1)) is not None:
        return 0
    dice = random.Random(SEED)  # noqa: S311 - a demo wants the same past each time, not secrecy
    words = yaml.safe_load(CHATS_FILE.read_text(encoding="utf-8"))
    agents = await _agents(session, now)
    for agent in agents:
        _draw_attendance(agent, dice, now)
    session.add_all(
        DbAttendance(agent_id=agent.id, from_at=start, to_at=end)
        for agent in agents
        for start, end in agent.spans
    )
    for agent in agents:
        await plan_shifts(
            session,
            agent.id,
            _shifts(agent.login),
            first_day=(now - timedelta(days=DAYS + 1)).astimezone(CHINA).date(),
            actor="demo",
            now=now,
        )
    orders = list(await session.execute(select(DbOrder.number, DbOrder.platform)))
    book, promises = DemoBook(), []
    lots = random.Random(SEED + 1)  # noqa: S311 - as above
    for at in _arrivals(dice, now):
        chat = DemoChat(dice, words, agents=agents, orders=orders, at=at, now=now)
        chat.write(book)
        promises.append(draw_promise(chat.record, words["promises"], lots, now=now))
    for table, rows in (
        (DbVisitor, book.visitors),
        (DbConversation, book.conversations),
        (DbMessage, book.messages),
        (DbConversationEvent, sorted(book.events, key=lambda row: row["at"])),
        (DbRating, book.ratings),
        (DbPromise, [one for one in promises if one is not None]),
    ):
        if rows:
            await session.execute(insert(table), rows)
    return len(book.conversations)


async def _agents(session: AsyncSession, now: datetime) -> list[DemoAgent]:
    """The demo's agents, and two who helped out and have left: they cannot log in."""
    for login, name in PAST_COLLEAGUES:
        session.add(
            DbStaff(
                login=login,
                name=name,
                role=Role.AGENT,
                password_hash="-",  # noqa: S106 - opens nothing
                created_at=now - timedelta(days=60),
                disabled_at=now,
            )
        )
    await session.flush()
    known = select(DbStaff).where(DbStaff.login.in_(SHIFTS)).order_by(DbStaff.login)
    return [DemoAgent(row.id, row.login, row.name) for row in await session.scalars(known)]


def _shifts(login: str) -> dict[str, list[list[str]]]:
    """The plan behind the attendance: who comes late or is at lunch is planned all the same."""
    start, end = SHIFTS[login]
    frame = [f"{start:02}:00", f"{end:02}:00"]
    days = (day for place, day in enumerate(WEEKDAY_NAMES) if place not in DAYS_OFF[login])
    return {day: [frame] for day in days}


def _draw_attendance(agent: DemoAgent, dice: random.Random, now: datetime) -> None:
    today = now.astimezone(CHINA).date()
    start, end = SHIFTS[agent.login]
    for back in range(DAYS + 1, -1, -1):
        day = today - timedelta(days=back)
        if day.weekday() in DAYS_OFF[agent.login]:
            continue
        midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
        lunch = midnight + timedelta(minutes=(start + 4) * 60 + dice.randint(-20, 40))
        begins = midnight + timedelta(minutes=start * 60 + dice.choice((0, 0, 3, 8, 22)))
        for from_at, to_at in (
            (begins, lunch),
            (lunch + timedelta(minutes=dice.randint(25, 50)), midnight + timedelta(hours=end)),
        ):
            if from_at < now:
                agent.spans.append((from_at, min(to_at, now)))


def _arrivals(dice: random.Random, now: datetime) -> list[datetime]:
    today = now.astimezone(CHINA).date()
    times = []
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        busy = CHATS_A_DAY * WEEKDAYS[day.weekday()] * dice.uniform(0.85, 1.15)
        for _ in range(round(busy)):
            hour = dice.choices(range(24), HOURS)[0]
            at = datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)
            at += timedelta(seconds=dice.uniform(0, 3600))
            if at < now - timedelta(minutes=20):
                times.append(at)
    return sorted(times)
