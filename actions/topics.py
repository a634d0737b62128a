"""What every topic's action shares: it may hand over, continue an open question, answer twice."""

import json
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from actions.handing_over import hand_over, note_tried
from actions.known_orders import known_orders, names_goods_alone, names_known_order
from actions.members import opt_out
from actions.turn import ShopAction, Turn
from actions.wording import ASKS
from shop.follow_ups import asks_bare_when
from shop.mentions import is_bare_reference, is_correction, names_only, points_at_goods
from shop.smalltalk import asks_to_urge, decision, declines_messages, takes_up

TOPICS: dict[str, "TopicAction"] = {}
"""The action of each topic, by the intent that asks for it."""

SMALL_TALK: dict[str, Callable[[Turn], Awaitable[None]]] = {}
"""How a yes and a no are taken, by the action that takes them."""

TELLS: list[Callable[[Turn], Awaitable[bool]]] = []
"""Who hears first whether a line only tells of a return that is open already."""

DISPUTE = "complaint_dispute"
"""No second wish: beside another one it is how the story is told, and a person would get it."""

SHORT = 10
NAMED_IN_PASSING = ("order_status", "product_question")
"""Topics that a mere name (面膜那个) is taken for."""

WHERE_GOODS_ARE = ("order_status", "logistics")
"""Topics that 那多久到 sounds like, whatever is to come."""

URGED = ("urge_carrier", "urge_shipping")
"""Offers that 催一下 accepts as well as a yes."""

ASKED_AGAIN = {
    "return_form": "return_request",
    "exchange_form": "exchange_request",
    "invoice_form": "invoice",
}
"""Forms that a customer may take up again, by the intent that does so."""


class TopicAction(ShopAction):
    """Answers one topic. Whatever form was open is set aside: the customer changed the subject."""

    topic: ClassVar[str]
    accepted_by: ClassVar[str | None] = None
    """The offer that asking for this topic once more accepts."""
    needs_order: ClassVar[bool] = True
    """Whether a bare order number can continue this topic."""
    has_rule: ClassVar[bool] = False
    """Whether there is a rule to tell before any order is known."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make every topic known under its intent."""
        super().__init_subclass__(**kwargs)
        if "topic" in cls.__dict__:
            TOPICS[cls.topic] = cls()

    @abstractmethod
    async def answer(self, turn: Turn) -> None:
        """Answer the topic, or ask for what is missing."""

    async def act(self, turn: Turn) -> None:
        """Answer what the customer asked, and a second wish in the same line."""
        action = await self._meant(turn)
        reason = turn.entity("handoff")
        if reason and not (action is not self and reason == "complaint"):
            await hand_over(turn, reason)
            return
        introduce(turn)
        if declines_messages(turn.text):
            await opt_out(turn)
            return
        if await self._decides_offer(turn) or await _tells(turn):
            return
        left = turn.open_form
        turn.close_form()
        second = TOPICS.get(str(turn.entity("second_intent") or ""))
        if action is not self:
            await answer_topic(turn, action)
        elif second is not None and await self._comes_after(turn, second):
            turn.wish = None
            await answer_topic(turn, second)
            await _answer_second(turn, second, self)
        else:
            await answer_topic(turn, self)
            await _answer_second(turn, self, second)
        if left and turn.slot("offer") is None and not turn.events[1:]:
            _offer_to_go_on(turn, left, action)

    async def _comes_after(self, turn: Turn, second: "TopicAction") -> bool:
        """Say whether the second wish is answered first, as it was said.

        Whose orders nobody knows hears a rule first: the other wish begins by asking for a number.
        """
        if not turn.second_said_first or second.topic == DISPUTE:
            return False
        return not self.has_rule or bool(turn.order_numbers or await known_orders(turn))

    async def _decides_offer(self, turn: Turn) -> bool:
        """Take 确认取消 or 先不取消 for the yes or no that it is; False if the line is neither."""
        offered = turn.slot("offer") or {}
        decided = decision(turn.text)
        is_open = offered or (turn.slot("pending_topic") and decided is False)
        if not is_open or not turn.text:
            return False
        if decided is None and self.accepted_by == offered.get("name"):
            decided = len(turn.text) <= SHORT
        if decided is None and str(offered.get("name", "")) in URGED:
            decided = asks_to_urge(turn.text) or None
        if decided is None and offered:
            decided = takes_up(turn.text) or None
        if decided is None:
            return False
        name = "action_affirm" if decided else "action_deny"
        await SMALL_TALK[name](turn)
        return True

    async def _meant(self, turn: Turn) -> "TopicAction":
        """Return the topic that a bare order number or a correction continues; else this one."""
        if self.topic in WHERE_GOODS_ARE and asks_when_money_comes(turn):
            return TOPICS["refund_status"]
        pending = TOPICS.get(str(turn.slot("pending_topic") or turn.slot("last_topic") or ""))
        if pending is None or not pending.needs_order:
            return self
        continues = is_bare_reference(turn.text) or is_correction(turn.text)
        if not continues and not await self._names_what_was_asked(turn):
            return self
        turn.wish = turn.slot("pending_wish" if turn.slot("pending_topic") else "last_wish")
        return pending

    async def _names_what_was_asked(self, turn: Turn) -> bool:
        """Say whether a short line that sounds like this topic only names an order."""
        if await names_goods_alone(turn):
            return True
        if self.topic not in NAMED_IN_PASSING or not names_only(turn.text):
            return False
        return bool(turn.slot("offered_orders")) or (
            points_at_goods(turn.text) and await names_known_order(turn)
        )


