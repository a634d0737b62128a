"""Warranty: whether an item is still covered, and asking for a repair."""

from typing import Any

from actions.offers import accepts, offer
from actions.order_choice import choose_order
from actions.returns import find_item, start_return
from actions.topics import TOPICS, TopicAction, answer_topic
from actions.turn import Turn
from actions.wording import day_text
from shop.after_sales import Kind
from shop.days import china_day
from shop.orders import OrderStatus
from shop.products import asks_one_thing, mentioned_products
from shop.returns import Reason
from shop.returns.reading import read_reason
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbOrder
from shop.warranty import names_repair, warranty_of

QUALITY_DAYS = 7
"""消费者权益保护法 §24: within seven days a faulty item may simply go back."""


class ActionWarranty(TopicAction):
    """Say whether the item is covered and offer what follows."""

    topic = "warranty_repair"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_warranty"

    async def answer(self, turn: Turn) -> None:
        """Answer about the item of the chosen order."""
        if await _asks_for_a_fact(turn):
            await answer_topic(turn, TOPICS["product_question"])
            return
        order = await choose_order(turn, self.topic, suits=_arrived)
        if order is None:
            return
        if order.signed_at is None:
            turn.say("utter_warranty_not_arrived")
            return
        item = find_item(turn, order) or order.items[0]
        warranty = warranty_of(order, item, now=turn.now)
        values: dict[str, Any] = {
            "item": item.product.name,
            "months": warranty.months,
            "until": day_text(warranty.until),
            "not_covered": "、".join(service_policy().warranty.not_covered),
        }
        fresh = (china_day(turn.now) - china_day(order.signed_at)).days <= QUALITY_DAYS
        is_faulty = turn.wish == "fault" or read_reason(turn.said) is Reason.QUALITY
        if is_faulty and fresh:
            turn.say("utter_warranty_fresh", **values)
            turn.remember(return_order=order.number, return_reason=str(Reason.QUALITY))
            offer(turn, "return_faulty", order)
        elif warranty.holds:
            turn.say("utter_warranty_holds", **values)
            offer(turn, RequestKind.REPAIR, order)
        else:
            name = "utter_warranty_over" if warranty.months else "utter_warranty_none"
            turn.say(name, **values)
            offer(turn, RequestKind.REPAIR, order)


async def _asks_for_a_fact(turn: Turn) -> bool:
    """Say whether the line asks what a product does (会漏水吗), and not for a repair."""
    if names_repair(turn.text) or not asks_one_thing(turn.text):
        return False
    return len(await mentioned_products(turn.session, turn.text)) == 1


@accepts("return_faulty")
async def return_faulty(turn: Turn, order: DbOrder) -> None:
    """Open a return for a quality problem."""
    start_return(turn, order, Kind.RETURN, reason=Reason.QUALITY)


def _arrived(order: DbOrder) -> bool:
    return order.status in (OrderStatus.SIGNED, OrderStatus.COMPLETED)
