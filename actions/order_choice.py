"""Which order the customer means, and whether they may hear about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rasa_sdk.events import FollowupAction, SlotSet

from actions.turn import Event, Turn
from shop.orders import UNDER_WAY, find_order, recent_orders, title_of
from shop.tables import DbOrder

MOST_BUTTONS = 5


@dataclass(frozen=True)
class Choice:
    """The order to answer about, or None with the events that ask for it."""

    order: DbOrder | None
    events: list[Event]


async def choose_order(turn: Turn, topic: str) -> Choice:
    """Return the order that this turn is about; otherwise ask for it and remember `topic`.

    Nothing about an order is said before the customer is logged in as its buyer or has proved it.
    """
    number = turn.entity("order_number") or turn.slot("order_in_focus")
    if number is not None:
        order = await find_order(turn.session, number)
        if order is not None and _may_hear(turn, order):
            return _chosen(order)
        return _ask_for_proof(topic, number)
    if turn.customer_id is None:
        return _ask_for_proof(topic, None)
    return _choose_among(turn, topic, await recent_orders(turn.session, turn.customer_id))


def _may_hear(turn: Turn, order: DbOrder) -> bool:
    proved = turn.slot("proved_orders") or []
    return order.number in proved or (
        turn.customer_id is not None and order.customer_id == turn.customer_id
    )


def _choose_among(turn: Turn, topic: str, orders: Sequence[DbOrder]) -> Choice:
    if not orders:
        turn.say("utter_no_orders")
        return Choice(None, [])
    under_way = [order for order in orders if order.status in UNDER_WAY]
    for candidates in (orders, under_way):
        if len(candidates) == 1:
            return _chosen(candidates[0])
    buttons = [
        {
            "title": f"{title_of(order)[:20]}（尾号{order.number[-4:]}）",
            "payload": f'/{topic}{{"order_number": "{order.number}"}}',
        }
        for order in orders[:MOST_BUTTONS]
    ]
    turn.say("utter_which_order", buttons=buttons)
    return Choice(None, [])


def _chosen(order: DbOrder) -> Choice:
    return Choice(order, [SlotSet("order_in_focus", order.number)])


def _ask_for_proof(topic: str, number: str | None) -> Choice:
    return Choice(
        None,
        [
            SlotSet("pending_topic", topic),
            SlotSet("order_number", number),
            SlotSet("phone_tail", None),
            SlotSet("order_in_focus", None),
            FollowupAction("order_proof_form"),
        ],
    )
