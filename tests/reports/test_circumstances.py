"""Who was there, who was full, who was planned: what causes of lateness are told from."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.policy import read_desk_policy
from desk.tables import DbPresence
from policies.files import PolicyError
from reports.attendance import note_attendance, read_attendance
from reports.circumstances import full_spans
from reports.records import Hold
from reports.roster import read_roster
from sla.spans import Span
from storage.staff import DbStaff, Role

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def span(start, end):
    return Span(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


@pytest.mark.parametrize(
    ("holds", "full"),
    [
        ([], {}),
        ([Hold(span(0, 10), "lin")], {"lin": ()}),
        ([Hold(span(0, 10), "lin"), Hold(span(5, 20), "lin")], {"lin": (span(5, 10),)}),
        ([Hold(span(0, 10), "lin"), Hold(span(10, 20), "lin")], {"lin": ()}),
        ([Hold(span(0, 10), "lin"), Hold(span(0, 10), "zhou")], {"lin": (), "zhou": ()}),
        ([Hold(span(0, 10), None), Hold(span(0, 10), None)], {}),
    ],
)
def test_an_agent_is_full_with_as_many_as_she_may_have(holds, full) -> None:
    assert full_spans(holds, 2) == full


def test_the_shipped_plan_is_empty_and_a_wrong_one_is_refused(tmp_path) -> None:
    assert read_roster().agents == {}
    wrong = tmp_path / "roster.yml"
    wrong.write_text("valid_from: 2026-01-01\nsource: x\nagents: {lin: {tz: Nowhere, frames: {}}}")
    with pytest.raises(PolicyError, match="lin"):
        read_roster(wrong)


async def test_rounds_stretch_a_span_while_the_heartbeat_is_fresh(database, now) -> None:
    policy = read_desk_policy()
    async with database.write() as session:
        staff = DbStaff(login="l", name="n", role=Role.AGENT, password_hash="-", created_at=now)
        session.add(staff)
        await session.flush()
        session.add(
            DbPresence(
                staff_id=staff.id, status="accepting", heartbeat_at=now, capacity=5, idle_since=now
            )
        )
    for seconds in (0, 5, 40, 60, 90):  # 45 seconds of silence count as gone
        async with database.write() as session:
            await note_attendance(session, policy, now=now + timedelta(seconds=seconds))
    async with database.write() as session:
        row = await session.get(DbPresence, staff.id)
        row.heartbeat_at = now + timedelta(minutes=10)
        await note_attendance(session, policy, now=now + timedelta(minutes=10))
    async with database.write() as session:
        await note_attendance(session, policy, now=now + timedelta(minutes=10, seconds=5))
    async with database.read() as session:
        found = await read_attendance(session, since=now - DAY, until=now + DAY)
    assert found[staff.id] == [
        Span(now, now + timedelta(seconds=40)),
        Span(now + timedelta(minutes=10), now + timedelta(minutes=10, seconds=5)),
    ]
