"""Why a case was late: every late second gets one cause, and the causes add up to the lateness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sla.calendars import Calendar
from sla.clocks import Clock
from sla.spans import Span, difference, intersection, length, union


class Cause(StrEnum):
    """What kept the customer waiting, in the order in which a second is given away."""

    BOT_DELAY = "bot_delay"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    WAITING_WAREHOUSE = "waiting_warehouse"
    WAITING_CARRIER = "waiting_carrier"
    WAITING_OTHER = "waiting_other"
    HELD_BY_OFFLINE_AGENT = "held_by_offline_agent"
    ALL_AT_CAPACITY = "all_at_capacity"
    AGENT_IDLE = "agent_idle"


Spans = Sequence[Span]


@dataclass(frozen=True)
class Circumstances:
    """What was going on around a case, all by agent's name, spans in any order.

    `shifts`: planned to work; `online`: really there; `full`: at capacity. `held`: who had the
    case when. `with_bot`: the bot had it. `waits`: the logged pauses by reason, also those that
    did not stop the clock because the customer was waiting for a word.
    """

    shifts: Mapping[str, Spans] = field(default_factory=dict)
    online: Mapping[str, Spans] = field(default_factory=dict)
    full: Mapping[str, Spans] = field(default_factory=dict)
    held: Mapping[str, Spans] = field(default_factory=dict)
    with_bot: Spans = ()
    waits: Mapping[str, Spans] = field(default_factory=dict)


def late_spans(
    clock: Clock, *, calendar: Calendar, now: datetime, paused: Spans = ()
) -> tuple[Span, ...]:
    """Give the counted time after the due time until the answer, the close or `now`."""
    end = clock.ended_at or now
    return tuple(difference(calendar.spans_between(clock.due_at, end), union(paused)))


def explain(late: Spans, around: Circumstances) -> dict[Cause, timedelta]:
    """Share the late time out among causes; the values add up to exactly the late time.

    A second goes to the first cause, in the order of Cause, that held then; what none explains is
    `agent_idle`: somebody was there with room, or had the case and did not answer.
    """
    left, shared = union(late), {}
    for cause, spans in _when(around, left).items():
        taken = length(intersection(left, spans))
        if taken:
            shared[cause] = taken
            left = tuple(difference(left, spans))
    if left:
        shared[Cause.AGENT_IDLE] = length(left)
    return shared


def _when(around: Circumstances, late: Spans) -> dict[Cause, tuple[Span, ...]]:
    """Say when each cause held.

    Nobody on shift also covers a shift to which nobody came, unless somebody absent had the case.
    """
    on_shift = union(span for spans in around.shifts.values() for span in spans)
    there = union(span for agent in around.shifts for span in _there(agent, around))
    with_room = union(span for agent in around.shifts for span in _room(agent, around))
    held = union(span for spans in around.held.values() for span in spans)
    named = {Cause.WAITING_WAREHOUSE.value, Cause.WAITING_CARRIER.value}
    others = (spans for reason, spans in around.waits.items() if reason not in named)
    nobody_came = difference(difference(late, there), held)
    return {
        Cause.BOT_DELAY: union(around.with_bot),
        Cause.NOBODY_ON_SHIFT: union([*difference(late, on_shift), *nobody_came]),
        Cause.WAITING_WAREHOUSE: union(around.waits.get("waiting_warehouse", ())),
        Cause.WAITING_CARRIER: union(around.waits.get("waiting_carrier", ())),
        Cause.WAITING_OTHER: union(span for spans in others for span in spans),
        Cause.HELD_BY_OFFLINE_AGENT: union(
            span
            for agent, spans in around.held.items()
            for span in difference(union(spans), union(around.online.get(agent, ())))
        ),
        Cause.ALL_AT_CAPACITY: tuple(difference(late, with_room)),
    }


def _there(agent: str, around: Circumstances) -> Spans:
    """Give when an agent was on shift and really there."""
    return tuple(intersection(union(around.shifts[agent]), union(around.online.get(agent, ()))))


def _room(agent: str, around: Circumstances) -> Spans:
    """Give when an agent was on shift, really there and below capacity."""
    return tuple(difference(_there(agent, around), union(around.full.get(agent, ()))))
