from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shop.members.birthday import (
    BirthdayAnswer,
    BirthdayDecision,
    BirthdayFacts,
    decide_birthday,
    find_birthday,
)
from shop.members.policy import MemberPolicy

MIN = {"birthday": "11-22", "marketing_consent": True}
"""张敏, whose birthday is the day of the tests, and who wants to hear from the shop."""


def decide(policy: MemberPolicy, now: datetime, **changes: Any) -> BirthdayDecision:
    return decide_birthday(BirthdayFacts(**(MIN | changes)), policy.birthday, now=now)


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_zhang_min_is_greeted_with_her_coupon(policy: MemberPolicy, now: datetime) -> None:
    found = decide(policy, now)
    assert (found.answer, found.year) == (BirthdayAnswer.SEND, 2026)
    assert found.coupon is not None
    assert (found.coupon.off_fen, found.coupon.from_fen) == (1000, 6900)
    assert found.coupon.expires_at == datetime(2026, 12, 22, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tier", "off"), [("diamond", 10000), ("gold", 5000), ("silver", 2000), (None, 1000)]
)
def test_the_coupon_goes_by_tier(
    policy: MemberPolicy, now: datetime, tier: str | None, off: int
) -> None:
    found = decide(policy, now, tier=next((t for t in policy.tiers if t.name == tier), None))
    assert found.coupon is not None
    assert found.coupon.off_fen == off


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"marketing_consent": False}, "no_consent"),
        ({"opted_out": True}, "opted_out"),
        ({"birthday": None}, "birthday_unknown"),
        ({"birthday": "11-23"}, "not_now"),
        ({"birthday": "22-11"}, "not_now"),
        ({"sent_for_years": [2026]}, "already_sent"),
        ({"has_open_dispute": True}, "dispute_open"),
        ({"has_late_order": True}, "order_late"),
    ],
)
def test_one_thing_is_enough_to_stay_silent(
    policy: MemberPolicy, now: datetime, facts: dict[str, Any], answer: str
) -> None:
    found = decide(policy, now, **facts)
    assert (found.answer, found.year, found.coupon) == (answer, None, None)


def test_consent_is_asked_before_anything_else(policy: MemberPolicy, now: datetime) -> None:
    trouble = {"has_open_dispute": True, "has_late_order": True, "opted_out": True}
    assert decide(policy, now, **trouble).answer is BirthdayAnswer.OPTED_OUT
    found = decide(policy, now, **trouble, marketing_consent=False, birthday=None)
    assert found.answer is BirthdayAnswer.NO_CONSENT


def test_last_years_greeting_does_not_count(policy: MemberPolicy, now: datetime) -> None:
    assert decide(policy, now, sent_for_years={2024, 2025}).answer is BirthdayAnswer.SEND


@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (timedelta(0), "bad_review_fresh"),
        (timedelta(days=30), "bad_review_fresh"),
        (timedelta(days=30, seconds=1), "send"),
    ],
)
def test_a_bad_review_is_fresh_for_thirty_days(
    policy: MemberPolicy, now: datetime, age: timedelta, answer: str
) -> None:
    assert decide(policy, now, bad_review_at=now - age).answer == answer


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("2026-11-21T23:59:59", "not_now"),
        ("2026-11-22T00:00:00", "night"),
        ("2026-11-22T08:59:59", "night"),
        ("2026-11-22T09:00:00", "send"),
        ("2026-11-22T20:59:59", "send"),
        ("2026-11-22T21:00:00", "night"),
        ("2026-11-25T20:59:59", "send"),
        ("2026-11-26T09:00:00", "not_now"),
    ],
)
def test_greetings_go_out_by_day_and_a_little_late_at_most(
    policy: MemberPolicy, moment: str, answer: str
) -> None:
    assert decide(policy, china(moment)).answer == answer


def test_a_late_greeting_belongs_to_the_year_of_the_birthday(policy: MemberPolicy) -> None:
    found = decide(policy, china("2027-01-02T10:00:00"), birthday="12-31")
    assert (found.answer, found.year) == (BirthdayAnswer.SEND, 2026)
    again = decide(policy, china("2027-01-02T10:00:00"), birthday="12-31", sent_for_years=[2026])
    assert again.answer is BirthdayAnswer.ALREADY_SENT


@pytest.mark.parametrize(
    ("today", "birthday"),
    [
        (date(2027, 2, 28), date(2027, 2, 28)),
        (date(2027, 3, 1), date(2027, 2, 28)),
        (date(2028, 2, 28), None),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2028, 3, 3), date(2028, 2, 29)),
        (date(2028, 3, 4), None),
    ],
)
def test_who_was_born_on_leap_day_has_one_birthday_a_year(
    today: date, birthday: date | None
) -> None:
    assert find_birthday("02-29", today, late_days=3) == birthday


@pytest.mark.parametrize("born", ["02-29", "02-28", "12-31", "01-01", "11-22"])
def test_every_birthday_is_greeted_once_in_each_of_eight_years(
    policy: MemberPolicy, born: str
) -> None:
    sent: list[int] = []
    moment = china("2025-01-01T12:00:00")
    while moment.year < 2033:
        found = decide(policy, moment, birthday=born, sent_for_years=tuple(sent))
        if found.year is not None:
            sent.append(found.year)
        moment += timedelta(days=1)
    # a birthday on 31 December is still greeted on the first days of January
    assert [year for year in sent if year >= 2025] == list(range(2025, 2033))