def asks_when_money_comes(turn: Turn) -> bool:
    """Say whether a line that asks when something comes goes on about a refund: 那多久到."""
    return turn.slot("last_topic") == "refund_status" and asks_bare_when(turn.text)


async def answer_topic(turn: Turn, action: TopicAction) -> None:
    """Answer a topic and keep in mind that it was the last one."""
    pending = turn.slot("pending_topic")
    turn.earlier = str(turn.slot("pending_text") or "")
    if pending == action.topic:
        turn.wish = turn.wish or turn.slot("pending_wish")
    else:
        turn.remember(asked_which=0.0)
    turn.remember(
        pending_text=None,
        offer=None,
        misunderstood=0.0,
        pending_topic=None,
        pending_wish=None,
        last_topic=action.topic,
        last_wish=turn.wish,
        set_aside=None,
    )
    if turn.text and not is_bare_reference(turn.text):
        turn.remember(last_question=turn.text)
    note_tried(turn, action.topic)
    await action.answer(turn)


def introduce(turn: Turn) -> None:
    """Say once in a conversation that an assistant is speaking."""
    if not turn.slot("introduced"):
        turn.say("utter_introduction")
        turn.remember(introduced=True)


def button(title: str, topic: str, **entities: Any) -> dict[str, str]:
    """Return a button whose payload asks for a topic with these entities."""
    known = {name: value for name, value in entities.items() if value is not None}
    return {"title": title, "payload": f"/{topic}{json.dumps(known, ensure_ascii=False)}"}


def choices(titles: Sequence[str]) -> list[dict[str, str]]:
    """Return buttons that say their own title."""
    return [{"title": title, "payload": title} for title in titles]


async def _tells(turn: Turn) -> bool:
    """Let whoever hears first hear; False if the line tells them nothing."""
    for tells in TELLS:
        if await tells(turn):
            return True
    return False


async def _answer_second(turn: Turn, first: TopicAction, other: TopicAction | None) -> None:
    """Answer the other wish of a line, unless the first one is still being asked about.

    A rule that was told asks for nothing, though an order number would make it exact.
    """
    second = other or TOPICS.get(str(turn.slot("waiting_topic") or ""))
    if second is None or second is first or second.topic == DISPUTE:
        return
    if turn.events or (turn.slot("pending_topic") and not first.has_rule):
        turn.remember(waiting_topic=second.topic)
        return
    turn.remember(waiting_topic=None)
    turn.wish = None
    note_tried(turn, second.topic)
    await second.answer(turn)


async def answer_waiting(turn: Turn) -> None:
    """Come back to the second wish of an earlier line, now that the first one is done with."""
    waiting = TOPICS.get(str(turn.slot("waiting_topic") or ""))
    goes_on = any(event.get("event") == "followup" for event in turn.events)
    if waiting is None or goes_on or turn.slot("offer") or turn.slot("pending_topic"):
        return
    turn.remember(waiting_topic=None)
    turn.wish = None
    turn.say("utter_now_the_other", asked=ASKS[waiting.topic])
    note_tried(turn, waiting.topic)
    await waiting.answer(turn)


def _offer_to_go_on(turn: Turn, form: str, action: TopicAction) -> None:
    if form == "return_form" and turn.slot("return_kind") == "exchange":
        form = "exchange_form"
    intent = ASKED_AGAIN.get(form)
    if intent and intent != action.topic and not turn.slot("pending_topic"):
        turn.say(f"utter_set_aside_{form}")
        turn.remember(set_aside=intent)
