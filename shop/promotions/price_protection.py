"""What a buyer gets back because the price of an item fell after it was paid."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from shop.days import ONE_DAY, china_day
from shop.promotions.policy import PriceKind, PriceProtectionTerms, PromotionPolicy


class PriceAnswer(StrEnum):
    """Whether a difference is paid back, or why not; the first that holds."""

    PAID_BACK = "paid_back"
    CHECK = "check"
    NOT_PROMISED = "not_promised"
    TOO_LATE = "too_late"
    ALREADY_USED = "already_used"
    GOODS_RETURNED = "goods_returned"
    NOT_COMPARED = "not_compared"
    NOT_LOWER = "not_lower"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, kw_only=True)
class PriceCase:
    """One item whose price fell; None means unknown.

    `paid_unit_fen` is what one piece really cost after its share of discounts,
    `quantity_kept` how many pieces the buyer still has, `times_used` how often this item was
    compensated already.
    """

    paid_at: datetime | None
    asked_at: datetime | None
    paid_unit_fen: int | None
    price_now_fen: int | None
    price_kind: PriceKind | None
    quantity_kept: int | None
    times_used: int | None = 0


@dataclass(frozen=True, kw_only=True)
class PriceVerdict:
    """The answer, the amount (fen, 0 unless paid back) and the last day to ask."""

    answer: PriceAnswer
    amount_fen: int = 0
    last_day: date | None = None


def judge_price(case: PriceCase, policy: PromotionPolicy) -> PriceVerdict:
    """Return what a buyer gets back; a fact that is unknown or impossible leads to `check`."""
    if case.paid_at is None or case.asked_at is None or case.asked_at < case.paid_at:
        return PriceVerdict(answer=PriceAnswer.CHECK)
    terms = policy.find_terms(china_day(case.paid_at))
    if terms is None:
        return PriceVerdict(answer=PriceAnswer.NOT_PROMISED)
    last_day = china_day(case.paid_at) + terms.days * ONE_DAY
    if china_day(case.asked_at) > last_day:
        return PriceVerdict(answer=PriceAnswer.TOO_LATE, last_day=last_day)
    return replace(_difference(case, terms), last_day=last_day)


def _difference(case: PriceCase, terms: PriceProtectionTerms) -> PriceVerdict:
    paid, now, kept, used = (
        case.paid_unit_fen,
        case.price_now_fen,
        case.quantity_kept,
        case.times_used,
    )
    if paid is None or now is None or kept is None or used is None or case.price_kind is None:
        return PriceVerdict(answer=PriceAnswer.CHECK)
    amount = (paid - now) * kept
    against = {
        PriceAnswer.CHECK: min(paid, now, kept, used) < 0,
        PriceAnswer.ALREADY_USED: used >= terms.times_per_item,
        PriceAnswer.GOODS_RETURNED: kept == 0,
        PriceAnswer.NOT_COMPARED: case.price_kind in terms.not_compared,
        PriceAnswer.NOT_LOWER: now >= paid,
        PriceAnswer.TOO_SMALL: amount < terms.lowest_fen,
    }
    for answer, holds in against.items():
        if holds:
            return PriceVerdict(answer=answer)
    return PriceVerdict(answer=PriceAnswer.PAID_BACK, amount_fen=amount)
