"""What every form shares: it hears answers, lets the customer leave, and asks what is missing."""

from abc import abstractmethod
from typing import ClassVar

from actions.handing_over import hand_over
from actions.topics import TOPICS
from actions.turn import ShopAction, Turn
from shop.returns.reading import read_kind
from shop.smalltalk import asks_for_person, drops_it

MISSES_BEFORE_HANDOFF = 2
NEVER_AN_ANSWER = ("safety", "legal_threat")
"""Handoff reasons that stand before whatever else the line says; a complaint may be an answer."""

ALWAYS_LEAVES = {"ask_human", "complaint_dispute"}
ANSWERED_BESIDE = {"greet", "thanks_bye", "deny"}
"""Intents whose own rules answer; after a greeting or thanks the form asks again."""


class ShopForm(ShopAction):
    """The validation of one form: Rasa calls it with each answer, and to ask the next question.

    A message that is no answer but another subject is not heard; Rasa then rejects the form and
    the rule of that subject applies. A message that is neither counts as a miss.
    """

    form: ClassVar[str]
    own_intents: ClassVar[frozenset[str]] = frozenset()
    takes_data: ClassVar[bool] = False
    """Whether the answers are data (a number, an address): who gives them makes no threat."""

    @abstractmethod
    async def hear(self, turn: Turn, asked: str) -> bool:
        """Take what the message says; False if it answers nothing."""

    @abstractmethod
    async def next_slot(self, turn: Turn) -> str | None:
        """Return the slot to ask for; None when everything is known or nothing more can be done."""

    def name(self) -> str:
        """Return the name by which Rasa finds it."""
        return f"validate_{self.form}"

    async def act(self, turn: Turn) -> None:
        """Hear an answer, then say what to ask next."""
        asked = turn.slot("requested_slot")
        if asked and _is_fresh(turn, self.form):
            threatens = turn.entity("handoff") in NEVER_AN_ANSWER and not self.takes_data
            if threatens or asks_for_person(turn.text):
                return
            if drops_it(turn.text) and read_kind(turn.text) is None:
                turn.say(f"utter_left_{self.form}")
                turn.remember(form_left=True, form_misses=0.0, requested_slot=None)
                return
            if await self.hear(turn, str(asked)):
                turn.remember(form_misses=0.0)
            elif turn.entity("handoff") or self._leaves(turn) or await self._missed(turn):
                return
        turn.remember(requested_slot=await self.next_slot(turn))

    def _leaves(self, turn: Turn) -> bool:
        elsewhere = (TOPICS.keys() - self.own_intents) | ALWAYS_LEAVES | ANSWERED_BESIDE
        return turn.intent in elsewhere

    async def _missed(self, turn: Turn) -> bool:
        """Count an answer that was not understood; the second in a row goes to a person."""
        misses = (turn.slot("form_misses") or 0.0) + 1
        turn.remember(form_misses=misses)
        allowed = MISSES_BEFORE_HANDOFF + (turn.intent in self.own_intents)
        if misses < allowed:
            return False
        await hand_over(turn, "repeated_failure")
        turn.remember(form_left=True, form_misses=0.0, requested_slot=None)
        return True


async def was_left(turn: Turn) -> bool:
    """Say whether the form that just ended was given up; the end needs no answer then."""
    left = bool(turn.slot("form_left"))
    turn.remember(form_left=None)
    return left


def _is_fresh(turn: Turn, form: str) -> bool:
    """Say whether the message was said to the form, and nothing answered it yet."""
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            return True
        if event.get("event") == "action" and event.get("name") not in ("action_listen", form):
            return False
    return False
