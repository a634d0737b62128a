"""Handing over to a person: when asked, when it is a dispute, when the bot is at a loss."""

from actions.handing_over import hand_over, note_tried
from actions.known_orders import names_known_order
from actions.offers import offer
from actions.order_choice import LONGEST_SAID, choose_order
from actions.returns import REASON_OF_WISH
from actions.smalltalk import SmallTalk
from actions.topics import TOPICS, TopicAction, answer_topic, button, introduce
from actions.turn import ShopAction, Turn
from actions.wording import ASKS
from shop.follow_ups import LONGEST_FOLLOW_UP, asks_where
from shop.orders import OrderStatus
from shop.products import asks_one_thing
from shop.returns.reading import read_kind, read_reason
from shop.service_policy import RequestKind
from shop.smalltalk import asks_who_answers
from shop.tables import DbOrder

TRIES_BEFORE_HANDOFF = 2
WHERE_IS_IT = {"order_status", "logistics"}
"""Two topics that one answer serves: 我的订单到哪了 is told where the parcel is, or the order."""

ORDER_OR_GOODS = (
    {"order_status", "product_question"},
    {"logistics", "product_question"},
)
"""芒果什么时候发 of somebody who has ordered mangoes is about that order."""

FAULT_OR_FAULTY = {"warranty_repair", "complaint_dispute"}
"""豆浆机坏了: either way the remedy depends on when it came, which the warranty looks up."""

MONEY_OR_GOODS_BACK = {"refund_status", "return_request"}
WANTED = {"return": "return_request", "exchange": "exchange_request"}
FACT_OR_FAULT = {"product_question", "warranty_repair"}
"""会漏水吗 asks for a fact before it reports a fault."""


class ActionHandOver(ShopAction):
    """Queue the customer for a person at once, with what is known; nothing is asked."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_hand_over"

    async def act(self, turn: Turn) -> None:
        """Hand over with the reason that understanding found.

        Who only asks whether a robot answers is told once, with the way to a person.
        """
        reason = turn.entity("handoff")
        if reason is None and turn.text and self._tell_who(turn):
            return
        await hand_over(turn, reason or "asked_human")

    def _tell_who(self, turn: Turn) -> bool:
        if turn.slot("told_who") or not asks_who_answers(turn.text):
            return False
        turn.say("utter_am_assistant")
        turn.remember(told_who=True, introduced=True, misunderstood=0.0)
        return True


class ActionComplaint(TopicAction):
    """Take goods that came wrong to their remedy; whatever is a dispute goes to a person."""

    topic = "complaint_dispute"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_complaint"

    async def answer(self, turn: Turn) -> None:
        """Offer the remedies for goods that came wrong, else hand over."""
        if turn.wish not in REASON_OF_WISH:
            await hand_over(turn, "complaint")
            return
        order = await choose_order(turn, self.topic, suits=_has_arrived)
        if order is None:
            return
        if not _has_arrived(order):
            await hand_over(turn, "complaint")
            return
        turn.remember(return_reason=str(REASON_OF_WISH[turn.wish]), return_order=order.number)
        turn.say(f"utter_remedies_{turn.wish}")
        if turn.wish == "missing":
            offer(turn, RequestKind.RESEND, order)


class ActionMisunderstood(SmallTalk):
    """Ask the customer to put it differently; the second time in a row, hand over."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_misunderstood"

    async def talk(self, turn: Turn) -> None:
        """Count the failure and act on it."""
        two = [topic for topic in turn.torn_between if topic in ASKS]
        settled = await _settled(turn, set(two))
        if settled is not None:
            introduce(turn)
            turn.wish = None
            await answer_topic(turn, TOPICS[settled])
            return
        times = float(turn.slot("misunderstood") or 0) + 1
        note_tried(turn, "misunderstood")
        if times >= TRIES_BEFORE_HANDOFF:
            await hand_over(turn, "repeated_failure")
            return
        await self._ask_back(turn, two)
        turn.remember(misunderstood=times)
        if turn.slot("pending_topic") is None:
            turn.remember(pending_text=turn.text[:LONGEST_SAID])

    async def _ask_back(self, turn: Turn, two: list[str]) -> None:
        """Ask which of two topics is meant, else again what was asked before, else to rephrase."""
        pending = TOPICS.get(str(turn.slot("pending_topic") or ""))
        if len(two) == 2:
            introduce(turn)
            turn.say("utter_which_of_two", buttons=[button(ASKS[topic], topic) for topic in two])
        elif pending is not None and turn.slot("offered_orders"):
            turn.wish = None
            await answer_topic(turn, pending)
        else:
            introduce(turn)
            turn.say("utter_rephrase")


async def _settled(turn: Turn, two: set[str]) -> str | None:
    """Return the topic that answers a line torn between two; None where one has to ask."""
    if set(turn.torn_between) == FAULT_OR_FAULTY:
        return "warranty_repair"
    if two in ORDER_OR_GOODS and await names_known_order(turn):
        return next(iter(two - {"product_question"}))
    last = turn.slot("last_topic")
    goes_on = last in two and len(turn.text) <= LONGEST_FOLLOW_UP
    return str(last) if goes_on else _settled_by_words(turn, two)


def _settled_by_words(turn: Turn, two: set[str]) -> str | None:
    if two == WHERE_IS_IT or ("logistics" in two and asks_where(turn.text)):
        return "logistics"
    if two == MONEY_OR_GOODS_BACK and read_kind(turn.text) == "return":
        return "return_request"
    wanted = WANTED.get(read_kind(turn.text) or "") if read_reason(turn.text) else None
    if wanted in two:
        return wanted
    if two == FACT_OR_FAULT and asks_one_thing(turn.text) and not turn.slot("order_in_focus"):
        return "product_question"
    return None


def _has_arrived(order: DbOrder) -> bool:
    return order.status in (OrderStatus.SIGNED, OrderStatus.COMPLETED)
