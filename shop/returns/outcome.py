"""What a verdict says: the right, what follows from it, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Right(StrEnum):
    """Whether the buyer may return; `check` = a person has to look first."""

    GRANTED = "granted"
    REFUSED = "refused"
    CHECK = "check"


class FreightPayer(StrEnum):
    """Who pays for sending the goods back."""

    BUYER = "buyer"
    SELLER = "seller"


class Finding(StrEnum):
    """Why a verdict is as it is, for programs that choose what to say or do next."""

    NO_REASON = "no_reason"
    SELLER_FAULT = "seller_fault"
    EXCLUDED_BY_LAW = "excluded_by_law"
    EXCLUSION_CONFIRMED = "exclusion_confirmed"
    TOO_LATE = "too_late"
    NOT_INTACT = "not_intact"
    FACTS_MISSING = "facts_missing"
    FACTS_CONTRADICT = "facts_contradict"
    CONDITION_UNCLEAR = "condition_unclear"
    QUALITY_LATE = "quality_late"
    NOTICE_LATE = "notice_late"
    NO_TERMS_THEN = "no_terms_then"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer to a case.

    `last_day` is known whenever signing is; payer, days and a positive amount only for `granted`.
    `refund_fen` is 0 for `refused` and None for `check`. `missing` names the fields of the case
    that would settle a check; `why` is one sentence in Chinese for the buyer.
    """

    case_id: str | int | None
    right: Right
    finding: Finding
    last_day: date | None = None
    freight_payer: FreightPayer | None = None
    refund_fen: int | None = None
    refund_due_days: int | None = None
    basis: tuple[str, ...] = ()
    why: str
    missing: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """Return the verdict as JSON data with the eight keys that every caller sees."""
        return {
            "case_id": self.case_id,
            "right": str(self.right),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "freight_payer": str(self.freight_payer) if self.freight_payer else None,
            "refund_fen": self.refund_fen,
            "refund_due_days": self.refund_due_days,
            "basis": list(self.basis),
            "why": self.why,
        }
