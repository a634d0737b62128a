"""The return terms of the statute and of each platform, dated, from data/policies/returns.yml."""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from policies.files import POLICY_FOLDER, Strict, read_policy
from shop.days import RestDayRule, RestDays
from shop.returns.case import Platform

RETURNS_FILE = POLICY_FOLDER / "returns.yml"

STATUTORY_DAYS = 7
"""Days to ask for a return, 消费者权益保护法 §25; a promise may only be longer."""

STATUTORY_REFUND_DAYS = 7
"""Days to refund after the goods came back, 消费者权益保护法 §25; a promise may only be shorter."""


class OutboundShipping(StrEnum):
    """When a seller at fault also refunds what the buyer paid for sending the order out."""

    WHOLE_ORDER = "whole_order"
    ALWAYS = "always"
    NEVER = "never"


class ReturnTerms(Strict):
    """What applies to a return on one platform from `valid_from` on."""

    valid_from: date
    source: str = Field(min_length=1)
    confidence: Literal["P", "I", "S", "G"]
    no_reason_days: int = Field(default=STATUTORY_DAYS, ge=STATUTORY_DAYS, le=365)
    quality_days: int = Field(default=STATUTORY_DAYS, ge=STATUTORY_DAYS, le=365)
    rest_days: RestDayRule = RestDayRule.WEEKENDS_AND_HOLIDAYS
    no_reason_freight: Literal["buyer", "seller"] = "buyer"
    exchange_freight: Literal["buyer", "seller"] | None = None
    agreed_return_freight_unmentioned: Literal["buyer", "seller"] | None = None
    fault_outbound_shipping: OutboundShipping = OutboundShipping.WHOLE_ORDER
    refund_due_days: int = Field(default=STATUTORY_REFUND_DAYS, ge=1, le=STATUTORY_REFUND_DAYS)
    nonconformity_notice_days: PositiveInt = 730
    fraud_notice_days: PositiveInt = 365

    @property
    def promises_more(self) -> bool:
        """Say whether these terms give a buyer without a reason more than the statute does."""
        return (
            self.no_reason_days > STATUTORY_DAYS
            or self.refund_due_days < STATUTORY_REFUND_DAYS
            or self.no_reason_freight == "seller"
        )


class CalendarCorrections(Strict):
    """Days of a State Council notice that is newer than the built-in table."""

    rest: tuple[date, ...] = ()
    work: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _no_day_is_both(self) -> Self:
        both = sorted(set(self.rest) & set(self.work))
        if both:
            raise ValueError(f"{both[0]} is listed both as rest and as work")
        return self


class ReturnPolicy(Strict):
    """The whole file: the statute's terms, and the platforms that promise more or say more."""

    statute: tuple[ReturnTerms, ...] = Field(min_length=1)
    platforms: dict[Platform, tuple[ReturnTerms, ...]] = Field(default_factory=dict)
    calendar: CalendarCorrections = CalendarCorrections()

    def find_terms(self, platform: Platform | None, day: date | None) -> ReturnTerms | None:
        """Return the newest terms valid on `day` (None = now in force), or None if there are none.

        A platform's own terms stand before the statute's.
        """
        own = self.platforms.get(platform, ()) if platform else ()
        for presets in (own, self.statute):
            valid = [terms for terms in presets if day is None or terms.valid_from <= day]
            if valid:
                return max(valid, key=lambda terms: terms.valid_from)
        return None

    def rest_days(self, terms: ReturnTerms) -> RestDays:
        """Return the calendar by which these terms count days."""
        return RestDays(terms.rest_days, rest=self.calendar.rest, work=self.calendar.work)


@cache
def load_return_policy(path: Path = RETURNS_FILE) -> ReturnPolicy:
    """Return the return policy in `path`, read once; raise PolicyError naming file and key."""
    return read_policy(path, ReturnPolicy)
