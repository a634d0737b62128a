"""The roster: each entry from its day on, the file before it, refusals, and lateness beside it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from reports.anatomy_report import Asked, anatomy_report
from reports.asking import Desk
from reports.days import day_of, start_of
from reports.demo_history import seed_demo_history
from reports.period import period_of
from reports.roster import (
    BadShiftError,
    Plan,
    Roster,
    Version,
    plan_shifts,
    read_plan,
    read_roster,
    read_shifts,
    shifts,
)
from reports.roster_report import roster_report
from reports.tally import Filters
from shop.seed import seed_demo_shop
from sla.spans import Span
from storage.audit import DbAuditEvent
from storage.staff import DbStaff, Role

MONDAY = datetime(2026, 11, 16, tzinfo=UTC) - timedelta(hours=8)  # midnight in China
HOUR = timedelta(hours=1)
EARLY = {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
LATE = {"mon": [["16:00", "24:00"]]}


def plan_of(*versions):
    return Plan({"lin": [Version(since, read_shifts(form)) for since, form in versions]})


def hours(spans):
    return [((a - MONDAY) / HOUR, (b - MONDAY) / HOUR) for a, b in spans]


def test_each_version_holds_from_its_day_to_the_next() -> None:
    plan = plan_of((MONDAY, EARLY), (MONDAY + timedelta(days=7), LATE))
    spans = plan.spans("lin", since=MONDAY, until=MONDAY + timedelta(days=15))
    assert hours(spans) == [(8, 12), (13, 17), (7 * 24 + 16, 8 * 24), (14 * 24 + 16, 15 * 24)]


def test_before_the_first_version_nobody_is_planned_and_spans_are_cut_to_fit() -> None:
    plan = plan_of((MONDAY, EARLY))
    assert plan.spans("lin", since=MONDAY - timedelta(days=7), until=MONDAY) == ()
    assert hours(plan.spans("lin", since=MONDAY + 9 * HOUR, until=MONDAY + 14 * HOUR)) == [
        (9, 12),
        (13, 14),
    ]
    assert plan.spans("zhou", since=MONDAY, until=MONDAY + 24 * HOUR) == ()


def test_no_shift_at_all_means_not_planned() -> None:
    plan = plan_of((MONDAY, EARLY), (MONDAY + timedelta(days=7), {}))
    assert len(plan.spans("lin", since=MONDAY, until=MONDAY + timedelta(days=30))) == 2


def test_a_day_off_is_free() -> None:
    hours_ = read_shifts(EARLY, [date(2026, 11, 16)])
    assert hours_ is not None
    found = list(hours_.spans_between(MONDAY, MONDAY + timedelta(days=8)))
    assert hours(found) == [(7 * 24 + 8, 7 * 24 + 12), (7 * 24 + 13, 7 * 24 + 17)]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}, "overlap"),
        ({"mon": [["22:00", "06:00"]]}, "two"),
        ({"mon": [["08:00", "25:00"]]}, "24:00"),
        ({"someday": [["08:00", "12:00"]]}, "someday"),
    ],
)
def test_shifts_that_make_no_sense_are_refused(form, told) -> None:
    with pytest.raises(BadShiftError, match=told):
        read_shifts(form)


def test_who_is_not_planned_counts_as_planned_while_there() -> None:
    there = {"lin": [Span(MONDAY, MONDAY + HOUR)], "zhou": [Span(MONDAY, MONDAY + HOUR)]}
    plan = plan_of((MONDAY, EARLY))
    found = shifts(plan, there, since=MONDAY, until=MONDAY + 24 * HOUR)
    assert hours(found["lin"]) == [(8, 12), (13, 17)]
    assert found["zhou"] == (Span(MONDAY, MONDAY + HOUR),)


@pytest.fixture
async def lin(database, now):
    async with database.write() as session:
        row = DbStaff(login="lin", name="小林", role=Role.AGENT, password_hash="-", created_at=now)
        session.add(row)
        await session.flush()
        return row.id


async def write(database, agent, form, day, now):
    async with database.write() as session:
        await plan_shifts(session, agent, form, first_day=day, actor="staff:m", now=now)


async def test_the_stored_plan_takes_over_from_the_file_on_its_day(database, lin, now) -> None:
    form = {"tz": "Asia/Shanghai", "frames": LATE}
    file = Roster(valid_from=date(2026, 11, 1), source="x", agents={"lin": form})
    await write(database, lin, EARLY, date(2026, 11, 16), now)
    async with database.read() as session:
        plan = await read_plan(session, file)
    week = timedelta(days=7)
    assert hours(plan.spans(lin, since=MONDAY - week, until=MONDAY)) == [(16 - 168, 24 - 168)]
    assert hours(plan.spans(lin, since=MONDAY, until=MONDAY + week)) == [(8, 12), (13, 17)]


async def test_writing_a_day_again_replaces_it_and_is_audited(database, lin, now) -> None:
    for form in (EARLY, LATE):
        await write(database, lin, form, date(2026, 11, 16), now)
    async with database.read() as session:
        plan = await read_plan(session, read_roster())
        entries = list(await session.scalars(select(DbAuditEvent)))
    assert hours(plan.spans(lin, since=MONDAY, until=MONDAY + 24 * HOUR)) == [(16, 24)]
    assert [one.action for one in entries] == ["roster.changed"] * 2
    assert entries[1].detail["from"] == "2026-11-16"


async def test_the_report_counts_who_is_planned_each_hour(database, lin, now) -> None:
    today = start_of(day_of(now))
    await write(database, lin, EARLY, today.date() - timedelta(days=10), now)
    async with database.read() as session:
        desk = Desk(session, None, now)
        plan = await read_plan(session, read_roster())
        found = await roster_report(desk, period_of(None, None, now=now), plan)
    assert [one["name"] for one in found["agents"]] == ["小林"]
    assert found["agents"][0]["shifts"] == EARLY
    assert found["planned"][:24] == [0] * 8 + [1] * 4 + [0] + [1] * 4 + [0] * 7
    assert sum(found["planned"][24:]) == 0
    assert found["handoffs"] == [0] * 168


async def test_who_has_left_is_planned_no_longer(database, lin, now) -> None:
    monday = start_of(day_of(MONDAY))
    await write(database, lin, EARLY, monday.date(), now)
    await write(database, lin, LATE, monday.date() + timedelta(days=14), now)
    async with database.write() as session:
        row = await session.get(DbStaff, lin)
        row.disabled_at = MONDAY + timedelta(days=7, hours=9)
    async with database.read() as session:
        plan = await read_plan(session, read_roster())
        found = await roster_report(
            Desk(session, None, MONDAY), period_of(None, None, now=now), plan
        )
    spans = plan.spans(lin, since=MONDAY, until=MONDAY + timedelta(days=30))
    assert hours(spans) == [(8, 12), (13, 17), (7 * 24 + 8, 7 * 24 + 9)]
    assert (found["agents"], sum(found["planned"])) == ([], 0)


async def test_nobody_on_shift_is_told_from_the_plan(sqlite_database, rules, now) -> None:
    """The demo: at night nobody is planned, by day somebody is, and the causes say so."""
    from desk.policy import read_desk_policy
    from reports.catching_up import catch_up

    async with sqlite_database.write() as session:
        await seed_demo_shop(session, now=now)
        for login in ("xiaolin", "xiaozhou"):
            session.add(
                DbStaff(login=login, name=login, role=Role.AGENT, password_hash="-", created_at=now)
            )
        await session.flush()
        await seed_demo_history(session, now=now)
    await catch_up(sqlite_database, rules, now=now)
    key = "house_human_first/handoff_response"
    async with sqlite_database.read() as session:
        desk = Desk(session, rules.policies, now)
        week = period_of(None, None, now=now)
        asked = Asked(week, Filters(), key, rules, read_desk_policy(), read_roster())
        report = await anatomy_report(desk, asked)
        plan = await read_plan(session, read_roster())
    causes = {one["cause"]: one["seconds"] for one in report["causes"]}
    assert sum(causes.values()) == pytest.approx(report["late_seconds"])
    assert len(plan.versions) == 4
    assert causes["nobody_on_shift"] > 0
    assert len(causes) > 1
