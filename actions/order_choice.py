"""Which order the customer means, and whether they may hear about it."""

from collections.abc import Callable, Sequence

from actions.handing_over import hand_over
from actions.proof import check_proof
from actions.topics import button
from actions.turn import Turn
from shop.identity import is_proved
from shop.invoices import find_tax_number
from shop.mentions import is_correction, pick_order
from shop.order_numbers import find_loose_tail
from shop.orders import UNDER_WAY, find_order, recent_orders, title_of
from shop.tables import DbOrder

LONGEST_SAID = 400
MOST_ASKED = 3
"""Asked which order so often in a row, a person has to help."""

MOST_BUTTONS = 5
MOST_ORDERS = 20
LONGEST_TITLE = 16

Suits = Callable[[DbOrder], bool]


def under_way(order: DbOrder) -> bool:
    """Say whether something is still to happen with the order."""
    return order.status in UNDER_WAY


async def choose_order(turn: Turn, topic: str, *, suits: Suits = under_way) -> DbOrder | None:
    """Return the order that this turn is about; None after asking for it.

    Orders that the topic `suits` go first where the customer named none. Nothing about an order
    is said before the customer is logged in as its buyer or has proved it.
    """
    numbers = [number for number in turn.order_numbers if not _is_tax_number(number)]
    for number in numbers:
        order = await find_order(turn.session, number)
        if order is not None and await may_hear(turn, order):
            return _chosen(turn, order)
    if numbers:
        await _ask_for_proof(turn, topic, numbers[0])
        return None
    orders = await _known_with_focus(turn)
    if not orders:
        await _nothing_known(turn, topic)
        return None
    return await _choose_among(turn, topic, orders, suits)


def _is_tax_number(number: str) -> bool:
    """Say whether this is a company's tax number: letters among its digits tell the two apart."""
    return find_tax_number(number) == number and any(c.isalpha() for c in number[2:])


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


async def _known_with_focus(turn: Turn) -> Sequence[DbOrder]:
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


async def _choose_among(
    turn: Turn, topic: str, orders: Sequence[DbOrder], suits: Suits
) -> DbOrder | None:
    corrected = is_correction(turn.text)
    focus = turn.slot("order_in_focus")
    shown = _shown_last(turn, orders)
    named = pick_order(turn.text, shown, day=turn.day)
    named = named or pick_order(turn.text, orders, day=turn.day)
    if corrected:
        named = [order for order in named if order.number != focus]
    if len(named) == 1:
        return _chosen(turn, named[0])
    if turn.day is not None and not named:
        turn.say("utter_no_order_that_day")
    elif not named and not corrected:
        found = _unnamed(orders, focus, suits)
        if found is not None:
            return _chosen(turn, found)
    suited = [order for order in orders if suits(order)]
    rest = [order for order in named or suited or orders if not corrected or order.number != focus]
    if len(rest) == 1:
        return _chosen(turn, rest[0])
    await _ask_which(turn, topic, rest)
    return None


def _unnamed(orders: Sequence[DbOrder], focus: object, suits: Suits) -> DbOrder | None:
    """Return the order meant when none was named: the one spoken of, or the only one that suits.

    Where none suits it is the newest: the answer says what can be done about that one.
    """
    suited = [order for order in orders if suits(order)]
    spoken_of = next((order for order in orders if order.number == focus), None)
    if spoken_of is not None and (spoken_of in suited or not suited):
        return spoken_of
    if len(suited) > 1:
        return None
    return suited[0] if suited else orders[0]


def _shown_last(turn: Turn, orders: Sequence[DbOrder]) -> Sequence[DbOrder]:
    by_number = {order.number: order for order in orders}
    shown = [by_number[n] for n in turn.slot("offered_orders") or [] if n in by_number]
    return shown or orders


async def _ask_which(turn: Turn, topic: str, orders: Sequence[DbOrder]) -> None:
    times = (turn.slot("asked_which") or 0.0) + 1
    if times > MOST_ASKED:
        await hand_over(turn, "repeated_failure")
        turn.remember(asked_which=0.0)
        return
    turn.remember(asked_which=times)
    shown = list(orders[:MOST_BUTTONS])
    turn.say("utter_which_order", buttons=[_order_button(o, topic, turn.wish) for o in shown])
    turn.remember(
        pending_topic=topic,
        pending_wish=turn.wish,
        pending_text=turn.said[:LONGEST_SAID],
        offered_orders=[order.number for order in shown],
    )


def _order_button(order: DbOrder, topic: str, wish: str | None) -> dict[str, str]:
    title = f"{title_of(order, longest=LONGEST_TITLE)} · {order.number[-4:]}"
    return button(title, topic, order_number=order.number, wish=wish)


def _chosen(turn: Turn, order: DbOrder) -> DbOrder:
    turn.remember(order_in_focus=order.number, offered_orders=None, asked_which=0.0)
    return order


async def _nothing_known(turn: Turn, topic: str) -> None:
    if turn.customer_id is not None:
        turn.say("utter_no_orders")
        turn.remember(pending_topic=topic, pending_wish=turn.wish)
        return
    await _ask_for_proof(turn, topic, None)


async def _ask_for_proof(turn: Turn, topic: str, number: str | None) -> None:
    turn.remember(
        pending_topic=topic,
        pending_wish=turn.wish,
        pending_text=turn.said[:LONGEST_SAID],
        order_number=number,
        phone_tail=find_loose_tail(turn.text, number) if number else None,
        order_in_focus=None,
    )
    if turn.slot("phone_tail"):
        await check_proof(turn)
    else:
        turn.follow("order_proof_form")
