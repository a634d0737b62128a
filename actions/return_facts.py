"""What is known of the return that is being taken up, and the verdict on it."""

from actions.known_orders import may_hear
from actions.returns import judge
from actions.turn import Turn
from shop.after_sales import Kind
from shop.orders import find_order
from shop.returns import Condition, FreightPayer, Reason, Verdict
from shop.tables import DbOrder, DbOrderItem


def forget_return(turn: Turn) -> None:
    """Clear what the form gathered."""
    turn.remember(
        return_order=None,
        return_item=None,
        return_kind=None,
        return_reason=None,
        return_condition=None,
        return_photo=None,
        return_wanted=None,
        return_confirmed=None,
        photos=None,
    )


async def order_of(turn: Turn) -> DbOrder | None:
    """Return the order of the open return, if the customer may still hear about it."""
    number = turn.slot("return_order")
    order = await find_order(turn.session, str(number)) if number else None
    return order if order is not None and await may_hear(turn, order) else None


def item_of(turn: Turn, order: DbOrder) -> DbOrderItem | None:
    """Return the item that is to go back, None while it is not known which."""
    if len(order.items) == 1:
        return order.items[0]
    return next((item for item in order.items if item.sku == turn.slot("return_item")), None)


def reason_of(turn: Turn) -> Reason | None:
    """Return the reason that was given."""
    value = turn.slot("return_reason")
    return Reason(str(value)) if value else None


def judged_of(turn: Turn, order: DbOrder, item: DbOrderItem) -> Verdict:
    """Return the verdict on what is known so far."""
    condition = turn.slot("return_condition")
    return judge(
        turn,
        order,
        item,
        reason=reason_of(turn),
        condition=Condition(str(condition)) if condition else None,
    )


def nothing_left(turn: Turn, item: DbOrderItem) -> bool:
    """Say whether an exchange has nothing to exchange for: the product is out of stock."""
    return turn.slot("return_kind") == Kind.EXCHANGE and item.product.stock <= 0


def freight_of(judged: Verdict) -> str:
    """Return who pays the way back: buyer or seller."""
    return str(judged.freight_payer or FreightPayer.BUYER)
