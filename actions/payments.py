"""Payments: what can be paid with, a payment that failed, money taken wrongly."""

from actions.handing_over import hand_over
from actions.known_orders import known_orders
from actions.topics import TopicAction
from actions.turn import Turn
from actions.wording import yuan
from shop.orders import OrderStatus, title_of
from shop.payments import find_unoffered_payment
from shop.service_policy import service_policy


class ActionPayment(TopicAction):
    """Answer about paying."""

    topic = "payment_problem"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_payment"

    async def answer(self, turn: Turn) -> None:
        """Money taken wrongly goes to a person at once; the rest is answered."""
        if turn.wish == "charged_wrong":
            await hand_over(turn, "policy_exception", saying="utter_charged_wrong")
            return
        if turn.wish == "deposit_balance":
            turn.say("utter_payment_balance")
            return
        asked = find_unoffered_payment(turn.text, service_policy().payments)
        if asked is not None:
            turn.say(
                "utter_payment_not_offered",
                asked=asked,
                methods="、".join(service_policy().payments),
            )
            return
        orders = await known_orders(turn) if turn.customer_id else []
        unpaid = next((order for order in orders if order.status == OrderStatus.UNPAID), None)
        methods = "、".join(service_policy().payments)
        if unpaid is None:
            turn.say("utter_payment_help", methods=methods)
            return
        turn.remember(order_in_focus=unpaid.number)
        turn.say(
            "utter_payment_unpaid",
            title=title_of(unpaid),
            amount=yuan(unpaid.payable_fen),
            methods=methods,
        )
