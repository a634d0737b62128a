"""Which order the customer means, and whether they may hear about it."""

from collections.abc import Callable, Sequence
from datetime import date

from actions.handing_over import hand_over
from actions.known_orders import known_with_focus, may_hear
from actions.proof import check_proof
from actions.topics import button
from actions.turn import Turn
from shop.days import china_day
from shop.invoices import find_tax_number
from shop.mentions import bare_tail, is_correction, names_vague_days, pick_order
from shop.order_numbers import find_loose_tail, find_order_numbers
from shop.orders import UNDER_WAY, find_order, title_of
from shop.tables import DbOrder

LONGEST_SAID = 400
MOST_ASKED = 3
"""Asked which order so often in a row, a person has to help."""

MOST_BUTTONS = 5
LONGEST_TITLE = 16

Suits = Callable[[DbOrder], bool]


def under_way(order: DbOrder) -> bool:
    """Say whether something is still to happen with the order."""
    return order.status in UNDER_WAY


async def choose_order(
    turn: Turn, topic: str, *, suits: Suits = under_way, stays: bool = False
) -> DbOrder | None:
    """Return the order that this turn is about; None after asking for it.

    Orders that the topic `suits` go first where the customer named none; with `stays` the order
    last spoken of is meant even if it does not suit. Nothing about an order is said before the
    customer is logged in as its buyer or has proved it.
    """
    waybills = turn.entities("tracking_number")
    numbers = [n for n in turn.order_numbers if n not in waybills and not _is_tax_number(n)]
    if not numbers and not turn.text:
        numbers = find_order_numbers(turn.earlier)  # a button tapped after a line that named one
    for number in numbers:
        order = await find_order(turn.session, number)
        if order is not None and await may_hear(turn, order):
            return _chosen(turn, order)
    if numbers:
        await _ask_for_proof(turn, topic, numbers[0])
        return None
    orders = await known_with_focus(turn)
    if not orders:
        await _nothing_known(turn, topic)
        return None
    by_waybill = [o for o in orders if any(p.waybill in waybills for p in o.parcels)]
    if by_waybill:
        return _chosen(turn, by_waybill[0])
    focus = next((order for order in orders if order.number == turn.slot("order_in_focus")), None)
    return await _choose_among(
        turn, topic, orders, (lambda o: o is focus) if stays and focus else suits
    )


def _is_tax_number(number: str) -> bool:
    """Say whether this is a company's tax number: letters among its digits tell the two apart."""
    return find_tax_number(number) == number and any(c.isalpha() for c in number[2:])


async def _choose_among(
    turn: Turn, topic: str, orders: Sequence[DbOrder], suits: Suits
) -> DbOrder | None:
    corrected = is_correction(turn.text)
    focus = turn.slot("order_in_focus")
    shown = _shown_last(turn, orders)
    named = pick_order(turn.text, shown, day=_day(turn))
    named = named or pick_order(turn.text, orders, day=_day(turn))
    if not named and not corrected and turn.earlier:
        named = pick_order(turn.earlier, orders)
    if corrected:
        named = [order for order in named if order.number != focus]
    if len(named) == 1:
        return _chosen(turn, named[0])
    if _names_day_in_vain(turn, named):
        turn.say("utter_no_order_that_day")
    elif not named and not corrected:
        found = _unnamed(orders, focus, suits)
        if found is not None:
            return _chosen(turn, found)
    suited = [order for order in orders if suits(order)]
    others = [order for order in orders if not corrected or order.number != focus]
    rest = [order for order in named or suited if order in others] or others
    if len(rest) == 1:
        return _chosen(turn, rest[0])
    await _ask_which(turn, topic, rest)
    return None


def _names_day_in_vain(turn: Turn, named: Sequence[DbOrder]) -> bool:
    """Say whether the customer named a day gone by on which none of the orders was placed.

    明天能到吗 and 前几天买的 name no such day.
    """
    today = china_day(turn.now)
    day = _day(turn)
    return not named and day is not None and day <= today


def _day(turn: Turn) -> date | None:
    """Return the one day that the message names."""
    return None if names_vague_days(turn.text) else turn.day


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
    name = "utter_which_order" if times == 1 else "utter_which_order_again"
    turn.say(name, buttons=[_order_button(o, topic, turn.wish) for o in shown])
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
    tail = find_loose_tail(turn.text, number) if number else bare_tail(turn.text)
    if number is None and tail is not None:
        number = turn.slot("order_number")  # given before, with a wrong tail
    turn.remember(
        pending_topic=topic,
        pending_wish=turn.wish,
        pending_text=turn.said[:LONGEST_SAID],
        order_number=number,
        phone_tail=tail if number else None,
        order_in_focus=None,
        form_left=None,
        form_misses=0.0,
    )
    if turn.slot("phone_tail"):
        await check_proof(turn)
    else:
        turn.follow("order_proof_form")
