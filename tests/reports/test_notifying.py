"""Alarms in group chats: each vendor takes our format, nobody is flooded, nights are quiet."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from reports.digests import plain, write_digest
from reports.notifying import deliver
from reports.sweep import outbox_kind
from reports.tables import DbMark
from reports.vendors import (
    LIMITS,
    Robot,
    Vendor,
    Verdict,
    dingtalk_sign,
    feishu_sign,
    read_answer,
    write,
)
from server.alarms import post
from storage import outbox
from storage.outbox import LEASE, DbOutboxEntry

from .group_robots import SECRET, GroupRobots

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
LATER = timedelta(seconds=20)
URL = "https://kefu.example"
VENDORS = list(Vendor)


@pytest.fixture
async def robots():
    standing = GroupRobots()
    await standing.start()
    yield standing
    await standing.stop()


def robot(robots, vendor, secret=SECRET):
    return Robot(vendor, robots.url(vendor), "" if vendor is Vendor.WECOM else secret)


async def put(database, robot, *, at, n=1, step="breach", title="保温杯"):
    async with database.write() as session:
        for number in range(n):
            await outbox.enqueue(
                session,
                kind=outbox_kind(robot.name),
                idempotency_key=f"{robot.name}:{step}:{at}:{number}",
                payload={
                    "step": step,
                    "case": f"case-{number}",
                    "kind": "review",
                    "title": title,
                    "policy": "house_review_reply",
                    "policy_title": "差评 24 小时内回复",
                    "platform": "taobao",
                    "agent": None,
                    "due_at": (at - timedelta(minutes=5)).isoformat(),
                },
                now=at,
            )


async def send(database, robot, rules, at):
    return await deliver(database, robot, rules.alarms, post, url=URL, now=at)


async def entries(database):
    async with database.read() as session:
        return list(await session.scalars(select(DbOutboxEntry)))


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_vendor_takes_a_signed_digest_of_many_alarms(
    database, rules, robots, vendor
) -> None:
    chat = robot(robots, vendor)
    await put(database, chat, at=NOON, n=30)
    assert await send(database, chat, rules, NOON + LATER)
    assert len(robots.heard) == 1
    said = json.dumps(robots.heard[0], ensure_ascii=False)
    assert "已超时 30 个" in said
    assert "还有 10 个" in said
    assert "差评 24 小时内回复 · 淘宝" in said
    assert all(entry.sent_at == NOON + LATER for entry in await entries(database))
    assert robots.keys[0]
    assert not await send(database, chat, rules, NOON + 2 * LATER)


async def test_others_may_join_before_a_digest_goes_out(database, rules, robots) -> None:
    chat = robot(robots, Vendor.WECOM)
    await put(database, chat, at=NOON)
    assert not await send(database, chat, rules, NOON + timedelta(seconds=19))
    await put(database, chat, at=NOON + timedelta(seconds=19))
    assert await send(database, chat, rules, NOON + LATER)
    assert len(robots.heard) == 1


@pytest.mark.parametrize("vendor", [Vendor.DINGTALK, Vendor.FEISHU])
async def test_a_wrong_secret_is_told_and_tried_again_later(
    database, rules, robots, vendor
) -> None:
    chat = robot(robots, vendor, secret="wrong")
    await put(database, chat, at=NOON)
    assert not await send(database, chat, rules, NOON + LATER)
    (entry,) = await entries(database)
    assert "sign" in entry.last_error
    assert entry.due_at == NOON + LATER + timedelta(seconds=15)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_vendor_that_says_too_fast_is_left_alone(database, rules, robots, vendor) -> None:
    robots.a_minute = 0
    chat = robot(robots, vendor)
    await put(database, chat, at=NOON)
    assert not await send(database, chat, rules, NOON + LATER)
    silence = LIMITS[vendor].silence
    robots.a_minute = 20
    assert not await send(database, chat, rules, NOON + LATER + silence - timedelta(seconds=1))
    assert robots.heard == []
    assert await send(database, chat, rules, NOON + LATER + silence)
    assert len(robots.heard) == 1


async def test_we_stay_under_the_limit_by_ourselves(database, rules, robots) -> None:
    chat = robot(robots, Vendor.DINGTALK)
    at = NOON + LATER
    for number in range(25):
        await put(database, chat, at=NOON + timedelta(milliseconds=number))
        await send(database, chat, rules, at + timedelta(seconds=number))
    assert len(robots.heard) == LIMITS[Vendor.DINGTALK].a_minute
    assert await send(database, chat, rules, at + timedelta(seconds=61))


async def test_the_night_is_quiet_but_for_the_gravest(database, rules, robots) -> None:
    chat = robot(robots, Vendor.WECOM)
    await put(database, chat, at=NIGHT, n=3)
    await put(database, chat, at=NIGHT, step="escalate_manager")
    assert await send(database, chat, rules, NIGHT + LATER)
    assert "经理" in json.dumps(robots.heard[0], ensure_ascii=False)
    assert "已超时 3 个" not in json.dumps(robots.heard[0], ensure_ascii=False)
    morning = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert not await send(database, chat, rules, morning - timedelta(seconds=1))
    assert await send(database, chat, rules, morning)
    assert "已超时 3 个" in json.dumps(robots.heard[1], ensure_ascii=False)


async def test_nobody_answering_keeps_the_alarm(database, rules) -> None:
    chat = Robot(Vendor.WECOM, "http://127.0.0.1:9/nobody")
    await put(database, chat, at=NOON)
    assert not await send(database, chat, rules, NOON + LATER)
    (entry,) = await entries(database)
    assert entry.sent_at is None
    assert entry.due_at is not None


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


@pytest.mark.parametrize("was_heard", [True, False])
async def test_who_is_killed_while_sending_leaves_it_to_another_under_the_same_key(
    database, rules, robots, was_heard
) -> None:
    chat = robot(robots, Vendor.DINGTALK)
    await put(database, chat, at=NOON, n=3)

    async def die(letter, key):
        if was_heard:
            await post(letter, key)
        raise Killed

    with pytest.raises(Killed):
        await deliver(database, chat, rules.alarms, die, url=URL, now=NOON + LATER)
    assert not await send(database, chat, rules, NOON + LATER + LEASE - timedelta(seconds=1))
    assert await send(database, chat, rules, NOON + LATER + LEASE)
    assert len(robots.heard) == 1 + was_heard
    assert len(set(robots.keys)) == 1
    assert not await send(database, chat, rules, NOON + LATER + 3 * LEASE)


async def test_we_stay_below_feishus_five_a_second(database, rules, robots) -> None:
    chat = robot(robots, Vendor.FEISHU)
    at = NOON + LATER
    for number in range(8):
        await put(database, chat, at=NOON + timedelta(milliseconds=number))
        await send(database, chat, rules, at + timedelta(milliseconds=number * 10))
    assert len(robots.heard) == LIMITS[Vendor.FEISHU].a_second < 5
    assert await send(database, chat, rules, at + timedelta(seconds=1.1))


async def test_the_channels_name_holds_no_secret(database, rules, robots) -> None:
    chat = robot(robots, Vendor.WECOM)
    await put(database, chat, at=NOON)
    await send(database, chat, rules, NOON + LATER)
    async with database.read() as session:
        (name,) = await session.scalars(select(DbMark.name))
    assert "key=" not in name


def test_a_signature_hangs_on_time_and_secret() -> None:
    """That they are right is shown by the stand-ins, which compute them by the vendors' words."""
    assert dingtalk_sign("a", 1) != dingtalk_sign("a", 2)
    assert feishu_sign("a", 1) != feishu_sign("b", 1)


