"""What a bad review is answered with: remedy and coupon, within the shop's published policy."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from policies.files import POLICY_FOLDER, PolicyError, Strict, read_policy
from review_manager.analysis.findings import Analysis, Aspect, Polarity, Sentiment
from review_manager.replies.case import (
    Approver,
    Compensation,
    CustomerFacts,
    Fault,
    ReturnRight,
    Severity,
)

COMPENSATION_FILE = POLICY_FOLDER / "compensation.yml"
GENERAL = "general"
_NEEDS_RETURN = {"exchange", "return_goods", "exchange_size"}
_FEN = 100


class AspectTerms(Strict):
    """What one aspect gives: the remedy offered first and the coupon in percent of the order."""

    remedy: str
    coupon_percent: Mapping[Severity, int]


class CompensationPolicy(Strict):
    """The whole of a compensation file; `_yuan` are whole yuan, `_percent` whole percents."""

    valid_from: date
    source: str
    limits_yuan: Mapping[Approver, int]
    monthly_budget_yuan: int = Field(ge=0)
    public_amounts: bool
    unknown_order_yuan: int = Field(ge=0)
    smallest_yuan: int = Field(ge=1)
    step_yuan: int = Field(ge=1)
    order_share_percent: int = Field(ge=0, le=100)
    fault_percent: Mapping[Fault, int]
    tier_percent: Mapping[str, int]
    repeat_percent: int = Field(ge=100)
    lead_from_complaints: int = Field(ge=1)
    aspects: Mapping[str, AspectTerms]

    def get_terms(self, aspect: Aspect | None) -> AspectTerms:
        """The terms of an aspect; without one, or without terms for it, the general terms."""
        return self.aspects.get(aspect or GENERAL, self.aspects[GENERAL])


@cache
def load_compensation(file: Path = COMPENSATION_FILE) -> CompensationPolicy:
    """Read and validate a compensation file; raises PolicyError naming file and key."""
    policy = read_policy(file, CompensationPolicy)
    missing = ({GENERAL} | set(Aspect)) - policy.aspects.keys()
    if missing:
        raise PolicyError(f"{file}: aspects.{min(missing)}: Field required")
    return policy


def assess_severity(analysis: Analysis, *, stars: int | None) -> Severity:
    """How bad it is: injury and threat are severe; else complaints, mood and stars are counted."""
    if analysis.safety or analysis.threat:
        return Severity.SEVERE
    complaints = {
        finding.aspect for finding in analysis.aspects if finding.polarity is Polarity.NEGATIVE
    }
    points = sum(
        (
            len(complaints) >= 3,
            analysis.sentiment is Sentiment.NEGATIVE,
            analysis.p_negative >= 0.9,
            stars is not None and stars <= 1,
        )
    )
    if points >= 3:
        return Severity.SEVERE
    return Severity.MODERATE if points >= 1 else Severity.MINOR


def propose_compensation(
    aspect: Aspect | None,
    severity: Severity,
    facts: CustomerFacts,
    policy: CompensationPolicy,
    *,
    budget_left_fen: int,
) -> Compensation:
    """Propose a remedy and a coupon for a complaint about `aspect`.

    The coupon is a percentage of the order by aspect and severity, raised for members and repeated
    complaints, lowered where the fault is not the shop's, capped by a share of the order, by the
    manager's limit and by the budget that is left. It never depends on what the review says later.
    """
    terms = policy.get_terms(aspect)
    order_fen = facts.order_value_fen
    if order_fen is None:
        order_fen = policy.unknown_order_yuan * _FEN
    percent = terms.coupon_percent.get(severity, 0)
    reasons = [f"{aspect or GENERAL}/{severity}: {percent}% of {order_fen / _FEN:.2f}"]
    factors = _factors(facts, policy)
    amount = order_fen * percent / 100
    for reason, factor in factors:
        amount = amount * factor / 100
        reasons.append(f"{reason}: x{factor}%")
    for reason, cap in _caps(order_fen, budget_left_fen, policy):
        if amount > cap:
            amount = cap
            reasons.append(f"{reason}: at most {cap / _FEN:.2f}")
    coupon_fen = _rounded(amount, policy)
    return Compensation(
        _remedy(terms.remedy, facts),
        coupon_fen,
        _approver(coupon_fen, facts, policy),
        tuple(reasons),
    )


def _factors(facts: CustomerFacts, policy: CompensationPolicy) -> list[tuple[str, int]]:
    tier = facts.tier if facts.tier in policy.tier_percent else "none"
    factors = [
        (f"fault {facts.fault}", policy.fault_percent.get(facts.fault, 0)),
        (f"tier {tier}", policy.tier_percent.get(tier or "none", 100)),
    ]
    if facts.earlier_complaints:
        factors.append(("repeated complaint", policy.repeat_percent))
    return factors


def _caps(
    order_fen: int, budget_left_fen: int, policy: CompensationPolicy
) -> tuple[tuple[str, int], ...]:
    return (
        ("share of the order", order_fen * policy.order_share_percent // 100),
        ("manager's limit", policy.limits_yuan[Approver.MANAGER] * _FEN),
        ("budget left", max(0, budget_left_fen)),
    )


def _rounded(amount: float, policy: CompensationPolicy) -> int:
    step = policy.step_yuan * _FEN
    rounded = int(amount) // step * step
    return rounded if rounded >= policy.smallest_yuan * _FEN else 0


def _remedy(remedy: str, facts: CustomerFacts) -> str:
    """What may be said about taking goods back depends on the verdict of the return engine."""
    if remedy not in _NEEDS_RETURN:
        return remedy
    if facts.return_right is ReturnRight.REFUSED:
        return "repair"
    if facts.return_right is not ReturnRight.GRANTED:
        return "return_check"
    return "return_rules" if facts.seller_pays_freight is False else remedy


def _approver(coupon_fen: int, facts: CustomerFacts, policy: CompensationPolicy) -> Approver:
    repeated = facts.earlier_complaints >= policy.lead_from_complaints
    if coupon_fen > policy.limits_yuan[Approver.LEAD] * _FEN:
        return Approver.MANAGER
    if coupon_fen > policy.limits_yuan[Approver.AGENT] * _FEN or repeated:
        return Approver.LEAD
    return Approver.AGENT
