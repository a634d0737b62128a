"""The course of one invented past conversation of the demo, drawn by dice."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from desk.clock_events import COURTESY
from desk.ownership import Step
from desk.standing import TAKEN
from desk.states import CloseReason, HandoffReason, Owner, Sender
from reports.demo_record import DemoAgent, DemoBook, DemoRecord
from storage.tables import new_id

# Median seconds to answer, and how heavy the tail is.
PACE = {"xiaolin": (24, 0.7), "xiaozhou": (38, 0.9), "xiaohe": (30, 0.8), "xiaotang": (55, 1.0)}
ROOM = 3  # how many one agent serves at a time before the next has to wait


class DemoChat:
    """One invented conversation: who speaks when, what about, and how it ends."""

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
        order = dice.choice(orders) if orders and dice.random() < 0.8 else None
        self.record = DemoRecord(order=order, at=at, now=now)

    def write(self, book: DemoBook) -> None:
        """Draw the course of the conversation and put it into the book."""
        self._with_bot()
        wants_human = self.topic == "complaint" or self.dice.random() < 0.3
        if wants_human:
            self._with_human()
        elif self.dice.random() < 0.9:
            if self.dice.random() < 0.45:
                self.record.say(Sender.CUSTOMER, self._one("thanks"), after=self._about(25))
                self.record.say(Sender.BOT, self._one("welcome"), after=self._about(1.1))
            self.record.at += timedelta(hours=24)
            self.record.change(Step.CLOSE, "system", Owner.CLOSED, {"reason": "idle"})
        self.record.put_down(book)

    def _with_bot(self) -> None:
        say, pick, topic = self.record.say, self.dice.choice, self.words["topics"][self.topic]
        say(Sender.CUSTOMER, pick(topic["ask"]))
        slow = self.dice.random() < 0.02
        say(Sender.BOT, pick(topic["bot"]), after=self._about(9 if slow else 1.1))
        if self.dice.random() < 0.4:
            say(Sender.CUSTOMER, pick(topic["again"]), after=self._about(30))
            say(Sender.BOT, pick(topic["bot"]), after=self._about(1.1))

    def _with_human(self) -> None:
        reason = self._reason()
        if reason is HandoffReason.ASKED_HUMAN:
            self.record.say(Sender.CUSTOMER, self._one("wish"), after=self._about(20))
        self.record.facts["reason"] = reason.value
        self.record.change(Step.HAND_OFF, "customer", Owner.QUEUED, {"reason": reason})
        agent, when = self._first_free()
        patience = self._about(1500)
        if agent is None or when > self.record.at + patience:
            self.record.at += patience
            if self.dice.random() < 0.7:
                self.record.change(Step.LEAVE_QUEUE, "customer", Owner.BOT, {"why": "left"})
                self.record.at += timedelta(hours=24)
                self.record.change(Step.CLOSE, "system", Owner.CLOSED, {"reason": "idle"})
                return
            agent, when = self._first_free()
            if agent is None:
                return
        self.record.at = max(self.record.at, when)
        self._serve(agent)

    def _serve(self, agent: DemoAgent) -> None:
        self.record.change(
            TAKEN, f"agent:{agent.id}", Owner.AGENT, {"agent": agent.id, "waited_seconds": 0}
        )
        self.record.facts |= {"agent_id": agent.id, "agent_name": agent.name}
        median, tail = PACE[agent.login]
        first = self._one("human_first").format(name=agent.name)
        self.record.say(Sender.AGENT, first, after=self._pace(median, tail), agent=agent)
        topic = self.words["topics"][self.topic]
        for _ in range(self.dice.choices((0, 1, 2, 3), (15, 45, 30, 10))[0]):
            again = self.dice.choice(topic["again"])
            self.record.say(Sender.CUSTOMER, again, after=self._about(45))
            forgot = self.dice.random() < 0.05
            pause = self._pace(median * (14 if forgot else 1.6), tail)
            self.record.say(Sender.AGENT, self._one("human_next"), after=pause, agent=agent)
        if self.dice.random() < 0.6:
            self.record.say(Sender.CUSTOMER, self._one("thanks"), after=self._about(30))
            self.record.note(COURTESY, "system", {"seq": self.record.seq})
        agent.busy_until.append(self.record.at)
        self.record.at += self._about(90)
        closing = {"reason": CloseReason.SOLVED, "answered": True}
        self.record.change(Step.CLOSE, f"agent:{agent.id}", Owner.CLOSED, closing)
        self._rate()

    def _rate(self) -> None:
        if self.record.owner is not Owner.CLOSED or self.record.at > self.now:
            return
        rating = {
            "id": new_id(),
            "conversation_id": self.record.id,
            "agent_id": self.record.facts["agent_id"],
            "agent_name": self.record.facts["agent_name"],
            "state": "withdrawn",
            "score": None,
            "comment_sealed": None,
            "asked_at": self.record.at,
            "answered_at": None,
        }
        if self.dice.random() < 0.42:
            score = self.dice.choices((1, 2, 3, 4, 5), (4, 5, 10, 30, 51))[0]
            answered_at = min(self.record.at + self._about(40), self.now)
            rating |= {"state": "answered", "score": score, "answered_at": answered_at}
        self.record.ratings.append(rating)

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
                end for end in agent.busy_until if end > self.record.at - timedelta(hours=8)
            ]
            for start, end in agent.spans:
                if end <= self.record.at:
                    continue
                when = max(self.record.at, start) + timedelta(seconds=self.dice.uniform(1, 12))
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