@pytest.mark.parametrize(
    ("vendor", "status", "body", "verdict"),
    [
        (Vendor.DINGTALK, 200, {"errcode": 0, "errmsg": "ok"}, Verdict.TAKEN),
        (Vendor.DINGTALK, 200, {"errcode": 130101, "errmsg": "x"}, Verdict.TOO_FAST),
        (Vendor.DINGTALK, 200, {"errcode": 310000, "errmsg": "x"}, Verdict.REFUSED),
        (Vendor.FEISHU, 200, {"code": 0, "msg": "success"}, Verdict.TAKEN),
        (Vendor.FEISHU, 200, {"StatusCode": 0}, Verdict.TAKEN),
        (Vendor.FEISHU, 200, {"code": 11232}, Verdict.TOO_FAST),
        (Vendor.WECOM, 200, {"errcode": 45009}, Verdict.TOO_FAST),
        (Vendor.WECOM, 429, None, Verdict.TOO_FAST),
        (Vendor.WECOM, 502, None, Verdict.REFUSED),
        (Vendor.WECOM, 500, {"errcode": 0}, Verdict.REFUSED),
    ],
)
def test_answers_are_read_as_the_vendor_means_them(vendor, status, body, verdict) -> None:
    assert read_answer(vendor, status, body)[0] is verdict


