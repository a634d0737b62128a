"""What if: replays the recorded handoffs with other people, room, load or targets. Pure.

A simulation, and always called so. It knows when customers asked for a human, how long agents took
to answer once they had the case and how long they kept it, and who was at the desk when. Everybody
waits in one line, first come first served; skills, ranks and patience are left out. Played with the
recorded desk it gives the figure that the model itself would have predicted: so its error shows.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random

from sla.policies import CHINA
from sla.spans import Span

SEED = 7
JITTER = timedelta(minutes=20)
STUBBORN = "repeated_failure"


@dataclass(frozen=True)
class Handoff:
    """One recorded wish for a human: then how long until the answer, and how long it kept her."""

    at: datetime
    reason: str | None
    answer_after: timedelta
    kept_for: timedelta


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


@dataclass(frozen=True)
class Played:
    """When each handoff was answered; None where nobody could before the end."""

    handoff: Handoff
    answered_at: datetime | None


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
    spans = [*desk, *_extra(line, change, until)]
    room = change.capacity or capacity
    # A place is one conversation that an agent can have at a time, from when it is free.
    free: list[tuple[datetime, datetime]] = [
        (span.start, span.end) for span in spans for _ in range(room)
    ]
    heapq.heapify(free)
    return [_serve(one, free, until) for one in line]


def _serve(one: Handoff, free: list[tuple[datetime, datetime]], until: datetime) -> Played:
    """Give the place that is free first, among those whose agent is still there then."""
    put_back: list[tuple[datetime, datetime]] = []
    answered_at = None
    while free:
        start, end = heapq.heappop(free)
        begins = max(start, one.at)
        if begins >= end:
            continue  # she has gone home; later customers come later still
        if begins >= until:
            put_back.append((start, end))
            break
        answered = begins + one.answer_after
        answered_at = answered if answered < until else None
        put_back.append((begins + max(one.kept_for, one.answer_after), end))
        break
    for place in put_back:
        heapq.heappush(free, place)
    return Played(one, answered_at)


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
