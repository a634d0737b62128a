"""One invented past conversation of the demo, drawn from its first word to its end."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from desk.clock_events import COURTESY
from desk.ownership import Step
from desk.standing import TAKEN
from desk.states import CloseReason, HandoffReason, Owner, Sender
from storage.sealed import keyring
from storage.tables import new_id

# Median seconds to answer, and how heavy the tail is.
PACE = {"xiaolin": (24, 0.7), "xiaozhou": (38, 0.9), "xiaohe": (30, 0.8), "xiaotang": (55, 1.0)}
ROOM = 3  # how many one agent serves at a time before the next has to wait


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


class DemoChat:
    """One invented conversation, written from its first word to its end."""

    def __init__(
        self,
        dice: random.Random,
        words: dict[str, Any],
        *,
        agents: Sequence[DemoAgent],
        orders: Sequence[Any],
        at: datetime,
        now: datetime,
    ) -> None:
        self.dice, self.words, self.agents, self.now = dice, words, agents, now
        topics = list(words["topics"])
        weights = [words["topics"][name]["weight"] for name in topics]
        self.topic = dice.choices(topics, weights)[0]
        self.order = dice.choice(orders) if orders and dice.random() < 0.8 else None
        self.id, self.at, self.begun = new_id(), at, at
        self.seq, self.epoch, self.owner = 0, 1, Owner.BOT
        self.messages: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}

    def write(self, book: DemoBook) -> None:
        """Draw the course of the conversation and put it into the book."""
        self._with_bot()
        wants_human = self.topic == "complaint" or self.dice.random() < 0.3
        if wants_human:
            self._with_human()
        elif self.dice.random() < 0.9:
            if self.dice.random() < 0.45:
                self._say(Sender.CUSTOMER, self._one("thanks"), after=self._about(25))
                self._say(Sender.BOT, self._one("welcome"), after=self._about(1.1))
            self.at += timedelta(hours=24)
            self._change(Step.CLOSE, "system", Owner.CLOSED, {"reason": "idle"})
        self._put_down(book)

    def _with_bot(self) -> None:
        topic = self.words["topics"][self.topic]
        self._say(Sender.CUSTOMER, self.dice.choice(topic["ask"]))
        slow = self.dice.random() < 0.02
        self._say(Sender.BOT, self.dice.choice(topic["bot"]), after=self._about(9 if slow else 1.1))
        if self.dice.random() < 0.4:
            self._say(Sender.CUSTOMER, self.dice.choice(topic["again"]), after=self._about(30))
            self._say(Sender.BOT, self.dice.choice(topic["bot"]), after=self._about(1.1))

    def _with_human(self) -> None:
        reason = self._reason()
        if reason is HandoffReason.ASKED_HUMAN:
            self._say(Sender.CUSTOMER, self._one("wish"), after=self._about(20))
        self.facts["reason"] = reason.value
        self._change(Step.HAND_OFF, "customer", Owner.QUEUED, {"reason": reason})
        agent, when = self._first_free()
        patience = self._about(1500)
        if agent is None or when > self.at + patience:
            self.at += patience
            if self.dice.random() < 0.7:
                self._change(Step.LEAVE_QUEUE, "customer", Owner.BOT, {"why": "left"})
                self.at += timedelta(hours=24)
                self._change(Step.CLOSE, "system", Owner.CLOSED, {"reason": "idle"})
                return
            agent, when = self._first_free()
            if agent is None:
                return
        self.at = max(self.at, when)
        self._serve(agent)

    def _serve(self, agent: DemoAgent) -> None:
        self._change(
            TAKEN, f"agent:{agent.id}", Owner.AGENT, {"agent": agent.id, "waited_seconds": 0}
        )
        self.facts |= {"agent_id": agent.id, "agent_name": agent.name}
        median, tail = PACE[agent.login]
        first = self._one("human_first").format(name=agent.name)
        self._say(Sender.AGENT, first, after=self._pace(median, tail), agent=agent)
        topic = self.words["topics"][self.topic]
        for _ in range(self.dice.choices((0, 1, 2, 3), (15, 45, 30, 10))[0]):
            self._say(Sender.CUSTOMER, self.dice.choice(topic["again"]), after=self._about(45))
            forgot = self.dice.random() < 0.05
            pause = self._pace(median * (14 if forgot else 1.6), tail)
            self._say(Sender.AGENT, self._one("human_next"), after=pause, agent=agent)
        if self.dice.random() < 0.6:
            self._say(Sender.CUSTOMER, self._one("thanks"), after=self._about(30))
            self._event(COURTESY, "system", {"seq": self.seq})
        agent.busy_until.append(self.at)
        self.at += self._about(90)
        closing = {"reason": CloseReason.SOLVED, "answered": True}
        self._change(Step.CLOSE, f"agent:{agent.id}", Owner.CLOSED, closing)
        self._rate()

    def _rate(self) -> None:
        if self.owner is not Owner.CLOSED or self.at > self.now:
            return
        rating = {
            "id": new_id(),
            "conversation_id": self.id,
            "agent_id": self.facts["agent_id"],
            "agent_name": self.facts["agent_name"],
            "state": "withdrawn",
            "score": None,
            "comment_sealed": None,
            "asked_at": self.at,
            "answered_at": None,
        }
        if self.dice.random() < 0.42:
            score = self.dice.choices((1, 2, 3, 4, 5), (4, 5, 10, 30, 51))[0]
            answered_at = min(self.at + self._about(40), self.now)
            rating |= {"state": "answered", "score": score, "answered_at": answered_at}
        self.ratings.append(rating)

    def _reason(self) -> HandoffReason:
        if self.topic == "complaint":
            return self.dice.choices(
                (HandoffReason.COMPLAINT, HandoffReason.SAFETY, HandoffReason.LEGAL_THREAT),
                (85, 6, 9),
            )[0]
        return self.dice.choices(
            (
                HandoffReason.ASKED_HUMAN,
                HandoffReason.REPEATED_FAILURE,
                HandoffReason.POLICY_EXCEPTION,
                HandoffReason.HIGH_VALUE,
                HandoffReason.BOT_UNAVAILABLE,
            ),
            (52, 24, 14, 7, 3),
        )[0]

    def _first_free(self) -> tuple[DemoAgent | None, datetime]:
        """Give who can take the customer first, and when."""
        best: tuple[DemoAgent | None, datetime] = (None, self.now)
        for agent in self.agents:
            agent.busy_until = [
                end for end in agent.busy_until if end > self.at - timedelta(hours=8)
            ]
            for start, end in agent.spans:
                if end <= self.at:
                    continue
                when = max(self.at, start) + timedelta(seconds=self.dice.uniform(1, 12))
                served = sorted(until for until in agent.busy_until if until > when)
                if len(served) >= ROOM:
                    when = served[-ROOM]
                if when < end and (best[0] is None or when < best[1]):
                    best = (agent, when)
                break
        return best

    def _about(self, seconds: float) -> timedelta:
        return timedelta(seconds=max(0.3, self.dice.lognormvariate(0, 0.5) * seconds))

    def _pace(self, median: float, tail: float) -> timedelta:
        return timedelta(seconds=self.dice.lognormvariate(0, tail) * median)

    def _one(self, name: str) -> str:
        return str(self.dice.choice(self.words[name]))

    def _say(
        self,
        sender: Sender,
        text: str,
        *,
        after: timedelta = timedelta(),
        agent: DemoAgent | None = None,
    ) -> None:
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

    def _change(self, kind: str, actor: str, to: Owner, detail: dict[str, Any]) -> None:
        if self.at > self.now:
            return
        self.epoch += 1
        self._event(kind, actor, {"from": self.owner, "to": to, **detail})
        self.owner = to

    def _event(self, kind: str, actor: str, detail: dict[str, Any]) -> None:
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

    def _put_down(self, book: DemoBook) -> None:
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