def test_a_products_name_is_no_markdown() -> None:
    assert plain("[点我](http://x)**") == "点我http://x"


def test_a_digest_names_the_gravest_first() -> None:
    base = {"case": "c", "kind": "review", "title": "", "policy_title": "p", "platform": None}
    due = NOON.isoformat()
    payloads = [
        base | {"step": "warn_75", "due_at": due},
        base | {"step": "escalate_lead", "due_at": due},
    ]
    title, text = write_digest(payloads, 20, most_bytes=18_000, url=URL, now=NOON)
    assert title.startswith("kefu 提醒：超时升级：组长 1 个")
    assert text.index("组长") < text.index("75%")


def _alarms(count: int) -> list[dict[str, object]]:
    due = NOON.isoformat()
    one = {"kind": "review", "policy_title": "差评 24 小时内回复", "platform": "taobao"}
    names = {"title": "手冲咖啡壶套装（带温度计和滤纸一百张）", "step": "breach", "due_at": due}
    return [one | names | {"case": f"01a204e4-4219-7344-a30e-{at:012}"} for at in range(count)]


@pytest.mark.parametrize("count", [1, 12, 60])
@pytest.mark.parametrize("most_bytes", [400, 1_000, 4_000, 18_000])
def test_a_digest_that_is_too_long_ends_at_a_whole_line_and_counts_the_rest(
    count: int, most_bytes: int
) -> None:
    _title, text = write_digest(_alarms(count), 20, most_bytes=most_bytes, url=URL, now=NOON)
    assert len(text.encode()) <= most_bytes
    listed = text.count("/reviews?review=")
    assert text.count("](") == text.count("[") == listed + (listed < count)
    assert (f"还有 {count - listed} 个" in text) == (listed < count)


def test_paragraphs_after_a_list_stand_apart_from_its_last_point() -> None:
    morning = {"step": "morning", "text": "### 早报\n\n- 一\n\n[打开](x)"}
    _title, text = write_digest([morning, *_alarms(1)], 20, most_bytes=18_000, url=URL, now=NOON)
    assert "[打开](x)\n\n### kefu 提醒：已超时 1 个\n\n- **" in text


def test_a_card_of_feishu_has_no_heading_that_it_cannot_show() -> None:
    title, text = write_digest(_alarms(2), 20, most_bytes=18_000, url=URL, now=NOON)
    robot = Robot(Vendor.FEISHU, "https://example.com/hook")
    (body,) = write(robot, title=title, text=text, now=NOON).body["card"]["elements"]
    assert body["content"].startswith("- **已超时**")
    both = "### kefu 早报（2026-11-22）\n\n- 一\n\n" + text
    (body,) = write(robot, title=title, text=both, now=NOON).body["card"]["elements"]
    assert body["content"].startswith("**kefu 早报（2026-11-22）**\n\n- 一\n\n**kefu 提醒：")
