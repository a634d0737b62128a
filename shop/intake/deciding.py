"""Which status holds when the shop's own system and we say different things."""

from dataclasses import dataclass

from shop.after_sales import Status
from shop.intake.codes import ParcelStatus
from shop.orders import NOT_SHIPPED, OrderStatus

STEPS = (
    OrderStatus.UNPAID,
    OrderStatus.PAID,
    OrderStatus.PICKING,
    OrderStatus.SHIPPED,
    OrderStatus.SIGNED,
    OrderStatus.COMPLETED,
)
"""The way of an order that goes well; on it an order only goes forward by itself."""

PARCEL_STEPS = (
    ParcelStatus.AWAITING_PICKUP,
    ParcelStatus.IN_TRANSIT,
    ParcelStatus.OUT_FOR_DELIVERY,
    ParcelStatus.SIGNED,
)
AFTER_SALE_STEPS = (
    (Status.REQUESTED,),
    (Status.APPROVED,),
    (Status.RETURNING,),
    (Status.RECEIVED,),
    (Status.EXCHANGE_SHIPPED,),
    (Status.REFUNDED, Status.COMPLETED, Status.REJECTED, Status.WITHDRAWN),
)
UNDER_AFTER_SALE = (OrderStatus.REFUNDING, OrderStatus.EXCHANGING)


@dataclass(frozen=True)
class Decision:
    """The status that holds; `against` names what a person should know about it."""

    status: OrderStatus
    against: str | None = None


KEPT_CANCELLED, SENT_THOUGH_CANCELLED, KEPT_AFTER_SALE = "cancelled", "sent", "after_sale"


def decide(
    stored: OrderStatus, said: OrderStatus, *, is_ours: bool, has_open_request: bool
) -> Decision:
    """Return the status of an order for which the source newly says `said`.

    `is_ours` means that `stored` came about here, not by what the source said before. What a
    customer was told here holds until the goods themselves tell otherwise.
    """
    if not is_ours or stored is said:
        return Decision(said)
    if stored is OrderStatus.CANCELLED and said in STEPS:
        if said in NOT_SHIPPED:
            return Decision(stored, KEPT_CANCELLED)
        return Decision(said, SENT_THOUGH_CANCELLED)
    if stored in UNDER_AFTER_SALE and said in STEPS and has_open_request:
        return Decision(stored, KEPT_AFTER_SALE)
    if is_step_back(stored, said):
        return Decision(stored)
    return Decision(said)


def is_step_back(stored: OrderStatus, said: OrderStatus) -> bool:
    """Whether an order would go back on its way."""
    return stored in STEPS and said in STEPS and STEPS.index(said) < STEPS.index(stored)


def is_after_sale_step_back(stored: Status, said: Status) -> bool:
    """Whether a request would go back on its way."""
    places = {status: n for n, step in enumerate(AFTER_SALE_STEPS) for status in step}
    return places[said] < places[stored]


def is_parcel_step_back(stored: ParcelStatus, said: ParcelStatus) -> bool:
    """Whether a parcel would go back on its way."""
    steps = PARCEL_STEPS
    return stored in steps and said in steps and steps.index(said) < steps.index(stored)
