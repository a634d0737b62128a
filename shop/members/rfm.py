"""RFM: how recently, how often and for how much a customer bought, and the segment that makes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.members.policy import FEN_PER_YUAN, Limits, RfmRules
from shop.members.purchases import Purchase, counted

BEST_SCORE = 5


class Segment(StrEnum):
    """The eight segments of high and low R, F and M, and those who bought nothing in the window."""

    HIGH_VALUE = "high_value"
    PROMISING = "promising"
    KEEP = "keep"
    WIN_BACK = "win_back"
    REGULAR = "regular"
    OCCASIONAL = "occasional"
    FADING = "fading"
    SLEEPING = "sleeping"
    NO_PURCHASE = "no_purchase"


SEGMENTS = {
    # (recently, often, much)
    (True, True, True): Segment.HIGH_VALUE,
    (True, False, True): Segment.PROMISING,
    (False, True, True): Segment.KEEP,
    (False, False, True): Segment.WIN_BACK,
    (True, True, False): Segment.REGULAR,
    (True, False, False): Segment.OCCASIONAL,
    (False, True, False): Segment.FADING,
    (False, False, False): Segment.SLEEPING,
}


@dataclass(frozen=True, kw_only=True)
class Rfm:
    """A customer's scores (1 worst to 5 best; 0 = nothing bought in the window) and segment.

    `is_asleep` says that the last purchase is long ago, whatever the customer is worth.
    """

    recency: int
    frequency: int
    monetary: int
    segment: Segment
    is_asleep: bool


def rfm(purchases: Iterable[Purchase], rules: RfmRules, *, now: datetime) -> Rfm:
    """Return the scores of a customer with these purchases at `now`."""
    bought = counted(purchases, now=now, days=rules.window_days)
    if not bought:
        return Rfm(recency=0, frequency=0, monetary=0, segment=Segment.NO_PURCHASE, is_asleep=True)
    days = (now - bought[0].paid_at).days
    recency = _score(rules.recency_days, lambda limit: days <= limit)
    frequency = _score(rules.frequency, lambda limit: len(bought) >= limit)
    kept = sum(purchase.kept_fen for purchase in bought)
    monetary = _score(rules.monetary_yuan, lambda limit: kept >= limit * FEN_PER_YUAN)
    high = rules.high_from
    return Rfm(
        recency=recency,
        frequency=frequency,
        monetary=monetary,
        segment=SEGMENTS[
            recency >= high.recency, frequency >= high.frequency, monetary >= high.monetary
        ],
        is_asleep=days > rules.asleep_after_days,
    )


def _score(limits: Limits, is_reached: Callable[[int], bool]) -> int:
    for lost, limit in enumerate(limits):
        if is_reached(limit):
            return BEST_SCORE - lost
    return BEST_SCORE - len(limits)
