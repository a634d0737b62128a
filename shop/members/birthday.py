"""Whether a customer may be greeted on the birthday, and with which coupon.

A commercial message needs consent and stops at once on opt-out (消费者权益保护法 §29, 广告法 §43,
网络交易监督管理办法 §16), and nobody is congratulated in the middle of a trouble with the shop.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from shop.days import CHINA, ONE_DAY
from shop.members.policy import EVERYONE, FEN_PER_YUAN, BirthdayRules, Tier


class BirthdayAnswer(StrEnum):
    """Whether to send, or the first thing that stands against it."""

    SEND = "send"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    BIRTHDAY_UNKNOWN = "birthday_unknown"
    NOT_NOW = "not_now"
    ALREADY_SENT = "already_sent"
    DISPUTE_OPEN = "dispute_open"
    BAD_REVIEW_FRESH = "bad_review_fresh"
    ORDER_LATE = "order_late"
    NIGHT = "night"


@dataclass(frozen=True, kw_only=True)
class BirthdayFacts:
    """What is known of a customer; `birthday` is MM-DD, `sent_for_years` the years greeted for.

    `bad_review_at` is the newest bad review that is not settled yet.
    """

    birthday: str | None
    marketing_consent: bool
    opted_out: bool = False
    sent_for_years: Collection[int] = ()
    has_open_dispute: bool = False
    bad_review_at: datetime | None = None
    has_late_order: bool = False
    tier: Tier | None = None


@dataclass(frozen=True, kw_only=True)
class BirthdayCoupon:
    """The coupon that goes with the greeting (fen); it expires with the end of a day in China."""

    off_fen: int
    from_fen: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class BirthdayDecision:
    """The answer; with `send` the year to note as greeted and the coupon, if the rules have one."""

    answer: BirthdayAnswer
    year: int | None = None
    coupon: BirthdayCoupon | None = None


def decide_birthday(
    facts: BirthdayFacts, rules: BirthdayRules, *, now: datetime
) -> BirthdayDecision:
    """Return whether the customer is greeted at `now`; at most once for each birthday."""
    today = now.astimezone(CHINA).date()
    birthday = find_birthday(facts.birthday, today, late_days=rules.late_days)
    obstacle = _find_obstacle(facts, rules, birthday=birthday, now=now)
    if obstacle or birthday is None:
        return BirthdayDecision(answer=obstacle or BirthdayAnswer.NOT_NOW)
    return BirthdayDecision(
        answer=BirthdayAnswer.SEND,
        year=birthday.year,
        coupon=_find_coupon(facts.tier, rules, now=now),
    )


def find_birthday(month_and_day: str | None, today: date, *, late_days: int) -> date | None:
    """Return the birthday that is today or was at most `late_days` ago; None if there is none.

    Who was born on 29 February has the birthday on the 28th in other years.
    """
    if month_and_day is None:
        return None
    for late in range(late_days + 1):
        day = today - late * ONE_DAY
        if month_and_day in _names_of(day):
            return day
    return None


def _names_of(day: date) -> list[str]:
    last_of_february = day.month == 2 and (day + ONE_DAY).month == 3
    return [f"{day:%m-%d}", "02-29"] if last_of_february else [f"{day:%m-%d}"]


def _find_obstacle(
    facts: BirthdayFacts, rules: BirthdayRules, *, birthday: date | None, now: datetime
) -> BirthdayAnswer | None:
    hour = now.astimezone(CHINA).hour
    fresh = timedelta(days=rules.bad_review_days)
    standing_against = {
        BirthdayAnswer.NO_CONSENT: not facts.marketing_consent,
        BirthdayAnswer.OPTED_OUT: facts.opted_out,
        BirthdayAnswer.BIRTHDAY_UNKNOWN: facts.birthday is None,
        BirthdayAnswer.NOT_NOW: birthday is None,
        BirthdayAnswer.ALREADY_SENT: birthday and birthday.year in facts.sent_for_years,
        BirthdayAnswer.DISPUTE_OPEN: facts.has_open_dispute,
        BirthdayAnswer.BAD_REVIEW_FRESH: facts.bad_review_at and now - facts.bad_review_at <= fresh,
        BirthdayAnswer.ORDER_LATE: facts.has_late_order,
        BirthdayAnswer.NIGHT: not rules.send_hours[0] <= hour < rules.send_hours[1],
    }
    return next((answer for answer, stands in standing_against.items() if stands), None)


def _find_coupon(
    tier: Tier | None, rules: BirthdayRules, *, now: datetime
) -> BirthdayCoupon | None:
    terms = rules.coupons.get(tier.name if tier else EVERYONE)
    if terms is None:
        return None
    last_day = now.astimezone(CHINA) + timedelta(days=rules.coupon_valid_days)
    return BirthdayCoupon(
        off_fen=terms.off_yuan * FEN_PER_YUAN,
        from_fen=terms.from_yuan * FEN_PER_YUAN,
        expires_at=last_day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC),
    )
