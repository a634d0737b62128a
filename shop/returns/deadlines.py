"""By when the seller has to act on a return, and from when inaction is punishable."""

from dataclasses import dataclass
from datetime import date

from shop.days import ONE_DAY

PUNISHABLE_AFTER_DAYS = 15
"""网络购买商品七日无理由退货暂行办法 §31, 侵害消费者权益行为处罚办法 §9."""


@dataclass(frozen=True, kw_only=True)
class SellerDeadlines:
    """Days in China; a day is still in time until its end. None = what it hangs on is unknown."""

    address_punishable_after: date
    refund_by: date | None
    refund_punishable_after: date | None


def seller_deadlines(
    *, requested_on: date, received_on: date | None, refund_due_days: int
) -> SellerDeadlines:
    """Return the seller's deadlines for a request and, once the goods are back, the refund.

    Rest days move none of them: a seller who relies on §203 against a buyer gains nothing.
    """
    return SellerDeadlines(
        address_punishable_after=requested_on + PUNISHABLE_AFTER_DAYS * ONE_DAY,
        refund_by=received_on + refund_due_days * ONE_DAY if received_on else None,
        refund_punishable_after=(
            received_on + PUNISHABLE_AFTER_DAYS * ONE_DAY if received_on else None
        ),
    )
