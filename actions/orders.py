"""Orders: where one stands, when it is sent, and asking the warehouse to hurry or to wait."""

from datetime import datetime

from actions.cards import order_card
from actions.offers import offer, request
from actions.order_choice import choose_order
from actions.parcels import tell_parcels
from actions.topics import TopicAction
from actions.turn import Turn
from actions.wording import day_and_time, yuan
from shop.orders import NOT_SHIPPED, OrderStatus
from shop.service_policy import RequestKind, service_policy
from shop.smalltalk import asks_to_urge
from shop.tables import DbOrder

WAITING = (OrderStatus.PAID, OrderStatus.PICKING)


class ActionOrderStatus(TopicAction):
    """Say where the customer's order stands."""

    topic = "order_status"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_order_status"

    async def answer(self, turn: Turn) -> None:
        """Answer about the chosen order, or ask which."""
        if turn.wish == "ship_when" and not turn.customer_id and not turn.slot("proved_orders"):
            _say_when_in_general(turn)
            return
        order = await choose_order(turn, self.topic, stays=True)
        if order is None:
            return
        if turn.wish == "ship_when" and order.status not in NOT_SHIPPED and not turn.order_numbers:
            _say_when_in_general(turn)
            return
        if turn.wish == "hold_shipping" and order.status in WAITING:
            await request(turn, order, RequestKind.HOLD_SHIPPING)
            return
        if order.status in WAITING and asks_to_urge(turn.text):
            await request(turn, order, RequestKind.URGE_SHIPPING)
            return
        await answer_order(turn, order)


def _say_when_in_general(turn: Turn) -> None:
    turn.say("utter_ship_when_general", hours=service_policy().shipping.ship_within_hours)
    turn.remember(pending_topic=ActionOrderStatus.topic)


async def answer_order(turn: Turn, order: DbOrder) -> None:
    """Say where the order stands, with its card; a late one can be urged.

    Where one that is under way stands is where its parcel is.
    """
    if order.status == OrderStatus.SHIPPED and await tell_parcels(turn, order):
        return
    ship_by = _ship_by(order)
    name = f"utter_order_{order.status}{_lacking(order)}"
    if order.status in WAITING and turn.now > ship_by:
        name = "utter_order_late"
        offer(turn, RequestKind.URGE_SHIPPING, order)
    turn.say(
        name,
        cards={"order_card": order_card(order)},
        amount=yuan(order.payable_fen),
        ship_by=day_and_time(ship_by),
        hours=service_policy().shipping.ship_within_hours,
        signed_at=day_and_time(order.signed_at),
        cancelled_at=day_and_time(order.cancelled_at),
    )


def _lacking(order: DbOrder) -> str:
    """Return the end of the name of the sentence that needs no more than the shop has told us."""
    told = {
        OrderStatus.SHIPPED: None,
        OrderStatus.SIGNED: order.signed_at,
        OrderStatus.COMPLETED: order.signed_at,
        OrderStatus.CANCELLED: order.cancelled_at,
    }
    status = OrderStatus(order.status)
    return "_bare" if status in told and told[status] is None else ""


def _ship_by(order: DbOrder) -> datetime:
    return (order.paid_at or order.placed_at) + service_policy().shipping.ship_within
