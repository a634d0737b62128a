"""What happened in one invented past conversation, as rows of the desk's tables."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from desk.ownership import Step
from desk.standing import TAKEN
from desk.states import Owner, Sender
from storage.sealed import keyring
from storage.tables import new_id


@dataclass
class DemoAgent:
    """One of the demo's agents: when she is at the desk, and until when her customers keep her."""

    id: str
    login: str
    name: str
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    busy_until: list[datetime] = field(default_factory=list)


@dataclass
class DemoBook:
    """What is gathered before it is written."""

    visitors: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)


class DemoRecord:
    """One conversation from its first word to its end; what would lie after `now` is left out."""

    def __init__(self, *, order: Any | None, at: datetime, now: datetime) -> None:
        self.order, self.now = order, now
        self.id, self.at, self.begun = new_id(), at, at
        self.seq, self.epoch, self.owner = 0, 1, Owner.BOT
        self.messages: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}

    def say(
        self,
        sender: Sender,
        text: str,
        *,
        after: timedelta = timedelta(),
        agent: DemoAgent | None = None,
    ) -> None:
        """Store a message that is said so much `after` what happened last."""
        self.at += after
        if self.at > self.now:
            return
        self.seq += 1
        self.messages.append(
            {
                "id": new_id(),
                "conversation_id": self.id,
                "seq": self.seq,
                "client_id": None,
                "sender": sender,
                "kind": "text",
                "author_id": agent.id if agent else None,
                "author_name": agent.name if agent else None,
                "text": text,
                "original_sealed": None,
                "extras": None,
                "internal": False,
                "automatic": False,
                "epoch": self.epoch,
                "at": self.at,
            }
        )

    def change(self, kind: str, actor: str, to: Owner, detail: dict[str, Any]) -> None:
        """Let the conversation change hands now."""
        if self.at > self.now:
            return
        self.epoch += 1
        self.note(kind, actor, {"from": self.owner, "to": to, **detail})
        self.owner = to

    def note(self, kind: str, actor: str, detail: dict[str, Any]) -> None:
        """Store an event of now."""
        if self.at <= self.now:
            self.events.append(
                {
                    "conversation_id": self.id,
                    "at": self.at,
                    "kind": kind,
                    "actor": actor,
                    "epoch": self.epoch,
                    "seq": self.seq,
                    "detail": detail,
                }
            )

    def put_down(self, book: DemoBook) -> None:
        """Put the conversation with all that belongs to it into the book."""
        last_at = max([self.messages[-1]["at"], *(event["at"] for event in self.events)])
        said = [one for one in self.messages if one["sender"] == Sender.CUSTOMER]
        visitor = new_id()
        book.visitors.append(
            {
                "id": visitor,
                "token_hash": sha256(f"demo {self.id}".encode()).hexdigest(),
                "customer_id": None,
                "created_at": self.begun,
                "seen_at": last_at,
            }
        )
        waiting = self._waiting_since()
        is_open_with_human = self.owner in (Owner.QUEUED, Owner.AGENT)
        handed = [one["at"] for one in self.events if one["kind"] == Step.HAND_OFF]
        book.conversations.append(
            {
                "id": self.id,
                "visitor_id": visitor,
                "customer_id": None,
                "tier": None,
                "owner": self.owner,
                "owner_epoch": self.epoch,
                "revision": 1,
                "last_seq": self.seq,
                "agent_id": None,
                "agent_name": None,
                "own_agent_id": None,
                "skill": None,
                "reason": self.facts.get("reason"),
                "card_sealed": self._card(),
                "queued_at": handed[-1] if handed and is_open_with_human else None,
                "assigned_at": None,
                "agent_answered_at": None,
                "missed_by": None,
                "missed_at": None,
                "waiting_since": waiting if is_open_with_human else None,
                "last_customer_seq": said[-1]["seq"],
                "last_customer_at": said[-1]["at"],
                "bot_done_seq": said[-1]["seq"],
                "bot_session": 1,
                "bot_lease_until": None,
                "customer_read_seq": self.seq,
                "agent_read_seq": self.seq,
                "unread": 0,
                "last_text": self.messages[-1]["text"],
                "last_sender": self.messages[-1]["sender"],
                "created_at": self.begun,
                "updated_at": last_at,
                "closed_at": last_at if self.owner is Owner.CLOSED else None,
                "close_reason": "idle" if self.owner is Owner.CLOSED else None,
            }
            | self._holder()
        )
        book.messages += self.messages
        book.events += self.events
        book.ratings += self.ratings

    def _holder(self) -> dict[str, Any]:
        if self.owner is not Owner.AGENT:
            return {}
        taken = next(one["at"] for one in self.events if one["kind"] == TAKEN)
        answered = [one["at"] for one in self.messages if one["sender"] == Sender.AGENT]
        return {
            "agent_id": self.facts["agent_id"],
            "agent_name": self.facts["agent_name"],
            "assigned_at": taken,
            "agent_answered_at": answered[0] if answered else None,
        }

    def _waiting_since(self) -> datetime | None:
        handed = [one["at"] for one in self.events if one["kind"] == Step.HAND_OFF]
        last = self.messages[-1]
        if last["sender"] == Sender.AGENT:
            return None
        since: datetime = max([last["at"], *handed])
        return since

    def _card(self) -> bytes | None:
        """Seal what the handoff knew, as the desk does: here the order it was about."""
        if self.order is None or "reason" not in self.facts:
            return None
        card = f'{{"order_number": "{self.order.number}"}}'
        return keyring().seal(card, context=f"conversation.card:{self.id}")
