"""Cancelling an order before it is sent, or what can be done afterwards."""

from actions.cards import order_card
from actions.offers import accepts, offer, request
from actions.order_choice import choose_order
from actions.topics import TopicAction
from actions.turn import Turn
from actions.wording import day_and_time, yuan
from shop.cancelling import Cancellability, cancel_order, cancellability
from shop.orders import title_of
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbOrder

POSSIBLE = (Cancellability.AT_ONCE, Cancellability.BY_REQUEST)


class ActionCancelOrder(TopicAction):
    """Ask for a confirmation to cancel; nothing is cancelled by a misunderstood line."""

    topic = "cancel_order"
    accepted_by = "cancel"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_cancel_order"

    async def answer(self, turn: Turn) -> None:
        """Offer what can be done about the order."""
        order = await choose_order(turn, self.topic, suits=_may_be_cancelled)
        if order is None:
            return
        standing = cancellability(order)
        _say_standing(turn, order, standing)
        if standing in POSSIBLE:
            offer(turn, "cancel", order)
        elif standing is Cancellability.ON_THE_WAY:
            offer(turn, RequestKind.INTERCEPT, order)


@accepts("cancel")
async def cancel(turn: Turn, order: DbOrder) -> None:
    """Cancel at once, or ask the warehouse to stop; it may have been sent in the meantime."""
    standing = cancellability(order)
    if standing is Cancellability.BY_REQUEST:
        await request(turn, order, RequestKind.CANCEL)
        return
    if standing is not Cancellability.AT_ONCE:
        _say_standing(turn, order, standing)
        return
    refund = await cancel_order(turn.session, order, reason="buyer", now=turn.now)
    if refund is None:
        turn.say("utter_cancelled_unpaid", number=order.number)
        return
    turn.say(
        "utter_cancelled_paid",
        amount=yuan(refund.amount_fen),
        method=order.payment_method,
        days=service_policy().arrival_days(order.payment_method),
        number=refund.number,
    )


def _say_standing(turn: Turn, order: DbOrder, standing: Cancellability) -> None:
    name = f"utter_cancel_{standing}"
    if standing is Cancellability.ARRIVED and order.signed_at is None:
        name += "_bare"
    turn.say(
        name if order.paid_fen else name.replace("at_once", "unpaid"),
        cards={"order_card": order_card(order)},
        title=title_of(order),
        amount=yuan(order.paid_fen or order.payable_fen),
        signed_at=day_and_time(order.signed_at),
    )


def _may_be_cancelled(order: DbOrder) -> bool:
    return cancellability(order) in POSSIBLE
