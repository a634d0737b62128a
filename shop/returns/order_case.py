"""Makes the case of one order line from the shop's records, for the verdict engine to judge."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from shop.returns.case import Category, Condition, ExclusionGround, Platform, Reason, ReturnCase
from shop.returns.money import split_paid
from shop.tables import DbOrder, DbOrderItem

LOOKED_AT_ONLY = {Condition.INTACT, Condition.OPENED_TO_INSPECT}


class QuantityError(ValueError):
    """More pieces, or fewer than one, are to go back than the order line has."""


def case_of(
    order: DbOrder,
    item: DbOrderItem,
    *,
    reason: Reason | None,
    condition: Condition | None,
    requested_at: datetime,
    quantity: int | None = None,
) -> ReturnCase:
    """Return the case of giving back `quantity` pieces of an order line, None for all of them.

    The order must have been loaded with its products. What the catalogue has no field for is
    taken from the category: fresh goods are perishable, books are no periodicals.
    """
    product = item.product
    category = _known(Category, product.category)
    return ReturnCase(
        case_id=order.number,
        platform=_known(Platform, order.platform),
        category=category,
        custom_made=product.custom_made,
        perishable=category is Category.FRESH if category else None,
        digital_unsealed=_digital_unsealed(category, condition),
        periodical=False,
        exclusion_ground=_known(ExclusionGround, product.exclusion_ground),
        exclusion_confirmed=order.exclusion_confirmed,
        signed_at=order.signed_at,
        requested_at=requested_at,
        reason=reason,
        condition=condition,
        item_paid_fen=_paid_for(item, quantity),
        order_paid_fen=order.paid_fen,
        shipping_paid_fen=order.shipping_fen,
    )


Code = TypeVar("Code", bound=StrEnum)


def _known(codes: type[Code], value: str | None) -> Code | None:
    return next((code for code in codes if code == value), None)


def _digital_unsealed(category: Category | None, condition: Condition | None) -> bool | None:
    if category is not Category.SOFTWARE:
        return False if category else None
    return None if condition is None else condition not in LOOKED_AT_ONLY


def _paid_for(item: DbOrderItem, quantity: int | None) -> int:
    """Return the fen paid for so many pieces; whoever returns piece by piece gets no fen less."""
    pieces = item.quantity if quantity is None else quantity
    if not 1 <= pieces <= item.quantity:
        raise QuantityError(f"{pieces} of {item.quantity}")
    return sum(split_paid(item.paid_fen, [1] * item.quantity)[:pieces])
