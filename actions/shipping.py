"""Shipping: where the parcel is, when it comes, and what to do if it got stuck or lost."""

from collections.abc import Awaitable, Callable

from actions.cards import parcel_card
from actions.offers import offer, request
from actions.order_choice import choose_order
from actions.orders import answer_order
from actions.parcels import say_parcel, tell_parcels
from actions.topics import TopicAction
from actions.turn import Turn
from actions.wording import NO_SIGNER, day_and_time
from shop.follow_ups import asks_when, says_not_received
from shop.orders import OrderStatus
from shop.requests import find_open_request
from shop.service_policy import RequestKind, service_policy
from shop.shipping import parcel_states
from shop.smalltalk import asks_to_urge
from shop.tables import DbOrder

NOT_RECEIVED_SHOWN = (OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED)


class ActionParcel(TopicAction):
    """Say where the customer's parcel is."""

    topic = "logistics"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_parcel"

    async def answer(self, turn: Turn) -> None:
        """Answer about the chosen order's parcels, or ask which order."""
        if turn.wish in ("carrier", "eta") and not (turn.customer_id or turn.slot("proved_orders")):
            _say_terms(turn)
            turn.remember(pending_topic=self.topic)
            return
        claimed = says_not_received(turn.text)
        if claimed:
            turn.wish = "not_received"
        suits = _was_sent if turn.wish == "not_received" else _has_parcel
        # Who speaks of a delivery means a delivered order, whichever was spoken of before.
        order = await choose_order(
            turn, self.topic, suits=_was_delivered if claimed else suits, stays=not claimed
        )
        if order is None:
            return
        if turn.wish in ("carrier", "eta") and not _has_parcel(order):
            _say_terms(turn)
            return
        if asks_to_urge(turn.text):
            await _urge(turn, order)
            return
        if asks_when(turn.text):
            turn.wish = turn.wish or "eta"
        special = ANSWERS.get(turn.wish or "", answer_parcel)
        await special(turn, order)


async def answer_parcel(turn: Turn, order: DbOrder) -> None:
    """Say the latest of each parcel of the order, with its card; without any, of the order."""
    if not await tell_parcels(turn, order):
        await answer_order(turn, order)


async def _not_received(turn: Turn, order: DbOrder) -> None:
    """Say what the carrier claims and offer to have it looked for."""
    signed = next((s for s in parcel_states(order, now=turn.now) if s.signed), None)
    if signed is None:
        await answer_parcel(turn, order)
        return
    turn.say(
        "utter_not_received",
        cards={"parcel_card": parcel_card(signed)},
        at=day_and_time(signed.parcel.signed_at),
        signed_by=signed.parcel.signed_by or NO_SIGNER,
    )
    offer(turn, RequestKind.FIND_PARCEL, order)


async def _urge(turn: Turn, order: DbOrder) -> None:
    """Urge the carrier of a parcel under way, or the warehouse that has not sent it."""
    states = parcel_states(order, now=turn.now)
    if any(not state.signed for state in states):
        await request(turn, order, RequestKind.URGE_CARRIER)
    elif order.status in (OrderStatus.PAID, OrderStatus.PICKING):
        await request(turn, order, RequestKind.URGE_SHIPPING)
    else:
        await answer_parcel(turn, order)


async def _eta(turn: Turn, order: DbOrder) -> None:
    """Say when the parcel comes; one that stands still has no honest day."""
    states = parcel_states(order, now=turn.now)
    waiting = [state for state in states if not (state.signed or state.returned)]
    urged = await find_open_request(turn.session, order, RequestKind.URGE_CARRIER)
    if not waiting:
        await answer_parcel(turn, order)
    for state in waiting:
        still = state.stuck or state.troubled
        name = "utter_parcel_eta_urged" if urged else "utter_parcel_eta_unsure"
        say_parcel(turn, order, state, name=name if still else None, urged=urged)


async def _stuck(turn: Turn, order: DbOrder) -> None:
    """Offer to urge the carrier of a parcel that moves."""
    states = [state for state in parcel_states(order, now=turn.now) if not state.signed]
    if not states or any(state.stuck or state.troubled for state in states):
        await answer_parcel(turn, order)
        return
    say_parcel(turn, order, states[0], name="utter_parcel_moving")
    offer(turn, RequestKind.URGE_CARRIER, order)


async def _reschedule(turn: Turn, order: DbOrder) -> None:
    states = [state for state in parcel_states(order, now=turn.now) if not state.signed]
    if not states:
        await answer_parcel(turn, order)
        return
    await request(turn, order, RequestKind.RESCHEDULE, detail={"wish": turn.text[:200]})


async def _carrier(turn: Turn, order: DbOrder) -> None:
    if order.parcels:
        await answer_parcel(turn, order)
    else:
        _say_terms(turn)


ANSWERS: dict[str, Callable[[Turn, DbOrder], Awaitable[None]]] = {
    "not_received": _not_received,
    "stuck": _stuck,
    "eta": _eta,
    "reschedule": _reschedule,
    "courier_contact": _reschedule,
    "carrier": _carrier,
}


def _say_terms(turn: Turn) -> None:
    terms = service_policy().shipping
    turn.say(
        "utter_shipping_terms",
        hours=terms.ship_within_hours,
        carriers="、".join(terms.carriers),
        first=terms.usual_days[0],
        last=terms.usual_days[1],
        free_from=terms.free_from_yuan,
        fee=terms.fee_yuan,
        far_fee=terms.far_fee_yuan,
    )


def _has_parcel(order: DbOrder) -> bool:
    return order.status in (OrderStatus.SHIPPED, OrderStatus.PAID, OrderStatus.PICKING)


def _was_delivered(order: DbOrder) -> bool:
    outbound = [parcel for parcel in order.parcels if parcel.direction == "outbound"]
    return order.status in (OrderStatus.SHIPPED, OrderStatus.SIGNED) and any(
        parcel.signed_at is not None for parcel in outbound
    )


def _was_sent(order: DbOrder) -> bool:
    return order.status in NOT_RECEIVED_SHOWN
