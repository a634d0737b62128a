"""The simulation beside what was: actual, replayed unchanged, replayed with the change."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from desk.policy import DeskPolicy
from reports import wording
from reports.asking import Desk, attainment_view, find_policy
from reports.circumstances import Scene, read_scene
from reports.columns import CLOCKS
from reports.desk_log import read_conversations
from reports.period import Period
from reports.reading import COUNTS, WAITS, read_parts
from reports.records import CaseRecord
from reports.roster import Roster
from reports.sums import Sums, sum_up
from reports.tables import DbCase
from reports.tally import Filters
from reports.what_if import Change, Handoff, Played, play
from sla.calendars import Calendar, is_counted
from sla.clocks import ClockName, Run, judge
from sla.events import EventType
from sla.figures import Attainment, attainment
from sla.spans import Span
from sla.targets import due_after

Json = dict[str, Any]
BATCH = 500
USUAL_ANSWER = timedelta(seconds=30)
USUAL_STAY = timedelta(minutes=8)


async def what_if_report(
    desk: Desk,
    period: Period,
    *,
    key: str,
    change: Change,
    target: float | None,
    desk_policy: DeskPolicy,
    roster: Roster,
) -> Json:
    """Replay the handoffs of a period with a change; `target` in seconds replaces the policy's.

    Only the clock from handoff to a human's answer is replayed; for every other clock only the
    target can be changed, over the waits as they were.
    """
    policy_name, clock = key.split("/")
    policy = find_policy(desk.policies, policy_name)
    if policy is None:
        raise ValueError(key)
    calendar = desk.policies.get_calendar(policy.calendar, at=desk.now)
    seconds = target or policy.target_seconds or (policy.target_days or 0) * 86400
    about = {
        **desk.describe(key),
        "simulation": wording.SIMULATION,
        "actual": attainment_view(await _actual(desk, period, key)),
        "target": seconds,
    }
    if clock != ClockName.HANDOFF_RESPONSE:
        moved = await _with_target(desk, period, key, seconds)
        return {**about, "replayed": None, "changed": attainment_view(moved)}
    until = min(desk.now, period.ends_at)
    scene = await read_scene(desk.session, desk_policy, roster, since=period.starts_at, until=until)
    handoffs = await _handoffs(desk, period, policy.applies.platforms)
    places = [span for spans in scene.online.values() for span in spans]
    capacity = desk_policy.agents.capacity
    runs = {}
    for name, one in (("replayed", Change()), ("changed", change)):
        played = play(handoffs, places, capacity=capacity, change=one, until=until)
        limit = seconds if name == "changed" else float(policy.target_seconds or seconds)
        runs[name] = attainment_view(_judged(played, limit, calendar, desk.now))
    return {**about, **runs, "handoffs": len(handoffs), "places": _people(scene)}


async def _actual(desk: Desk, period: Period, key: str) -> Attainment:
    parts = await read_parts(
        desk.session, CLOCKS, first=period.first, last=period.last, key=key, what=COUNTS
    )
    return sum_up(parts, Filters(), waits=False).get(key, Sums()).attainment(desk.now)


async def _with_target(desk: Desk, period: Period, key: str, seconds: float) -> Attainment:
    """Judge the waits as they were by another target; who is still within it stays open."""
    parts = await read_parts(
        desk.session, CLOCKS, first=period.first, last=period.last, key=key, what=WAITS
    )
    sums = sum_up(parts, Filters()).get(key, Sums())
    met = int((sums.answered <= seconds).sum())
    past = int((desk.now.timestamp() - sums.running.started > seconds).sum())
    return Attainment(
        met=met,
        late=len(sums.answered) - met,
        missed=past,
        closed_unanswered=sums.closed,
        open=len(sums.running.started) - past,
    )


async def _handoffs(desk: Desk, period: Period, platforms: Sequence[str]) -> list[Handoff]:
    chats = select(DbCase.id).where(
        DbCase.kind == "conversation",
        DbCase.reason.is_not(None),
        DbCase.day >= period.first,
        DbCase.day <= period.last,
    )
    ids = list(await desk.session.scalars(chats))
    found: list[Handoff] = []
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        for record in await read_conversations(desk.session, batch, now=desk.now):
            if not platforms or record.subject.platform in platforms:
                found += _recorded(record)
    return found


def _recorded(record: CaseRecord) -> list[Handoff]:
    """Read the first handoff of a chat with what the agent then needed; else what is usual."""
    wishes = [one.at for one in record.events if one.type is EventType.HANDOFF_REQUESTED]
    if not wishes:
        return []
    served = [one.span for one in record.holds if one.agent is not None]
    answer = _first_answer(record, served)
    stay = sum((span.length for span in served), timedelta()) or USUAL_STAY
    return [Handoff(wishes[0], record.subject.reason, answer, stay)]


def _first_answer(record: CaseRecord, served: Sequence[Span]) -> timedelta:
    for span in served:
        for at, _agent in record.answers:
            if span.start <= at <= span.end:
                return at - span.start
    return USUAL_ANSWER


def _judged(
    played: Sequence[Played], seconds: float, calendar: Calendar, now: datetime
) -> Attainment:
    clocks = []
    for one in played:
        if is_counted(calendar, one.handoff.at):
            target = timedelta(seconds=seconds)
            due_at = due_after(one.handoff.at, target=target, calendar=calendar)
            run = Run(one.handoff.at, met_at=one.answered_at)
            clocks.append(judge(run, name=ClockName.HANDOFF_RESPONSE, due_at=due_at, now=now))
    return attainment(clocks)


def _people(scene: Scene) -> int:
    return len(scene.online)
