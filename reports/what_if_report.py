"""The simulation beside what was: actual, replayed unchanged, replayed with the change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from desk.policy import DeskPolicy
from reports import wording
from reports.asking import Desk, attainment_view, find_policy
from reports.circumstances import read_scene
from reports.columns import CLOCKS
from reports.desk_log import read_conversations
from reports.period import Period
from reports.reading import COUNTS, WAITS, read_parts
from reports.records import CaseRecord
from reports.roster import Roster
from reports.sums import Sums, sum_up
from reports.tables import DbCase
from reports.tally import UNKNOWN, Filters
from reports.what_if import Change, Played, play
from reports.what_if_past import recorded
from sla.calendars import Calendar, Hours, is_counted
from sla.clocks import ClockName, Run, judge
from sla.figures import Attainment, attainment, overall
from sla.spans import Span
from sla.targets import due_after

Json = dict[str, Any]
BATCH = 500
PLAYED = (
    ClockName.HANDOFF_RESPONSE,
    ClockName.HUMAN_NEXT_RESPONSE,
    ClockName.FIRST_RESOLUTION,
    ClockName.TOTAL_RESOLUTION,
)


async def what_if_report(
    desk: Desk,
    period: Period,
    *,
    key: str,
    change: Change,
    target: float | None,
    desk_policy: DeskPolicy,
    roster: Roster,
    by_plan: bool = False,
    draft: Mapping[str, Hours | None] | None = None,
) -> Json:
    """Replay the handoffs of a period with a change; `target` in seconds replaces the policy's.

    `by_plan` puts everybody at the desk exactly as the roster plans it, with the shifts of
    `draft` (by agent's id; None: free) in the place of her own.

    Played are the clocks of people: the answer after a handoff, the answers after that, and the
    close. For every other clock only the target can be changed, over the waits as they were.
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
    if clock not in PLAYED:
        moved = await _with_target(desk, period, key, seconds)
        return {**about, "replayed": None, "changed": attainment_view(moved)}
    until = min(desk.now, period.ends_at)
    scene = await read_scene(desk.session, desk_policy, roster, since=period.starts_at, until=until)
    handoffs = recorded(await _records(desk, period, policy.applies.platforms))
    planned = {**scene.shifts, **_drafted(draft or {}, period.starts_at, until)}
    others = await _untouched(desk, period, key)
    usual = float(policy.target_seconds or seconds)
    runs = {}
    for name, one, limit in (("replayed", Change(), usual), ("changed", change, seconds)):
        people = planned if name == "changed" and by_plan else scene.online
        played = play(
            handoffs,
            [span for spans in people.values() for span in spans],
            capacity=desk_policy.agents.capacity,
            change=one,
            until=until,
        )
        judged = _judged(played, ClockName(clock), limit, calendar, desk.now)
        runs[name] = attainment_view(overall([judged, *_times(others, one.load)]))
    return {**about, **runs, "handoffs": len(handoffs), "places": len(scene.online)}


def _drafted(
    draft: Mapping[str, Hours | None], since: datetime, until: datetime
) -> dict[str, Sequence[Span]]:
    return {
        agent: tuple(hours.spans_between(since, until)) if hours else ()
        for agent, hours in draft.items()
    }


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


async def _untouched(desk: Desk, period: Period, key: str) -> Attainment:
    """Give the clocks of chats without a human, which people change nothing about."""
    filters = Filters(reason=UNKNOWN)
    parts = await read_parts(desk.session, CLOCKS, first=period.first, last=period.last, key=key)
    return sum_up(parts, filters).get(key, Sums()).attainment(desk.now)


def _times(figure: Attainment, load: float) -> list[Attainment]:
    whole, part = divmod(load, 1)
    some = Attainment(**{name: round(n * part) for name, n in asdict(figure).items()})
    return [*[figure] * int(whole), some]


async def _records(desk: Desk, period: Period, platforms: Sequence[str]) -> list[CaseRecord]:
    chats = select(DbCase.id).where(
        DbCase.kind == "conversation",
        DbCase.reason.is_not(None),
        DbCase.day >= period.first,
        DbCase.day <= period.last,
    )
    if platforms:
        chats = chats.where(DbCase.platform.in_(platforms))
    ids = list(await desk.session.scalars(chats))
    found: list[CaseRecord] = []
    for start in range(0, len(ids), BATCH):
        found += await read_conversations(desk.session, ids[start : start + BATCH], now=desk.now)
    return found


def _judged(
    played: Sequence[Played], name: ClockName, seconds: float, calendar: Calendar, now: datetime
) -> Attainment:
    clocks = []
    for one in played:
        for run, more in _runs(one, name):
            if is_counted(calendar, run.started_at):
                target = timedelta(seconds=seconds) + more
                due_at = due_after(run.started_at, target=target, calendar=calendar)
                clocks.append(judge(run, name=name, due_at=due_at, now=now))
    return attainment(clocks)


def _runs(one: Played, name: ClockName) -> Iterator[tuple[Run, timedelta]]:
    """Yield the runs of a clock, each with the time that it stood still."""
    handoff = one.handoff
    if name is ClockName.HANDOFF_RESPONSE:
        yield Run(handoff.at, met_at=one.answered_at), timedelta()
    elif name is ClockName.HUMAN_NEXT_RESPONSE:
        for asked_at, answered_at in one.later:
            yield Run(asked_at, met_at=answered_at), timedelta()
    else:
        yield Run(handoff.at - handoff.opened_before, met_at=one.closed_at), handoff.paused
