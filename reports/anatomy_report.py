"""Why promises were broken: every late second of a clock under its cause, adding up exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from desk.policy import DeskPolicy
from reports import wording
from reports.asking import Desk
from reports.cases_report import Choice, conditions
from reports.circumstances import Scene, of_chat, of_review, read_scene
from reports.keeping import READERS
from reports.measuring import MeasuredClock, Rules, measure_record
from reports.period import Period
from reports.records import CaseRecord
from reports.roster import Roster
from reports.standing_report import case_href, case_title
from reports.tables import DbClock
from reports.tally import Filters
from sla.anatomy import Cause, explain, late_spans
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
    cases: list[tuple[timedelta, CaseRecord]] = field(default_factory=list)


async def anatomy_report(
    desk: Desk,
    period: Period,
    filters: Filters,
    *,
    key: str,
    rules: Rules,
    desk_policy: DeskPolicy,
    roster: Roster,
) -> Json:
    """Return the late time of a clock's broken promises by cause, the largest first.

    The newest 1,000 are explained where there are more; `of` says how many there are.
    """
    chosen = conditions(desk.now, period, filters, Choice(key=key, state="failed"))
    query = select(DbClock.id, DbClock.case_id, DbClock.kind).where(*chosen)
    found = list(await desk.session.execute(query.order_by(DbClock.started_at.desc())))
    taken = found[:MOST_CASES]
    wanted = {row.id for row in taken}
    sums: dict[Cause, _Sum] = {}
    late, explained = timedelta(), 0
    kinds: set[CaseKind] = {row.kind for row in taken}
    scene = None
    if "conversation" in kinds:
        until = min(desk.now, period.ends_at + timedelta(days=2))
        scene = await read_scene(
            desk.session, desk_policy, roster, since=period.starts_at, until=until
        )
    for kind in sorted(kinds):
        ids = sorted({row.case_id for row in taken if row.kind == kind})
        for record, clock in await _clocks(desk, rules, kind, ids, wanted):
            spans = late_spans(
                clock.clock, calendar=clock.calendar, now=desk.now, paused=clock.paused
            )
            late += length(spans)
            explained += 1
            around = _around(desk, record, clock, scene)
            for cause, time in explain(spans, around).items():
                one = sums.setdefault(cause, _Sum())
                one.time += time
                one.cases.append((time, record))
    return {
        "key": key,
        "of": len(found),
        "explained": explained,
        "late_seconds": late.total_seconds(),
        "causes": [
            _cause(cause, one, is_review=kinds == {"review"})
            for cause, one in sorted(sums.items(), key=lambda each: -each[1].time)
        ],
    }


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


def _around(desk: Desk, record: CaseRecord, clock: MeasuredClock, scene: Scene | None) -> Any:
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
            for time, record in worst
        ],
    }
