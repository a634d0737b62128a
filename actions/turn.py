"""One turn of the conversation as an action sees it: who asks, what was said, how to answer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.database import now, reading, transaction
from shop.order_numbers import SHORTEST, canonical, find_order_numbers
from storage.engine import Session
from storage.only_reading import WantsToWriteError

FALLBACK = "nlu_fallback"
MOST_PHOTOS = 6
TORN_SECOND = 0.2
TORN_TOGETHER = 0.75
"""Understanding is torn when its second guess has TORN_SECOND and both have TORN_TOGETHER."""

Event = dict[str, Any]
log = structlog.get_logger(__name__)


@dataclass
class Turn:
    """What the customer just said, the shop's records to answer from, and what to keep in mind.

    Slots that are remembered in this turn are read back at once and become events at its end.
    """

    dispatcher: CollectingDispatcher
    tracker: Tracker
    session: Session
    now: datetime
    events: list[Event] = field(default_factory=list)
    earlier: str = ""
    """What was said of the same question before it was clear which order is meant."""
    wish: str | None = None
    """The finer subject of the message, or of the question that it continues."""
    _remembered: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wish = self.wish or self.entity("wish")

    @property
    def conversation_id(self) -> str:
        """The conversation at the desk that this turn belongs to."""
        return str(self.metadata.get("conversation") or self.tracker.sender_id)

    @property
    def customer_id(self) -> str | None:
        """The customer whom the shop's signed ticket vouched for; None for a guest."""
        found = self.metadata.get("customer_id")
        return str(found) if found else None

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the desk said about this message; never under the customer's control."""
        found = self._message.get("metadata")
        return found if isinstance(found, Mapping) else {}

    @property
    def text(self) -> str:
        """The message as the customer typed it; empty for a tapped button."""
        typed = str(self._message.get("text") or "")
        return "" if typed.startswith("/") else typed

    @property
    def said(self) -> str:
        """Everything said of the present question."""
        return " ".join(part for part in (self.earlier, self.text) if part)

    @property
    def images(self) -> list[str]:
        """The addresses of the pictures that came with the message."""
        found = self.metadata.get("images")
        return [str(each) for each in found] if isinstance(found, Sequence) else []

    @property
    def torn_between(self) -> list[str]:
        """The two intents that understanding could not decide between; empty if it is not that."""
        ranking = self._message.get("intent_ranking") or []
        first, second = [
            *((r["name"], r["confidence"]) for r in ranking if r["name"] != FALLBACK),
            ("", 0.0),
            ("", 0.0),
        ][:2]
        noted = self.entity("second_intent")
        if noted and noted != first[0]:
            return [first[0], noted]
        close = second[1] >= TORN_SECOND and first[1] + second[1] >= TORN_TOGETHER
        return [first[0], second[0]] if close else []

    @property
    def intent(self) -> str:
        """The intent that understanding found in the message."""
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def order_numbers(self) -> list[str]:
        """The order numbers of the message: a button's, or those in what was typed."""
        if self.text:
            typed = find_order_numbers(self.text)
            if typed:
                return typed
        named = (canonical(value) for value in self.entities("order_number"))
        return [number for number in named if len(number) >= SHORTEST]

    @property
    def day(self) -> date | None:
        """The day that the message names, as a date in China."""
        found = self.entity("date")
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            return None

    @property
    def open_form(self) -> str | None:
        """The form that is open, if one is."""
        name = (self.tracker.active_loop or {}).get("name")
        return str(name) if name else None

    def slot(self, name: str) -> Any:
        """Return a slot's value."""
        if name in self._remembered:
            return self._remembered[name]
        return self.tracker.get_slot(name)

    def remember(self, **slots: Any) -> None:
        """Set slots from now on; None forgets one."""
        self._remembered.update(slots)

    def keep_photos(self) -> None:
        """Remember the pictures of this message for the request or the handoff they belong to."""
        if self.images:
            known = [*(self.slot("photos") or []), *self.images]
            self.remember(photos=list(dict.fromkeys(known))[-MOST_PHOTOS:])

    def entity(self, name: str) -> str | None:
        """Return the first entity of this kind in the message."""
        found = next(self.tracker.get_latest_entity_values(name), None)
        return None if found is None else str(found)

    def entities(self, name: str) -> list[str]:
        """Return all entities of this kind in the message, in order."""
        return [str(value) for value in self.tracker.get_latest_entity_values(name)]

    @property
    def second_said_first(self) -> bool:
        """Whether the line opens with its second wish: 羽绒服退掉，顺便开个发票."""
        found = [e for e in self._message.get("entities") or [] if e["entity"] == "second_intent"]
        return any(e.get("start") == 0 and e.get("end", 0) < len(self.text) for e in found)

    def say(
        self,
        response: str,
        *,
        cards: Mapping[str, Any] | None = None,
        buttons: Sequence[Mapping[str, str]] = (),
        **values: Any,
    ) -> None:
        """Utter the named response, filled with `values`; cards go along as custom JSON."""
        self.dispatcher.utter_message(response=response, buttons=list(buttons) or None, **values)
        if cards:
            self.dispatcher.utter_message(json_message=dict(cards))

    def hand_over(self, reason: str, card: Mapping[str, Any]) -> None:
        """Ask the desk for a human: the relay sees it pass and queues the customer."""
        handoff = {"reason": reason, "card": dict(card)}
        self.dispatcher.utter_message(json_message={"handoff": handoff})

    def follow(self, action: str) -> None:
        """Let this action, or this form, come next."""
        self.events.append(FollowupAction(action))

    def close_form(self) -> None:
        """Close the form that is open; what it has gathered stays."""
        if self.open_form:
            self.events.append(ActiveLoop(None))
            self.remember(requested_slot=None)

    def all_events(self) -> list[Event]:
        """Return everything that this turn leads to."""
        slots = (SlotSet(name, value) for name, value in self._remembered.items())
        return [*slots, *self.events]

    @property
    def _message(self) -> Mapping[str, Any]:
        return self.tracker.latest_message or {}


class ShopAction(Action, ABC):
    """An action with one database transaction around it, committed when it succeeds.

    Most answers only read, so it reads first and waits for no writer. Where it would write it is
    begun anew in a writing transaction. One that fails changes nothing, says so, and hands the
    customer to a person.
    """

    @abstractmethod
    async def act(self, turn: Turn) -> None:
        """Answer the turn."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Act, reading if that will do."""
        try:
            try:
                return await self._acted(reading(), dispatcher, tracker)
            except WantsToWriteError:
                dispatcher.messages.clear()
                return await self._acted(transaction(), dispatcher, tracker)
        except Exception:
            log.exception("action failed", action=self.name())
            return _failed(dispatcher, self.name())

    async def _acted(
        self,
        opened: AbstractAsyncContextManager[Session],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
    ) -> list[Event]:
        async with opened as session:
            turn = Turn(dispatcher, tracker, session, now())
            turn.keep_photos()
            await self.act(turn)
            await session.flush()
        return turn.all_events()


def _failed(dispatcher: CollectingDispatcher, action: str) -> list[Event]:
    dispatcher.messages.clear()
    dispatcher.utter_message(response="utter_action_failed")
    handoff = {"reason": "bot_unavailable", "card": {"failed_action": action}}
    dispatcher.utter_message(json_message={"handoff": handoff})
    return [ActiveLoop(None), SlotSet("requested_slot", None)]
