"""What went on at the desk around a case: shifts, who was there, who was full, who had it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.policy import DeskPolicy
from reports.attendance import read_attendance
from reports.desk_log import read_conversations
from reports.records import CaseRecord, Hold, Outcome
from reports.roster import Roster, read_plan, shifts
from reports.tables import DbCase
from sla.anatomy import Circumstances
from sla.calendars import Calendar
from sla.pauses import pauses_by_reason
from sla.spans import Span, union

BATCH = 500
MOST_CHATS = 20_000
LONGEST_CHAT = timedelta(days=2)
OPERATORS = "operators"


@dataclass(frozen=True)
class Scene:
    """The desk in a span of time, the same for every case in it; all by agent's id."""

    shifts: Mapping[str, Sequence[Span]]
    online: Mapping[str, Sequence[Span]]
    full: Mapping[str, Sequence[Span]]
    holds: Sequence[Hold]


async def read_scene(
    session: AsyncSession,
    policy: DeskPolicy,
    roster: Roster,
    *,
    since: datetime,
    until: datetime,
) -> Scene:
    """Read who was planned, who was there, and who had as many conversations as she may."""
    online = await read_attendance(session, since=since, until=until)
    plan = await read_plan(session, roster)
    planned = shifts(plan, online, since=since, until=until)
    chats = (
        select(DbCase.id)
        .where(DbCase.kind == "conversation", DbCase.outcome == Outcome.HUMAN)
        .where(DbCase.opened_at >= since - LONGEST_CHAT, DbCase.opened_at < until)
        .limit(MOST_CHATS)
    )
    ids = list(await session.scalars(chats))
    holds: list[Hold] = []
    for start in range(0, len(ids), BATCH):
        for record in await read_conversations(session, ids[start : start + BATCH], now=until):
            holds += record.holds
    return Scene(planned, online, full_spans(holds, policy.agents.capacity), holds)


def full_spans(holds: Iterable[Hold], capacity: int) -> dict[str, Sequence[Span]]:
    """Give when each agent had `capacity` conversations or more at a time."""
    changes: dict[str, list[tuple[datetime, int]]] = {}
    for hold in holds:
        if hold.agent is not None:
            changes.setdefault(hold.agent, []).append((hold.span.start, 1))
            changes[hold.agent].append((hold.span.end, -1))
    return {agent: _at_least(capacity, each) for agent, each in changes.items()}


def _at_least(capacity: int, changes: list[tuple[datetime, int]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    load, since = 0, None
    for at, change in sorted(changes):
        load += change
        if load >= capacity and since is None:
            since = at
        elif load < capacity and since is not None:
            spans.append(Span(since, at))
            since = None
    return union(spans)


def of_chat(record: CaseRecord, scene: Scene, *, now: datetime) -> Circumstances:
    """Return what was going on around one conversation."""
    held: dict[str, list[Span]] = {}
    for hold in record.holds:
        if hold.agent is not None:
            held.setdefault(hold.agent, []).append(hold.span)
    return Circumstances(
        shifts=scene.shifts,
        online=scene.online,
        full=scene.full,
        held=held,
        with_bot=record.with_bot,
        waits=pauses_by_reason(record.events, now=now),
    )


def of_review(office: Calendar, *, since: datetime, until: datetime) -> Circumstances:
    """Return the circumstances of a review: the hours in which somebody looks after reviews."""
    hours = tuple(office.spans_between(since, until))
    return Circumstances(shifts={OPERATORS: hours}, online={OPERATORS: hours})
