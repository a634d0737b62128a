"""Clocks as a pure function of events: which ones ran, when they are due, how they ended."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sla.calendars import Calendar, is_counted
from sla.events import Event, EventType, in_order
from sla.instants import to_utc
from sla.pauses import effective_pauses
from sla.targets import Target, due_after


class ClockName(StrEnum):
    """The clocks of a conversation, a review, a platform dispute and a return."""

    BOT_FIRST_RESPONSE = "bot_first_response"
    HANDOFF_RESPONSE = "handoff_response"
    HUMAN_NEXT_RESPONSE = "human_next_response"
    FIRST_RESOLUTION = "first_resolution"
    TOTAL_RESOLUTION = "total_resolution"
    REVIEW_REPLY = "review_reply"
    DISPUTE_ANSWER = "dispute_answer"
    EVIDENCE = "evidence"
    REFUND = "refund"


class ClockState(StrEnum):
    """How a clock stands: late was answered after due, missed is unanswered and past due."""

    MET = "met"
    LATE = "late"
    OPEN = "open"
    MISSED = "missed"
    CLOSED_UNANSWERED = "closed_unanswered"


@dataclass(frozen=True)
class Clock:
    """One run of a clock. `closed_at` is set only where a close ended it without an answer."""

    name: ClockName
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    closed_at: datetime | None
    state: ClockState

    @property
    def breached_at(self) -> datetime | None:
        """The instant of the breach: the due time, or an earlier close without an answer."""
        if self.state in (ClockState.MET, ClockState.OPEN):
            return None
        return min(self.due_at, self.closed_at or self.due_at)

    @property
    def ended_at(self) -> datetime | None:
        """When the clock stopped for good, answered or closed; None while it runs."""
        return self.met_at or self.closed_at


class Run(NamedTuple):
    """From when to when a clock ran, before anybody asks for the due time."""

    started_at: datetime
    met_at: datetime | None = None
    closed_at: datetime | None = None


def measure(
    events: Sequence[Event],
    *,
    name: ClockName,
    target: Target,
    calendar: Calendar,
    now: datetime,
    pausable: bool = True,
) -> tuple[Clock, ...]:
    """Compute every run of one clock from the events of one case, known at `now`.

    `events` may come in any order and twice. `pausable` is False for a clock that others keep
    (a platform's or the law's), which our own waiting does not stop.
    """
    ordered, moment = in_order(events), to_utc(now)
    paused = effective_pauses(ordered, now=moment) if pausable else ()
    clocks = []
    for run in find_runs(ordered, name):
        if is_counted(calendar, run.started_at):
            due_at = due_after(run.started_at, target=target, calendar=calendar, paused=paused)
            clocks.append(judge(run, name=name, due_at=due_at, now=moment))
    return tuple(clocks)


def judge(run: Run, *, name: ClockName, due_at: datetime, now: datetime) -> Clock:
    """Say how a run stands at `now`; exactly at the due time it is still met, or still open."""
    if run.closed_at:
        state = ClockState.CLOSED_UNANSWERED
    elif run.met_at:
        state = ClockState.MET if run.met_at <= due_at else ClockState.LATE
    else:
        state = ClockState.OPEN if now <= due_at else ClockState.MISSED
    return Clock(name, run.started_at, due_at, run.met_at, run.closed_at, state)


def find_runs(events: Sequence[Event], name: ClockName) -> Iterator[Run]:
    """Yield the runs of one clock; `events` are in order."""
    return _RUNS[name](events)


def _bot_first_response(events: Sequence[Event]) -> Iterator[Run]:
    """First customer message to the bot's message after it; a human who speaks first cancels."""
    start: datetime | None = None
    for event in events:
        match event.type:
            case EventType.AGENT_MESSAGE:
                return
            case EventType.CUSTOMER_MESSAGE:
                start = start or event.at
            case EventType.BOT_MESSAGE if start:
                yield Run(start, met_at=event.at)
                return
            case EventType.CLOSED if start:
                yield Run(start, closed_at=event.at)
                return
    if start:
        yield Run(start)


