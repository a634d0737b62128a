"""Reports over a small shop: every figure known by heart, and each opens to just its cases."""

from datetime import timedelta

import pytest

from desk.policy import read_desk_policy
from reports.anatomy_report import Asked, anatomy_cases, anatomy_report
from reports.asking import Desk
from reports.cases_report import Choice, clock_cases
from reports.chat_report import chats_report
from reports.clock_report import clock_report, clocks_report
from reports.period import BadPeriodError, Period, period_of
from reports.reading import build_stale_days
from reports.roster import read_roster
from reports.standing_report import backlog_report, rescue_report, risk_report
from reports.tally import Filters
from reports.what_if import Change
from reports.what_if_report import what_if_report
from sla.anatomy import Cause

from .conftest import publish_reply

KEY = "house_review_reply/review_reply"
ALL = Filters()


@pytest.fixture
async def shop(bad_review, read_changes):
    """Eight bad reviews: 3 in time, 2 late, 2 missed and open, 1 open in time."""
    await bad_review(hours=40, replied=38, platform="jd", aspect="quality")
    await bad_review(hours=50, replied=40, platform="jd", aspect="logistics")
    await bad_review(hours=60, replied=50, platform="pdd", by="staff:s2")
    await bad_review(hours=70, replied=40, platform="pdd", by="staff:s2")
    await bad_review(hours=80, replied=20)
    await bad_review(hours=30)
    await bad_review(hours=90)
    await bad_review(hours=21)
    await read_changes()


@pytest.fixture
async def desk(database, rules, now):
    async with database.read() as session:
        yield Desk(session, rules.policies, now, {"s1": "小陈"})


def week(now):
    return period_of(None, None, now=now)


async def the_clock(desk, now, filters=ALL):
    (clock,) = (await clocks_report(desk, week(now), filters))["clocks"]
    return clock


async def test_attainment_counts_what_is_late_and_open_as_missed(shop, desk, now) -> None:
    figure = (await the_clock(desk, now))["now"]
    assert (figure["met"], figure["late"], figure["missed"], figure["open"]) == (3, 2, 2, 1)
    assert (figure["n"], figure["share"]) == (7, 3 / 7)
    assert figure["low"] < 3 / 7 < figure["high"]


async def test_percentiles_keep_those_still_waiting(shop, desk, now) -> None:
    figure = (await the_clock(desk, now))["now"]
    assert figure["p50"] == pytest.approx(30 * 3600)
    assert figure["p95"] is None


@pytest.mark.parametrize("state", ["met", "late", "missed", "open", "failed", "waiting"])
async def test_a_figure_opens_to_exactly_its_cases(shop, desk, now, state) -> None:
    figure = (await the_clock(desk, now))["now"]
    counted = {
        **figure,
        "failed": figure["late"] + figure["missed"] + figure["closed_unanswered"],
        "waiting": figure["missed"] + figure["open"],
    }[state]
    found = await clock_cases(desk, week(now), ALL, Choice(key=KEY, state=state))
    assert found["total"] == len(found["cases"]) == counted


async def test_the_parts_of_a_clock_add_up_and_open_to_their_cases(shop, desk, now) -> None:
    whole = await clock_report(desk, week(now), ALL, key=KEY)
    n = whole["now"]["n"]
    assert sum(day["n"] for day in whole["days"]) == n
    assert sum(slot["n"] for slot in whole["slots"]) == n
    assert sum(one["n"] for one in whole["waits"]["bins"]) == 5
    for by in ("agent", "platform", "aspect"):
        assert sum(group["n"] for group in whole["by"][by]) == n
        for group in whole["by"][by]:
            filters = Filters(**{by: group["value"] or "unknown"})
            found = await clock_cases(desk, week(now), filters, Choice(key=KEY))
            assert found["total"] == group["n"] + group["open"]
    for place, slot in enumerate(whole["slots"]):
        if slot["failed"]:
            choice = Choice(key=KEY, slot=place, state="failed")
            assert (await clock_cases(desk, week(now), ALL, choice))["total"] == slot["failed"]


async def test_agents_are_called_by_name(shop, desk, now) -> None:
    groups = (await clock_report(desk, week(now), ALL, key=KEY))["by"]["agent"]
    assert {group["name"] for group in groups} == {"小陈", "s2", "无人接待"}


async def test_columns_kept_ready_say_the_same(shop, database, rules, now) -> None:
    async with database.read() as session:
        direct = await clocks_report(Desk(session, rules.policies, now), week(now), ALL)
    async with database.write() as session:
        assert await build_stale_days(session) > 0
        assert await build_stale_days(session) == 0
    async with database.read() as session:
        ready = await clocks_report(Desk(session, rules.policies, now), week(now), ALL)
    assert ready == direct


