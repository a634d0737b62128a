"""The shop's public member rules, from data/policies/members.yml."""

from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from policies.files import POLICY_FOLDER, Strict, read_policy

MEMBERS_FILE = POLICY_FOLDER / "members.yml"
FEN_PER_YUAN = 100

Score = Annotated[int, Field(ge=1, le=5)]
Hour = Annotated[int, Field(ge=0, le=24)]
Limits = tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt, NonNegativeInt]
"""The four limits for the scores 5, 4, 3 and 2, in this order."""


class HighScores(Strict):
    """The score from which each of R, F and M counts as high."""

    recency: Score
    frequency: Score
    monetary: Score


class RfmRules(Strict):
    """How recency, frequency and money are scored."""

    window_days: PositiveInt
    recency_days: Limits
    frequency: Limits
    monetary_yuan: Limits
    high_from: HighScores
    asleep_after_days: PositiveInt

    @model_validator(mode="after")
    def _limits_are_ordered(self) -> Self:
        if any(better >= worse for better, worse in pairwise(self.recency_days)):
            raise ValueError("recency_days must rise from one limit to the next")
        for limits in (self.frequency, self.monetary_yuan):
            if any(better <= worse for better, worse in pairwise(limits)):
                raise ValueError("frequency and monetary_yuan must fall from limit to limit")
        return self


class Tier(Strict):
    """One member tier: from how much spending on, and what it brings."""

    name: str = Field(pattern=r"^[a-z_]+$")
    label: str = Field(min_length=1)
    spent_yuan: PositiveInt
    own_agent_first: bool = False
    annual_gift: bool = False

    @property
    def spent_fen(self) -> int:
        """The spending in fen from which a customer has this tier."""
        return self.spent_yuan * FEN_PER_YUAN


class CouponTerms(Strict):
    """So much off an order from so much on."""

    off_yuan: PositiveInt
    from_yuan: PositiveInt

    @model_validator(mode="after")
    def _less_than_the_order(self) -> Self:
        if self.off_yuan >= self.from_yuan:
            raise ValueError("off_yuan must be less than from_yuan")
        return self


class BirthdayRules(Strict):
    """When a birthday may be greeted, and with what coupon for which tier."""

    late_days: NonNegativeInt
    send_hours: tuple[Hour, Hour]
    bad_review_days: PositiveInt
    coupon_valid_days: PositiveInt
    coupons: dict[str, CouponTerms]

    @model_validator(mode="after")
    def _there_is_a_time_to_send(self) -> Self:
        if self.send_hours[0] >= self.send_hours[1]:
            raise ValueError("send_hours must begin before they end")
        return self


EVERYONE = "everyone"
"""The key of the birthday coupon for customers without a tier."""


class MemberPolicy(Strict):
    """All member rules of the shop."""

    valid_from: date
    source: str = Field(min_length=1)
    public_page: str = Field(min_length=1)
    rfm: RfmRules
    tiers: tuple[Tier, ...]
    birthday: BirthdayRules

    @model_validator(mode="after")
    def _tiers_are_ordered_and_known(self) -> Self:
        if any(better.spent_yuan <= worse.spent_yuan for better, worse in pairwise(self.tiers)):
            raise ValueError("tiers must be listed best first, each for less spending")
        unknown = set(self.birthday.coupons) - {tier.name for tier in self.tiers} - {EVERYONE}
        if unknown:
            raise ValueError(f"birthday.coupons names no tier: {', '.join(sorted(unknown))}")
        return self


@cache
def load_member_policy(path: Path = MEMBERS_FILE) -> MemberPolicy:
    """Return the member rules in `path`, read once; raise PolicyError naming file and key."""
    return read_policy(path, MemberPolicy)
