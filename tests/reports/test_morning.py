"""The managers' morning digest: at its hour, once whatever servers run, with true figures."""

import asyncio
import json
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from reports.asking import Desk
from reports.catching_up import catch_up
from reports.morning import is_time, put_out_morning
from reports.notifying import deliver
from reports.vendors import Robot, Vendor
from server.alarms import post
from storage.engine import Database
from storage.outbox import DbOutboxEntry

from .conftest import store_review
from .group_robots import GroupRobots

MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 08:30 in China
SECOND = timedelta(seconds=1)
URL = "https://kefu.example"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (MORNING - SECOND, False),
        (MORNING, True),
        (MORNING + timedelta(hours=3) - SECOND, True),
        (MORNING + timedelta(hours=3), False),
        (MORNING + timedelta(hours=12), False),
    ],
)
def test_it_is_due_at_its_hour_and_not_at_noon(at, due) -> None:
    assert is_time(at, time(8, 30)) is due


def test_a_shop_may_do_without_it() -> None:
    assert not is_time(MORNING, None)


@pytest.fixture
async def robots():
    standing = GroupRobots()
    await standing.start()
    yield standing
    await standing.stop()


@pytest.fixture
async def servers(database_url):
    """Two servers over one database."""
    both = [Database(database_url), Database(database_url)]
    yield both
    for each in both:
        await each.close()


async def one_round(server, robot, rules, at):
    """What each server does every few seconds of the morning."""
    async with server.write() as session:
        await put_out_morning(Desk(session, rules.policies, at), [robot.name], url=URL)
    later = at + timedelta(seconds=rules.alarms.webhooks.digest_seconds)
    await deliver(server, robot, rules.alarms, post, url=URL, now=later)


async def test_two_servers_send_it_once_a_morning(servers, rules, robots) -> None:
    robot = Robot(Vendor.WECOM, robots.url(Vendor.WECOM))
    for minute in range(4):
        at = MORNING + timedelta(minutes=minute)
        await asyncio.gather(*(one_round(each, robot, rules, at) for each in servers * 2))
    assert len(robots.heard) == 1
    assert "kefu 早报（2026-11-22）" in json.dumps(robots.heard[0], ensure_ascii=False)
    async with servers[0].read() as session:
        (entry,) = await session.scalars(select(DbOutboxEntry))
    assert entry.sent_at is not None
    await one_round(servers[0], robot, rules, MORNING + timedelta(days=1))
    assert len(robots.heard) == 2
    assert "2026-11-23" in json.dumps(robots.heard[1], ensure_ascii=False)


async def test_it_says_yesterdays_promises_and_what_is_open_now(servers, rules) -> None:
    at = MORNING
    await store_review(servers[0], at, hours=20, replied=15)  # began yesterday, answered
    await store_review(servers[0], at, hours=30)  # yesterday's, late and open
    await store_review(servers[0], at, hours=21)  # yesterday's, due today at 11:30
    await catch_up(servers[0], rules, now=at)
    async with servers[0].write() as session:
        assert await put_out_morning(Desk(session, rules.policies, at), ["a", "b"], url=URL) == 2
        assert await put_out_morning(Desk(session, rules.policies, at), ["a", "b"], url=URL) == 0
        entries = list(await session.scalars(select(DbOutboxEntry.payload)))
    (text,) = {entry["text"] for entry in entries}
    assert "差评 24 小时内回复：50.0%（n=2） ✗" in text
    assert "此刻已超时未答 1 个，今天到期 1 个。" in text
    assert f"({URL}/dashboard)" in text


async def test_a_day_without_cases_says_so(servers, rules) -> None:
    async with servers[0].write() as session:
        await put_out_morning(Desk(session, rules.policies, MORNING), ["a"], url=URL)
        (payload,) = await session.scalars(select(DbOutboxEntry.payload))
    assert "没有数据" in payload["text"]
    assert "%" not in payload["text"]
