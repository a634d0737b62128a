"""Refunds: how far one has got, and by when the money is back."""

from actions.cards import refund_card
from actions.handing_over import hand_over
from actions.known_orders import focus_of, known_orders
from actions.order_choice import choose_order
from actions.orders import answer_order
from actions.topics import TopicAction
from actions.turn import Turn
from actions.wording import day_text, yuan
from shop.orders import OrderStatus
from shop.refunds import RefundState, RefundStep, refund_states
from shop.service_policy import service_policy

MOST_SHOWN = 3
OVER = (RefundStep.PAID_BACK, RefundStep.REJECTED, RefundStep.CLOSED)


class ActionRefundStatus(TopicAction):
    """Say how far the customer's refund has got."""

    topic = "refund_status"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_refund_status"

    async def answer(self, turn: Turn) -> None:
        """Answer about the named order, else about every refund that is under way."""
        policy = service_policy()
        orders = await known_orders(turn)
        if turn.order_numbers or not orders:
            order = await choose_order(turn, self.topic)
            if order is None:
                return
            orders = [order]
        states = await refund_states(turn.session, orders, policy, now=turn.now)
        focus = await focus_of(turn)
        about_focus = [s for s in states if focus is not None and s.order.id == focus.id]
        under_way = [state for state in states if state.step not in OVER]
        shown = about_focus[:1] or under_way[:MOST_SHOWN] or states[:1]
        if not shown:
            await self._none_found(turn)
            return
        turn.remember(order_in_focus=shown[0].order.number)
        for state in shown:
            say_refund(turn, state)
        if any(state.step is RefundStep.LATE for state in shown):
            await hand_over(turn, "policy_exception", saying="utter_refund_late_handing_over")

    async def _none_found(self, turn: Turn) -> None:
        focus = await focus_of(turn)
        if focus is not None and focus.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED):
            await answer_order(turn, focus)
        else:
            turn.say("utter_refund_none")


def say_refund(turn: Turn, state: RefundState) -> None:
    """Say the step that one request has reached, with its card."""
    request, policy = state.request, service_policy()
    name = f"utter_refund_{state.step}"
    if state.step in (RefundStep.SEND_BACK, RefundStep.RECEIVED, RefundStep.ON_ITS_WAY_BACK):
        name += "_exchange" if request.kind == "exchange" else ""
    turn.say(
        name,
        cards={"refund_card": refund_card(state)} if request.amount_fen else None,
        number=request.number,
        amount=yuan(request.amount_fen),
        due=day_text(state.due),
        method=state.order.payment_method or "",
        days=policy.arrival_days(state.order.payment_method),
        address=f"{policy.returns.address}，{policy.returns.receiver}，{policy.returns.phone}",
        why=request.decision_note or "",
        on=day_text(request.closed_at or request.received_at or request.requested_at),
    )
