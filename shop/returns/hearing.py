"""A case with what follows from the calendar and from the terms that apply to it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from shop.days import ONE_DAY, china_day
from shop.returns import articles, wording
from shop.returns.case import Reason, ReturnCase
from shop.returns.outcome import Finding, FreightPayer, Right, Verdict
from shop.returns.policy import ReturnPolicy, ReturnTerms


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What the rules look at, and the three ways in which they can end."""

    case: ReturnCase
    terms: ReturnTerms
    signed_on: date | None
    requested_on: date | None
    last_day: date | None

    @cached_property
    def is_late(self) -> bool:
        """Say whether the request is known to have come after the last day."""
        if self.requested_on is None or self.last_day is None:
            return False
        return self.requested_on > self.last_day

    @cached_property
    def rest_day_article(self) -> tuple[str, ...]:
        """Name 民法典 §203 if a rest day moved the last day, else nothing."""
        if self.signed_on is None or self.last_day is None:
            return ()
        moved = self.last_day - self.signed_on > days_to_ask(self.case, self.terms) * ONE_DAY
        return (articles.REST_DAY,) if moved else ()

    def grant(
        self, finding: Finding, *basis: str, why: str, payer: FreightPayer, refund_fen: int
    ) -> Verdict:
        """Return that the buyer may return the goods."""
        return Verdict(
            case_id=self.case.case_id,
            right=Right.GRANTED,
            finding=finding,
            last_day=self.last_day,
            freight_payer=payer,
            refund_fen=refund_fen,
            refund_due_days=self.terms.refund_due_days,
            basis=_once(basis),
            why=why,
        )

    def refuse(self, finding: Finding, *basis: str, why: str) -> Verdict:
        """Return that the buyer has no right to return the goods for this reason."""
        return Verdict(
            case_id=self.case.case_id,
            right=Right.REFUSED,
            finding=finding,
            last_day=self.last_day,
            refund_fen=0,
            basis=_once(basis),
            why=why,
        )

    def check(self, finding: Finding, *basis: str, why: str) -> Verdict:
        """Return that a person has to look."""
        return Verdict(
            case_id=self.case.case_id,
            right=Right.CHECK,
            finding=finding,
            last_day=self.last_day,
            basis=_once(basis),
            why=why,
        )

    def lack(self, missing: tuple[str, ...], *basis: str) -> Verdict:
        """Return that the outcome hangs on facts that are not known."""
        return Verdict(
            case_id=self.case.case_id,
            right=Right.CHECK,
            finding=Finding.FACTS_MISSING,
            last_day=self.last_day,
            basis=_once(basis),
            why=wording.facts_missing(missing),
            missing=missing,
        )


def open_hearing(case: ReturnCase, policy: ReturnPolicy) -> Hearing | None:
    """Return the case with its days and terms; None if no terms were in force at that time."""
    signed_on = china_day(case.signed_at) if case.signed_at else None
    requested_on = china_day(case.requested_at) if case.requested_at else None
    terms = policy.find_terms(case.platform, signed_on or requested_on)
    if terms is None:
        return None
    calendar = policy.rest_days(terms)
    days = days_to_ask(case, terms)
    return Hearing(
        case=case,
        terms=terms,
        signed_on=signed_on,
        requested_on=requested_on,
        last_day=calendar.last_day(signed_on, days=days) if signed_on else None,
    )


def days_to_ask(case: ReturnCase, terms: ReturnTerms) -> int:
    """Return how many days after signing the buyer may ask, for the reason of this case."""
    return terms.quality_days if case.reason is Reason.QUALITY else terms.no_reason_days


def _once(basis: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(basis))
