"""Fills an empty demo desk with two weeks of invented past conversations, relative to now.

Demo data only: written once into a database that the demo shop was just seeded into, never into a
real shop's. How many come at which hour, who is at the desk, how fast they are and when they fall
behind is drawn from the tables below with a fixed seed; the sentences are data/desk/demo_chats.yml.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.clock_events import COURTESY
from desk.ownership import Step
from desk.standing import TAKEN
from desk.states import CloseReason, HandoffReason, Owner, Sender
from desk.tables import DbConversation, DbConversationEvent, DbMessage, DbRating, DbVisitor
from reports.tables import DbAttendance
from shop.tables import DbOrder
from sla.policies import CHINA
from storage.sealed import keyring
from storage.staff import DbStaff, Role
from storage.tables import new_id

CHATS_FILE = Path(__file__).resolve().parent.parent / "data" / "desk" / "demo_chats.yml"
SEED = 20261122
DAYS = 15
CHATS_A_DAY = 44
# Chats an hour, 0 to 23, as shares of a day: two peaks, a quiet night.
HOURS = (6, 3, 2, 1, 1, 1, 3, 8, 18, 34, 46, 48, 36, 34, 40, 44, 42, 38, 36, 48, 66, 72, 52, 22)
WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.25)
PAST_COLLEAGUES = (("xiaohe", "小何"), ("xiaotang", "小唐"))
# From and to hour of the weekly shifts, by log-in; a lunch in between is drawn.
SHIFTS = {
    "xiaolin": (8, 17),
    "xiaozhou": (14, 23),
    "xiaohe": (9, 18),
    "xiaotang": (16, 23),
}
DAYS_OFF = {"xiaolin": (6,), "xiaozhou": (1,), "xiaohe": (2, 3), "xiaotang": (0, 4)}
# Median seconds to answer, and how heavy the tail is.
PACE = {"xiaolin": (24, 0.7), "xiaozhou": (38, 0.9), "xiaohe": (30, 0.8), "xiaotang": (55, 1.0)}
ROOM = 3  # how many one agent serves at a time before the next has to wait


@dataclass
class _Agent:
    id: str
    login: str
    name: str
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    busy_until: list[datetime] = field(default_factory=list)


@dataclass
class _Book:
    """What is gathered before it is written."""

    visitors: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)


async def seed_demo_history(session: AsyncSession, *, now: datetime) -> int:
    """Write the past conversations; returns how many, 0 where the desk has any already."""
    if await session.scalar(select(DbConversation.id).limit(1)) is not None:
        return 0
    dice = random.Random(SEED)  # noqa: S311 - a demo wants the same past each time, not secrecy
    words = yaml.safe_load(CHATS_FILE.read_text(encoding="utf-8"))
    agents = await _agents(session, now)
    for agent in agents:
        _draw_attendance(agent, dice, now)
    session.add_all(
        DbAttendance(agent_id=agent.id, from_at=start, to_at=end)
        for agent in agents
        for start, end in agent.spans
    )
    orders = list(await session.execute(select(DbOrder.number, DbOrder.platform)))
    book = _Book()
    for at in _arrivals(dice, now):
        _Chat(dice, words, agents=agents, orders=orders, at=at, now=now).write(book)
    for table, rows in (
        (DbVisitor, book.visitors),
        (DbConversation, book.conversations),
        (DbMessage, book.messages),
        (DbConversationEvent, sorted(book.events, key=lambda row: row["at"])),
        (DbRating, book.ratings),
    ):
        if rows:
            await session.execute(insert(table), rows)
    return len(book.conversations)


async def _agents(session: AsyncSession, now: datetime) -> list[_Agent]:
    """The demo's agents, and two who helped out and have left: they cannot log in."""
    for login, name in PAST_COLLEAGUES:
        session.add(
            DbStaff(
                login=login,
                name=name,
                role=Role.AGENT,
                password_hash="-",  # noqa: S106 - opens nothing
                created_at=now - timedelta(days=60),
                disabled_at=now,
            )
        )
    await session.flush()
    known = select(DbStaff).where(DbStaff.login.in_(SHIFTS)).order_by(DbStaff.login)
    return [_Agent(row.id, row.login, row.name) for row in await session.scalars(known)]


def _draw_attendance(agent: _Agent, dice: random.Random, now: datetime) -> None:
    today = now.astimezone(CHINA).date()
    start, end = SHIFTS[agent.login]
    for back in range(DAYS + 1, -1, -1):
        day = today - timedelta(days=back)
        if day.weekday() in DAYS_OFF[agent.login]:
            continue
        midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
        lunch = midnight + timedelta(minutes=(start + 4) * 60 + dice.randint(-20, 40))
        begins = midnight + timedelta(minutes=start * 60 + dice.choice((0, 0, 3, 8, 22)))
        for from_at, to_at in (
            (begins, lunch),
            (lunch + timedelta(minutes=dice.randint(25, 50)), midnight + timedelta(hours=end)),
        ):
            if from_at < now:
                agent.spans.append((from_at, min(to_at, now)))


def _arrivals(dice: random.Random, now: datetime) -> list[datetime]:
    today = now.astimezone(CHINA).date()
    times = []
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        busy = CHATS_A_DAY * WEEKDAYS[day.weekday()] * dice.uniform(0.85, 1.15)
        for _ in range(round(busy)):
            hour = dice.choices(range(24), HOURS)[0]
            at = datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)
            at += timedelta(seconds=dice.uniform(0, 3600))
            if at < now - timedelta(minutes=20):
                times.append(at)
    return sorted(times)


class _Chat:
    """One invented conversation, written from its first word to its end."""

    def __init__(
        self,
        dice: random.Random,
        words: dict[str, Any],
        *,
        agents: Sequence[_Agent],
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

    def write(self, book: _Book) -> None:
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

    def _serve(self, agent: _Agent) -> None:
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

    def _first_free(self) -> tuple[_Agent | None, datetime]:
        """Give who can take the customer first, and when."""
        best: tuple[_Agent | None, datetime] = (None, self.now)
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
        agent: _Agent | None = None,
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

    def _put_down(self, book: _Book) -> None:
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
