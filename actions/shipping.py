"""Shipping: where the parcel is, and whether it has got stuck."""

from datetime import timedelta

from actions.cards import day_and_time, parcel_card
from actions.order_choice import choose_order
from actions.turn import Event, ShopAction, Turn
from shop.shipping import ParcelState, parcel_states
from shop.tables import DbOrder

SHIP_WITHIN = timedelta(hours=48)


class ActionParcel(ShopAction):
    """Say where the customer's parcel is."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_parcel"

    async def act(self, turn: Turn) -> list[Event]:
        """Answer about the chosen order's parcels, or ask which order."""
        choice = await choose_order(turn, "logistics")
        if choice.order is not None:
            answer_parcel(turn, choice.order)
        return choice.events


def answer_parcel(turn: Turn, order: DbOrder) -> None:
    """Say the latest of each parcel of the order, with its card."""
    states = parcel_states(order, now=turn.now)
    for state in states:
        _answer_one(turn, state)
    if not states:
        ship_by = (order.paid_at or order.placed_at) + SHIP_WITHIN
        turn.say("utter_parcel_not_shipped", ship_by=day_and_time(ship_by))


def _answer_one(turn: Turn, state: ParcelState) -> None:
    name = "utter_parcel_latest"
    if state.signed:
        name = "utter_parcel_signed"
    elif state.stuck:
        name = "utter_parcel_stuck"
    turn.say(
        name,
        cards={"parcel_card": parcel_card(state)},
        at=day_and_time(state.parcel.signed_at or (state.latest.at if state.latest else None)),
        trace=state.latest.text if state.latest else "",
        signed_by=state.parcel.signed_by,
        hours=int(state.silent_for.total_seconds() // 3600),
    )
