"""What if: replays the recorded handoffs with other people, room, load or targets. Pure.

A simulation, and always called so. It knows when customers asked for a human, what they wrote after
each answer and how soon, how much of an agent's own time each answer took, and who was at the desk.
Everybody waits in one line, first come first served; an agent answers one message after the other,
the oldest first, and finishes what she has when her shift ends; skills, ranks and patience are left
out. Played with the recorded desk it gives the figure that the model itself would have predicted:
so its error shows.
"""

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random

from sla.policies import CHINA
from sla.spans import Span

SEED = 7
JITTER = timedelta(minutes=20)
STUBBORN = "repeated_failure"
USUAL_STAY = timedelta(minutes=8)


@dataclass(frozen=True)
class Turn:
    """A customer's next message, so long after the answer before it, and the work that it makes."""

    after: timedelta
    work: timedelta


@dataclass(frozen=True)
class Handoff:
    """One recorded wish for a human and what then happened.

    `work` is an agent's own time for the first answer; `closes_after` the time from the last
    answer to the close, None where it was not closed (her place is free again all the same).
    `opened_before` is how long the customer had
    written already, `paused` how long the case then waited for others.
    """

    at: datetime
    reason: str | None
    work: timedelta
    turns: Sequence[Turn] = ()
    closes_after: timedelta | None = None
    opened_before: timedelta = timedelta()
    paused: timedelta = timedelta()


@dataclass(frozen=True)
class Change:
    """What is different; the defaults change nothing.

    `load` multiplies the handoffs; `bot_keeps` is the share of handoffs after repeated failure
    that a better bot would settle; `extra` agents stand at the desk from `extra_from` to
    `extra_to` every day (China's time).
    """

    capacity: int | None = None
    load: float = 1.0
    bot_keeps: float = 0.0
    extra: int = 0
    extra_from: time = time(9)
    extra_to: time = time(18)


@dataclass
class Played:
    """One handoff as it would have gone; None stands for "not before the end"."""

    handoff: Handoff
    answered_at: datetime | None = None
    later: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    closed_at: datetime | None = None


@dataclass
class _Agent:
    """One time at the desk: from when to when, how many customers she has, what she must answer."""

    span: Span
    has: int = 0
    is_busy: bool = False
    waiting: deque[tuple["_Chat", timedelta]] = field(default_factory=deque)


@dataclass
class _Chat:
    played: Played
    agent: _Agent
    turn: int = 0


def play(
    handoffs: Sequence[Handoff],
    desk: Sequence[Span],
    *,
    capacity: int,
    change: Change,
    until: datetime,
) -> list[Played]:
    """Serve the handoffs at a desk; `desk` holds one span for each time an agent was there."""
    line = sorted(_arrivals(handoffs, change), key=lambda one: one.at)
    spans = sorted([*desk, *_extra(line, change, until)])
    stage = _Stage(spans, capacity=change.capacity or capacity, until=until)
    return stage.run(line)


class _Stage:
    """Lets time go by from one thing that happens to the next."""

    def __init__(self, spans: Sequence[Span], *, capacity: int, until: datetime) -> None:
        self._agents = [_Agent(span) for span in spans]
        self._capacity, self._until = capacity, until
        self._line: deque[Played] = deque()
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self._now, self._number = until, 0

    def run(self, handoffs: Sequence[Handoff]) -> list[Played]:
        played = [Played(one) for one in handoffs]
        for agent in self._agents:
            self._at(agent.span.start, self._serve_line)
        for one in played:
            self._at(one.handoff.at, lambda one=one: self._join(one))  # type: ignore[misc]
        while self._coming:
            self._now, _number, happen = heapq.heappop(self._coming)
            happen()
        return played

    def _at(self, when: datetime, happen: Callable[[], None]) -> None:
        if when < self._until:
            self._number += 1
            heapq.heappush(self._coming, (when, self._number, happen))

    def _join(self, one: Played) -> None:
        self._line.append(one)
        self._serve_line()

    def _serve_line(self) -> None:
        while self._line and (agent := self._with_room()) is not None:
            chat = _Chat(self._line.popleft(), agent)
            agent.has += 1
            self._ask(chat, chat.played.handoff.work)

    def _with_room(self) -> _Agent | None:
        there = (one for one in self._agents if one.span.start <= self._now < one.span.end)
        free = [one for one in there if one.has < self._capacity]
        return min(free, key=lambda one: one.has, default=None)

    def _ask(self, chat: _Chat, work: timedelta) -> None:
        chat.agent.waiting.append((chat, work))
        if not chat.agent.is_busy:
            self._next(chat.agent)

    def _next(self, agent: _Agent) -> None:
        agent.is_busy = bool(agent.waiting)
        if agent.waiting:
            chat, work = agent.waiting.popleft()
            self._at(self._now + work, lambda: self._answer(chat))

    def _answer(self, chat: _Chat) -> None:
        one, handoff = chat.played, chat.played.handoff
        if one.answered_at is None:
            one.answered_at = self._now
        else:
            one.later[-1] = one.later[-1][0], self._now
        if chat.turn < len(handoff.turns):
            turn = handoff.turns[chat.turn]
            chat.turn += 1
            self._at(self._now + turn.after, lambda: self._write(chat, turn))
        else:
            stay = USUAL_STAY if handoff.closes_after is None else handoff.closes_after
            self._at(self._now + stay, lambda: self._close(chat))
        self._next(chat.agent)

    def _write(self, chat: _Chat, turn: Turn) -> None:
        chat.played.later.append((self._now, None))
        self._ask(chat, turn.work)

    def _close(self, chat: _Chat) -> None:
        if chat.played.handoff.closes_after is not None:
            chat.played.closed_at = self._now
        chat.agent.has -= 1
        self._serve_line()


def _arrivals(handoffs: Sequence[Handoff], change: Change) -> list[Handoff]:
    dice = Random(SEED)  # noqa: S311 - the same question gets the same answer
    arrivals = []
    for one in handoffs:
        if one.reason == STUBBORN and dice.random() < change.bot_keeps:
            continue
        whole, part = divmod(change.load, 1)
        copies = int(whole) + (dice.random() < part)
        arrivals += [one] if copies else []
        for _ in range(copies - 1):
            moved = one.at + JITTER * dice.uniform(-1, 1)
            arrivals.append(replace(one, at=moved))
    return arrivals


def _extra(line: Sequence[Handoff], change: Change, until: datetime) -> list[Span]:
    if not change.extra or not line:
        return []
    spans = []
    day = line[0].at.astimezone(CHINA).date()
    while day <= until.astimezone(CHINA).date():
        start = datetime.combine(day, change.extra_from, tzinfo=CHINA)
        end = datetime.combine(day, change.extra_to, tzinfo=CHINA)
        end += timedelta(days=end <= start)
        spans += [Span(start, end)] * change.extra
        day += timedelta(days=1)
    return spans
