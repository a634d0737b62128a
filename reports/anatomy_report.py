"""Why promises were broken: every late second of a clock under its cause, adding up exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from desk.policy import DeskPolicy
from reports import wording
from reports.asking import Desk
from reports.cases_report import Choice, clock_cases, conditions
from reports.circumstances import Scene, of_chat, of_review, read_scene
from reports.keeping import READERS
from reports.measuring import MeasuredClock, Rules, measure_record
from reports.period import Period
from reports.records import CaseRecord
from reports.roster import Roster
from reports.standing_report import case_href, case_title
from reports.tables import DbClock
from reports.tally import Filters
from sla.anatomy import Cause, Circumstances, explain, late_spans
from sla.policy_files import CaseKind
from sla.spans import length

Json = dict[str, Any]
BATCH = 200
MOST_CASES = 1000
SHOWN = 20
OFFICE = "office"


@dataclass
class _Sum:
    time: timedelta = timedelta()
    cases: list[tuple[timedelta, CaseRecord, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """What the causes of lateness are asked for."""

    period: Period
    filters: Filters
    key: str
    rules: Rules
    desk_policy: DeskPolicy
    roster: Roster


@dataclass
class _Found:
    of: int
    is_review: bool
    explained: int = 0
    late: timedelta = timedelta()
    sums: dict[Cause, _Sum] = field(default_factory=dict)


async def anatomy_report(desk: Desk, asked: Asked) -> Json:
    """Return the late time of a clock's broken promises by cause, the largest first.

    The newest 1,000 are explained where there are more; `of` says how many there are.
    """
    found = await _explain_all(desk, asked)
    return {
        "key": asked.key,
        "of": found.of,
        "explained": found.explained,
        "late_seconds": found.late.total_seconds(),
        "causes": [
            _cause(cause, one, is_review=found.is_review)
            for cause, one in sorted(found.sums.items(), key=lambda each: -each[1].time)
        ],
    }


async def anatomy_cases(desk: Desk, asked: Asked, cause: Cause, *, page: int = 0) -> Json:
    """Return the clocks to whose lateness a cause added, a page at a time."""
    found = await _explain_all(desk, asked)
    sums = found.sums.get(cause)
    ids = [clock for _time, _record, clock in sums.cases] if sums else []
    return await clock_cases(desk, None, Filters(), Choice(ids=ids), page=page)


async def _explain_all(desk: Desk, asked: Asked) -> _Found:
    choice = Choice(key=asked.key, state="failed")
    chosen = conditions(desk.now, asked.period, asked.filters, choice)
    query = select(DbClock.id, DbClock.case_id, DbClock.kind).where(*chosen)
    rows = list(await desk.session.execute(query.order_by(DbClock.started_at.desc(), DbClock.id)))
    taken = rows[:MOST_CASES]
    wanted = {row.id for row in taken}
    kinds: set[CaseKind] = {row.kind for row in taken}
    found = _Found(len(rows), is_review=kinds == {"review"})
    scene = None
    if "conversation" in kinds:
        since, until = asked.period.starts_at, asked.period.ends_at + timedelta(days=2)
        scene = await read_scene(
            desk.session, asked.desk_policy, asked.roster, since=since, until=min(desk.now, until)
        )
    for kind in sorted(kinds):
        ids = sorted({row.case_id for row in taken if row.kind == kind})
        for record, clock in await _clocks(desk, asked.rules, kind, ids, wanted):
            _add(found, record, clock, _around(desk, record, clock, scene), now=desk.now)
    return found


def _add(
    found: _Found, record: CaseRecord, clock: MeasuredClock, around: Circumstances, *, now: datetime
) -> None:
    spans = late_spans(clock.clock, calendar=clock.calendar, now=now, paused=clock.paused)
    found.late += length(spans)
    found.explained += 1
    for cause, time in explain(spans, around).items():
        one = found.sums.setdefault(cause, _Sum())
        one.time += time
        one.cases.append((time, record, clock.id))


async def _clocks(
    desk: Desk, rules: Rules, kind: CaseKind, ids: Sequence[str], wanted: set[str]
) -> list[tuple[CaseRecord, MeasuredClock]]:
    clocks = []
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        for record in await READERS[kind](desk.session, batch, now=desk.now):
            measured = measure_record(record, rules, now=desk.now)
            clocks += [(record, one) for one in measured if one.id in wanted]
    return clocks


def _around(
    desk: Desk, record: CaseRecord, clock: MeasuredClock, scene: Scene | None
) -> Circumstances:
    if record.kind == "conversation" and scene is not None:
        return of_chat(record, scene, now=desk.now)
    office = desk.policies.get_calendar(OFFICE, at=clock.clock.due_at)
    until = clock.clock.ended_at or desk.now
    return of_review(office, since=clock.clock.due_at, until=max(until, clock.clock.due_at))


def _cause(cause: Cause, one: _Sum, *, is_review: bool) -> Json:
    name = wording.CAUSES[cause]
    if is_review:
        name = wording.CAUSES_OF_REVIEWS.get(cause, name)
    worst = sorted(one.cases, key=lambda each: -each[0])[:SHOWN]
    return {
        "cause": cause.value,
        "name": name,
        "seconds": one.time.total_seconds(),
        "n": len(one.cases),
        "cases": [
            {
                "href": case_href(record.kind, record.id),
                "title": record.title or case_title(record.kind, record.id),
                "seconds": time.total_seconds(),
            }
            for time, record, _clock in worst
        ],
    }
