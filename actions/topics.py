"""What every topic's action shares: it may hand over, continue an open question, answer twice."""

import json
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from actions.handing_over import hand_over, note_tried
from actions.turn import ShopAction, Turn
from shop.mentions import is_bare_reference, is_correction

TOPICS: dict[str, "TopicAction"] = {}
"""The action of each topic, by the intent that asks for it."""

ASKED_AGAIN = {"return_form": "return_request", "invoice_form": "invoice"}
"""Forms that a customer may take up again, by the intent that does so."""


class TopicAction(ShopAction):
    """Answers one topic. Whatever form was open is set aside: the customer changed the subject."""

    topic: ClassVar[str]
    needs_order: ClassVar[bool] = True
    """Whether a bare order number can continue this topic."""

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
        reason = turn.entity("handoff")
        if reason:
            await hand_over(turn, reason)
            return
        introduce(turn)
        action = self._meant(turn)
        left = turn.open_form
        turn.close_form()
        await answer_topic(turn, action)
        await _answer_second(turn, action)
        if left and turn.slot("offer") is None and not turn.events[1:]:
            _offer_to_go_on(turn, left, action)

    def _meant(self, turn: Turn) -> "TopicAction":
        """Return the topic that a bare order number or a correction continues; else this one."""
        pending = TOPICS.get(str(turn.slot("pending_topic") or turn.slot("last_topic") or ""))
        continues = is_bare_reference(turn.text) or is_correction(turn.text)
        if pending is None or not continues or not pending.needs_order:
            return self
        turn.wish = turn.wish or turn.slot("pending_wish")
        return pending


async def answer_topic(turn: Turn, action: TopicAction) -> None:
    """Answer a topic and keep in mind that it was the last one."""
    turn.remember(
        offer=None,
        misunderstood=0.0,
        pending_topic=None,
        pending_wish=None,
        last_topic=action.topic,
    )
    if turn.text:
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


async def _answer_second(turn: Turn, first: TopicAction) -> None:
    """Answer the other wish of a line, unless the first one is still being asked about."""
    second = TOPICS.get(str(turn.entity("second_intent") or turn.slot("waiting_topic") or ""))
    if second is None or second is first:
        return
    if turn.events or turn.slot("pending_topic"):
        turn.remember(waiting_topic=second.topic)
        return
    turn.remember(waiting_topic=None)
    turn.wish = None
    note_tried(turn, second.topic)
    await second.answer(turn)


def _offer_to_go_on(turn: Turn, form: str, action: TopicAction) -> None:
    intent = ASKED_AGAIN.get(form)
    if intent and intent != action.topic and not turn.slot("pending_topic"):
        turn.say(f"utter_set_aside_{form}")
