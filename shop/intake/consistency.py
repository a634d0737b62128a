"""What cannot be true of an order, a parcel or a request, whoever says it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from shop.after_sales import Status
from shop.days import CHINA
from shop.intake import wording
from shop.intake.codes import ParcelStatus
from shop.intake.reasons import label
from shop.orders import NOT_SHIPPED, OrderStatus
from shop.wording import ORDER_STATES, PARCEL_STATES

CLOCKS_DIFFER = timedelta(minutes=1)
"""Two clocks of one shop, or a time cut to its minute, may be so far apart."""

_IN_ORDER = (
    ("placed_at", "paid_at"),
    ("placed_at", "shipped_at"),
    ("placed_at", "signed_at"),
    ("placed_at", "cancelled_at"),
    ("shipped_at", "signed_at"),
    ("signed_at", "completed_at"),
)
_PARCEL_IN_ORDER = (
    ("shipped_at", "placed_at"),
    ("signed_at", "placed_at"),
    ("signed_at", "shipped_at"),
)
_NEEDS = {OrderStatus.SHIPPED: "shipped_at", OrderStatus.SIGNED: "signed_at"}
_AFTER_SALE_NEEDS = {Status.RECEIVED: "received_at", Status.REFUNDED: "closed_at"}

Facts = Mapping[str, Any]


def faults_of_order(facts: Facts) -> list[str]:
    """Return what cannot be true of an order; `shares_fen` are those of its lines."""
    return [*_times(facts), *_standing(facts), *_money(facts)]


def faults_of_parcel(facts: Facts) -> list[str]:
    """Return what cannot be true of a parcel; `placed_at` is that of its order."""
    faults = []
    status, signed_at = ParcelStatus(facts["status"]), facts["signed_at"]
    for later, earlier in _PARCEL_IN_ORDER:
        if is_before(facts[later], facts[earlier]):
            faults.append(_before(later, earlier))
    shown = PARCEL_STATES[status]
    if status is ParcelStatus.SIGNED and signed_at is None:
        faults.append(wording.NEEDS_TIME.format(status=shown, field=label("signed_at")))
    if status not in (ParcelStatus.SIGNED, ParcelStatus.RETURNED) and signed_at is not None:
        faults.append(wording.STATE_AGAINST_TIME.format(status=shown, field=label("signed_at")))
    return faults


def faults_of_after_sale(facts: Facts) -> list[str]:
    """Return what cannot be true of an after-sale request."""
    later = ("decided_at", "returned_at", "received_at", "closed_at")
    faults = [
        _before(name, "requested_at")
        for name in later
        if is_before(facts[name], facts["requested_at"])
    ]
    if is_before(facts["received_at"], facts["returned_at"]):
        faults.append(_before("received_at", "returned_at"))
    needed = _AFTER_SALE_NEEDS.get(Status(facts["status"]))
    if needed and facts[needed] is None:
        faults.append(wording.NEEDS_TIME.format(status=facts["status"], field=label(needed)))
    return faults


def is_before(later: datetime | None, earlier: datetime | None) -> bool:
    """Whether what comes later is said to have been before; a bare day is compared as a day."""
    if later is None or earlier is None:
        return False
    if _is_bare_day(later) or _is_bare_day(earlier):
        return later.astimezone(CHINA).date() < earlier.astimezone(CHINA).date()
    return later < earlier - CLOCKS_DIFFER


def _is_bare_day(at: datetime) -> bool:
    return at.astimezone(CHINA).time() == time()


def _times(facts: Facts) -> Iterator[str]:
    for earlier, later in _IN_ORDER:
        if is_before(facts[later], facts[earlier]):
            yield _before(later, earlier)


def _before(later: str, earlier: str) -> str:
    return wording.BEFORE.format(later=label(later), earlier=label(earlier))


def _standing(facts: Facts) -> Iterator[str]:
    status = OrderStatus(facts["status"])
    shown = ORDER_STATES[status]
    needed = _NEEDS.get(status)
    if needed and facts[needed] is None:
        yield wording.NEEDS_TIME.format(status=shown, field=label(needed))
    for name in ("shipped_at", "signed_at", "completed_at"):
        if status in NOT_SHIPPED and facts[name] is not None:
            yield wording.STATE_AGAINST_TIME.format(status=shown, field=label(name))
    if status is OrderStatus.SHIPPED and facts["signed_at"] is not None:
        yield wording.STATE_AGAINST_TIME.format(status=shown, field=label("signed_at"))


def _money(facts: Facts) -> Iterator[str]:
    paid, payable = facts["paid_fen"], facts["payable_fen"]
    if facts["status"] == OrderStatus.UNPAID and (paid or facts["paid_at"]):
        yield wording.UNPAID_WITH_MONEY
    elif paid and facts["paid_at"] is None:
        yield wording.PAID_WITHOUT_TIME
    whole = facts["goods_fen"] + facts["shipping_fen"]
    if facts["discount_fen"] > whole:
        yield wording.DISCOUNT_TOO_LARGE.format(
            discount=_yuan(facts["discount_fen"]), whole=_yuan(whole)
        )
    shares, most = sum(_shares(facts)), paid or payable
    if shares > most:
        yield wording.SHARES_TOO_LARGE.format(shares=_yuan(shares), whole=_yuan(most))


def _shares(facts: Facts) -> Sequence[int]:
    shares: Sequence[int] = facts["shares_fen"]
    return shares


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"
