"""The orders that this customer may hear about: one's own, and what a guest has proved."""

from collections.abc import Sequence

from actions.turn import Turn
from shop.identity import is_proved
from shop.mentions import is_bare_name, pick_order
from shop.orders import find_order, recent_orders
from shop.tables import DbOrder

MOST_ORDERS = 20


async def may_hear(turn: Turn, order: DbOrder) -> bool:
    """Say whether this customer may hear about the order."""
    if turn.customer_id is not None and order.customer_id == turn.customer_id:
        return True
    return await is_proved(
        turn.session, number=order.number, conversation_id=turn.conversation_id, now=turn.now
    )


async def known_orders(turn: Turn) -> Sequence[DbOrder]:
    """Return the orders that the customer may hear about, newest first."""
    if turn.customer_id is not None:
        return await recent_orders(turn.session, turn.customer_id, limit=MOST_ORDERS)
    found = [await find_order(turn.session, n) for n in turn.slot("proved_orders") or []]
    proved = [order for order in found if order is not None and await may_hear(turn, order)]
    return sorted(proved, key=lambda order: order.placed_at, reverse=True)


async def known_with_focus(turn: Turn) -> Sequence[DbOrder]:
    """Return the known orders and the one last spoken of, however old it is."""
    orders, focus = await known_orders(turn), await focus_of(turn)
    if focus is None or any(order.id == focus.id for order in orders):
        return orders
    return [*orders, focus]


async def focus_of(turn: Turn) -> DbOrder | None:
    """Return the order that was last spoken of, if it may be."""
    number = turn.slot("order_in_focus")
    order = await find_order(turn.session, str(number)) if number else None
    return order if order is not None and await may_hear(turn, order) else None


async def names_known_order(turn: Turn) -> bool:
    """Say whether the message names a known order by its goods, its day or its place."""
    orders = await known_orders(turn)
    by_number = {order.number: order for order in orders}
    shown = [by_number[n] for n in turn.slot("offered_orders") or [] if n in by_number]
    return bool(pick_order(turn.text, shown or orders, day=turn.day))


async def names_goods_alone(turn: Turn) -> bool:
    """Say whether the message is nothing but the name of goods in a known order: 热水壶那个."""
    names = [item.product.name for o in await known_orders(turn) for item in o.items]
    return is_bare_name(turn.text, names)
