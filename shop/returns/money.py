"""What a returned item is worth in money: shares of an order, lost discounts, gifts kept.

All amounts are fen. A verdict takes the item's share from here; coupons and points that paid for
an item go back in kind (网络购买商品七日无理由退货暂行办法 §15) and are no part of the money.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class AmountError(ValueError):
    """An amount is negative, or the parts cannot belong to the whole."""


@dataclass(frozen=True, kw_only=True)
class FullReduction:
    """A 满减 step: `off_fen` less once the goods reach `threshold_fen`."""

    threshold_fen: int
    off_fen: int


def split_paid(paid_fen: int, list_prices_fen: Sequence[int]) -> tuple[int, ...]:
    """Split what was paid over the items by list price; the shares add up to the fen.

    The largest remainders get the left-over fen, the earlier item first among equals. Raises
    AmountError if there is nothing to split by.
    """
    total = sum(list_prices_fen)
    if paid_fen < 0 or any(price < 0 for price in list_prices_fen) or total == 0:
        raise AmountError("a payment is split over prices that are not negative and not all zero")
    shares = [paid_fen * price // total for price in list_prices_fen]
    remainders = [paid_fen * price % total for price in list_prices_fen]
    left_over = paid_fen - sum(shares)
    for index in sorted(range(len(shares)), key=lambda i: -remainders[i])[:left_over]:
        shares[index] += 1
    return tuple(shares)


def refund_after_lost_discount(
    paid_fen: int, kept_prices_fen: Sequence[int], reductions: Sequence[FullReduction] = ()
) -> int:
    """Return what to refund when the rest of a 满减 or bundle no longer earns its discount.

    The buyer ends up having paid what the kept goods alone would have cost
    (网络购买商品七日无理由退货暂行办法 §17); never less than nothing is refunded.
    """
    if paid_fen < 0 or any(price < 0 for price in kept_prices_fen):
        raise AmountError("amounts are not negative")
    kept = sum(kept_prices_fen)
    off = max((r.off_fen for r in reductions if kept >= r.threshold_fen), default=0)
    return max(0, paid_fen - max(0, kept - off))


def gift_deduction(marked_price_fen: int | None, *, given_back: bool) -> int:
    """Return what a gift costs the buyer who keeps it: its price as marked beforehand, or nothing.

    网络购买商品七日无理由退货暂行办法 §12; without a marked price nothing may be deducted.
    """
    if marked_price_fen is not None and marked_price_fen < 0:
        raise AmountError("a gift's price is not negative")
    return 0 if given_back or marked_price_fen is None else marked_price_fen


def freight_deduction(outbound_freight_fen: int, *, kept_fen: int, threshold_fen: int) -> int:
    """Return the outbound freight a shop may deduct once the kept goods miss free shipping.

    网络购买商品七日无理由退货暂行办法 §18: it may, it need not.
    """
    if min(outbound_freight_fen, kept_fen, threshold_fen) < 0:
        raise AmountError("amounts are not negative")
    return outbound_freight_fen if kept_fen < threshold_fen else 0
