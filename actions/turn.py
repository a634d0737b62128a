"""One turn of the conversation as an action sees it: who asks, what was said, how to answer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.database import transaction
from storage.engine import Session

Event = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """What the customer just said, and the shop's records to answer from."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    session: Session
    now: datetime

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
        found = (self.tracker.latest_message or {}).get("metadata")
        return found if isinstance(found, Mapping) else {}

    @property
    def text(self) -> str:
        """The message as the customer typed it."""
        return str((self.tracker.latest_message or {}).get("text") or "")

    def slot(self, name: str) -> Any:
        """Return a slot's value."""
        return self.tracker.get_slot(name)

    def entity(self, name: str) -> str | None:
        """Return the first entity of this kind in the message."""
        found = next(self.tracker.get_latest_entity_values(name), None)
        return None if found is None else str(found)

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

    def hand_over(self, reason: str, **card: Any) -> None:
        """Ask the desk for a human: the relay sees it pass and queues the customer."""
        self.dispatcher.utter_message(json_message={"handoff": {"reason": reason, "card": card}})


class ShopAction(Action, ABC):
    """An action with one database transaction around it, committed when it succeeds."""

    @abstractmethod
    async def act(self, turn: Turn) -> list[Event]:
        """Answer the turn and return the events that change slots."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Open the transaction and act in it."""
        async with transaction() as session:
            return await self.act(Turn(dispatcher, tracker, session, datetime.now(UTC)))