def _handoff_response(events: Sequence[Event]) -> Iterator[Run]:
    """Each request for a human to the next agent message; asking again meanwhile is ignored."""
    return _pairs(
        events,
        opens=EventType.HANDOFF_REQUESTED,
        meets=EventType.AGENT_MESSAGE,
        closes=EventType.CLOSED,
    )


def _human_next_response(events: Sequence[Event]) -> Iterator[Run]:
    """The oldest unanswered customer message to the agent's next, once a human has joined."""
    joined = next((n for n, one in enumerate(events) if one.type is EventType.AGENT_MESSAGE), None)
    return _pairs(
        events[joined:] if joined is not None else (),
        opens=EventType.CUSTOMER_MESSAGE,
        meets=EventType.AGENT_MESSAGE,
        closes=EventType.CLOSED,
    )


def _pairs(
    events: Sequence[Event],
    *,
    opens: EventType,
    meets: EventType,
    closes: EventType | None = None,
) -> Iterator[Run]:
    start: datetime | None = None
    for event in events:
        if start is None:
            start = event.at if event.type is opens else None
        elif event.type is meets:
            yield Run(start, met_at=event.at)
            start = None
        elif event.type is closes:
            yield Run(start, closed_at=event.at)
            start = None
    if start:
        yield Run(start)


def _first_resolution(events: Sequence[Event]) -> Iterator[Run]:
    """First customer message to the first close after it; reopening does not start it again."""
    case = _from_first_message(events)
    if case:
        closes = (event.at for event in case if event.type is EventType.CLOSED)
        yield Run(case[0].at, met_at=next(closes, None))


def _total_resolution(events: Sequence[Event]) -> Iterator[Run]:
    """First customer message to the last close, closed time counted; reopened, it is open again.

    A customer message after a close reopens without saying so.
    """
    case = _from_first_message(events)
    closed_at: datetime | None = None
    for event in case:
        if event.type is EventType.CLOSED:
            closed_at = event.at
        elif event.type in (EventType.REOPENED, EventType.CUSTOMER_MESSAGE):
            closed_at = None
    if case:
        yield Run(case[0].at, met_at=closed_at)


def _from_first_message(events: Sequence[Event]) -> Sequence[Event]:
    kinds = [event.type for event in events]
    message = EventType.CUSTOMER_MESSAGE
    return events[kinds.index(message) :] if message in kinds else ()


def _between(opens: EventType, meets: EventType) -> Callable[[Sequence[Event]], Iterator[Run]]:
    """Make a clock from the first event of one kind to the next of another; a close changes it not.

    A review closed without a reply still runs into its due time: closing must not save the figure.
    """
    return lambda events: _pairs(events, opens=opens, meets=meets)


_RUNS: dict[ClockName, Callable[[Sequence[Event]], Iterator[Run]]] = {
    ClockName.BOT_FIRST_RESPONSE: _bot_first_response,
    ClockName.HANDOFF_RESPONSE: _handoff_response,
    ClockName.HUMAN_NEXT_RESPONSE: _human_next_response,
    ClockName.FIRST_RESOLUTION: _first_resolution,
    ClockName.TOTAL_RESOLUTION: _total_resolution,
    ClockName.REVIEW_REPLY: _between(EventType.REVIEW_POSTED, EventType.REPLY_PUBLISHED),
    ClockName.DISPUTE_ANSWER: _between(EventType.DISPUTE_OPENED, EventType.DISPUTE_ANSWERED),
    ClockName.EVIDENCE: _between(EventType.EVIDENCE_REQUESTED, EventType.EVIDENCE_GIVEN),
    ClockName.REFUND: _between(EventType.RETURN_RECEIVED, EventType.REFUND_PAID),
}
