"""Who may be invited to review an order, and when: rules over facts; pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from policies.files import POLICY_FOLDER, Strict, read_policy
from review_manager.wording import CHINA

INVITATIONS_FILE = POLICY_FOLDER / "invitations.yml"
_FEN = 100


class InvitationPolicy(Strict):
    """The whole of an invitations file; amounts in whole yuan, times are Beijing's."""

    valid_from: date
    source: str
    after_signed_hours: int = Field(ge=0)
    within_days: int = Field(ge=1)
    once_in_days: int = Field(ge=1)
    quiet_from: time
    quiet_to: time
    coupon_yuan: int = Field(ge=0)
    coupon_days: int = Field(ge=1)
    coupon_title: str
    text: str

    @property
    def coupon_fen(self) -> int:
        """The coupon, the same for everyone."""
        return self.coupon_yuan * _FEN


class Obstacle(StrEnum):
    """Why a customer is not invited."""

    NO_CONSENT = "no_consent"
    NOT_SIGNED = "not_signed"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    IN_DISPUTE = "in_dispute"
    GIVEN_BACK = "given_back"
    ASKED_LATELY = "asked_lately"
    REVIEWED_ALREADY = "reviewed_already"


@dataclass(frozen=True)
class OrderFacts:
    """What decides about one order; `asked_at` is the customer's last invitation for any order."""

    consent: bool
    signed_at: datetime | None
    in_dispute: bool
    reviewed: bool
    asked_at: datetime | None
    given_back: bool = False


@cache
def load_invitations(file: Path = INVITATIONS_FILE) -> InvitationPolicy:
    """Read and validate the file; raises PolicyError naming file and key."""
    return read_policy(file, InvitationPolicy)


def find_obstacle(facts: OrderFacts, policy: InvitationPolicy, *, now: datetime) -> Obstacle | None:
    """Return the first reason against inviting now, None for none."""
    if facts.signed_at is None:
        return Obstacle.NOT_SIGNED if facts.consent else Obstacle.NO_CONSENT
    may_try = facts.signed_at + timedelta(hours=policy.after_signed_hours)
    last = facts.signed_at + timedelta(days=policy.within_days)
    lately = now - timedelta(days=policy.once_in_days)
    reasons = (
        (not facts.consent, Obstacle.NO_CONSENT),
        (facts.in_dispute, Obstacle.IN_DISPUTE),
        (facts.given_back, Obstacle.GIVEN_BACK),
        (facts.reviewed, Obstacle.REVIEWED_ALREADY),
        (facts.asked_at is not None and facts.asked_at > lately, Obstacle.ASKED_LATELY),
        (now < may_try, Obstacle.TOO_EARLY),
        (now > last, Obstacle.TOO_LATE),
    )
    return next((obstacle for holds, obstacle in reasons if holds), None)


def send_time(now: datetime, policy: InvitationPolicy) -> datetime:
    """Return now, or the end of the quiet hours that it lies in."""
    local = now.astimezone(CHINA)
    if not _is_quiet(local.time(), policy):
        return now
    morning = local.replace(
        hour=policy.quiet_to.hour, minute=policy.quiet_to.minute, second=0, microsecond=0
    )
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(now.tzinfo)


def _is_quiet(clock: time, policy: InvitationPolicy) -> bool:
    begin, end = policy.quiet_from, policy.quiet_to
    if begin <= end:
        return begin <= clock < end
    return clock >= begin or clock < end