async def test_an_answer_changes_the_figures_at_once(
    shop, database, rules, bad_review, read_changes, now
) -> None:
    review = await bad_review(hours=2)
    await read_changes()
    async with database.write() as session:
        await build_stale_days(session)
    async with database.read() as session:
        before = await the_clock(Desk(session, rules.policies, now), now)
    await publish_reply(database, review, now)
    await read_changes(now)
    async with database.read() as session:
        after = await the_clock(Desk(session, rules.policies, now), now)
    assert after["now"]["met"] == before["now"]["met"] + 1
    assert after["now"]["open"] == before["now"]["open"] - 1


async def test_the_period_before_stands_beside(shop, desk, bad_review, read_changes, now) -> None:
    await bad_review(hours=24 * 9, replied=24 * 8.5)
    await read_changes()
    clock = await the_clock(desk, now)
    assert (clock["before"]["n"], clock["before"]["share"]) == (1, 1.0)


async def test_a_period_without_cases_has_no_figures(desk, now) -> None:
    assert (await clocks_report(desk, week(now), ALL))["clocks"] == []
    chats = await chats_report(desk, week(now), ALL)
    assert (chats["n"], chats["bot"]["closed_by_bot"]["share"]) == (0, None)


async def test_a_leap_day_is_a_day_like_any_other(desk, now) -> None:
    from datetime import date

    period = period_of(date(2028, 2, 28), date(2028, 3, 1), now=now)
    assert [day.isoformat() for day in period.dates] == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert len((await chats_report(desk, period, ALL))["days"]) == 3


@pytest.mark.parametrize("days", [-1, 400])
def test_a_period_backwards_or_without_end_is_refused(days) -> None:
    with pytest.raises(BadPeriodError):
        Period(100, 100 + days)


async def test_what_is_at_risk_stands_in_order(shop, desk, bad_review, read_changes, now) -> None:
    first = await bad_review(hours=23)
    await read_changes()
    found = await risk_report(desk, hours=4)
    assert found["soon"][0]["case"] == first
    assert len(found["soon"]) == 2
    assert [one["state"] for one in found["late"]] == ["missed", "missed"]
    assert all(one["href"].startswith("/reviews?review=") for one in found["late"])


async def test_the_backlog_is_counted_by_time_left_and_age(shop, desk) -> None:
    (clock,) = (await backlog_report(desk))["clocks"]
    assert clock["n"] == 3
    assert {one["name"]: one["n"] for one in clock["left"] if one["n"]} == {
        "已超时": 2,
        "1–4 小时": 1,
    }
    assert {one["name"]: one["n"] for one in clock["age"] if one["n"]} == {
        "12–24 小时": 1,
        "1–3 天": 1,
        "3–7 天": 1,
    }


async def test_the_rescue_list_says_how_many_must_be_kept(
    desk, bad_review, read_changes, now
) -> None:
    for _ in range(3):
        await bad_review(hours=1)
    await bad_review(hours=3, replied=2)
    await read_changes()
    (one,) = (await rescue_report(desk))["lists"]
    assert (one["met"], one["n"], one["pending"], one["needed"]) == (1, 1, 3, 3)
    assert len(one["cases"]) == 3


async def test_late_time_is_shared_out_exactly(shop, desk, rules, now) -> None:
    asked = Asked(week(now), ALL, KEY, rules, read_desk_policy(), read_roster())
    report = await anatomy_report(desk, asked)
    late = [6, 36, 6, 66]  # hours past the 24th: two answered late, two still open
    assert (report["of"], report["explained"]) == (4, 4)
    assert report["late_seconds"] == sum(late) * 3600
    assert sum(cause["seconds"] for cause in report["causes"]) == report["late_seconds"]
    assert {cause["name"] for cause in report["causes"]} == {"非处理时段", "在岗但未处理"}
    for cause in report["causes"]:
        behind = await anatomy_cases(desk, asked, Cause(cause["cause"]))
        assert behind["total"] == len(behind["cases"]) == cause["n"]


async def test_another_target_is_replayed_over_the_same_waits(shop, desk, now) -> None:
    report = await what_if_report(
        desk,
        week(now),
        key=KEY,
        change=Change(),
        target=100 * 3600,
        desk_policy=read_desk_policy(),
        roster=read_roster(),
    )
    assert "模拟" in report["simulation"]
    assert report["actual"]["share"] == 3 / 7
    assert (report["changed"]["met"], report["changed"]["n"]) == (5, 5)


def test_periods_meet_without_gap_or_overlap(now) -> None:
    period = period_of(None, None, now=now)
    assert period.before.ends_at == period.starts_at
    assert period.ends_at - period.starts_at == timedelta(days=7)
