"""Computes the clocks of one case: what `sla` says, with people, subject, alarm steps. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from typing import Any

from reports.alarm_rules import AlarmPolicy, Step
from reports.days import day_of, slot_of
from reports.records import CaseRecord, Subject
from sla.calendars import Calendar, add_working_time, is_counted, working_time_between
from sla.clocks import Clock, ClockName, ClockState, find_runs, judge
from sla.pauses import effective_pauses
from sla.policies import Policies, choose_policies, target_of
from sla.policy_files import ClockEntry
from sla.risk import AT_RISK_SHARE, WARNING_SHARES
from sla.spans import Span
from sla.targets import Target, WholeDays, due_after

WAITING = "waiting"
READING = 2  # goes up with every change of what the records are taken to say
_RESPONSES = (ClockName.HANDOFF_RESPONSE, ClockName.HUMAN_NEXT_RESPONSE)
Json = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """What clocks and alarms go by."""

    policies: Policies
    alarms: AlarmPolicy

    @cached_property
    def fingerprint(self) -> str:
        """Tell these rules, and this way of reading the records, from any others."""
        text = f"{READING} {self.policies!r} {self.alarms!r}"
        return blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class MeasuredClock:
    """One clock of a case with what reports want to know of it; times in seconds."""

    id: str
    policy: ClockEntry
    clock: Clock
    calendar: Calendar
    paused: Sequence[Span]
    at_risk_at: datetime
    waited: float | None
    late: float | None
    agent: str | None
    steps: Sequence[tuple[Step, datetime]]

    @property
    def state(self) -> str:
        """The state as stored: whether a waiting clock is missed depends on when it is asked."""
        is_waiting = self.clock.state in (ClockState.OPEN, ClockState.MISSED)
        return WAITING if is_waiting else self.clock.state.value

    def row(self, record: CaseRecord) -> Json:
        """Return the clock as a row of sla_clock."""
        return {
            "id": self.id,
            "case_id": record.id,
            "kind": record.kind,
            "policy": self.policy.name,
            "clock": self.clock.name.value,
            "day": day_of(self.clock.started_at),
            "slot": slot_of(self.clock.started_at),
            "started_at": self.clock.started_at,
            "due_at": self.clock.due_at,
            "met_at": self.clock.met_at,
            "closed_at": self.clock.closed_at,
            "state": self.state,
            "at_risk_at": self.at_risk_at,
            "waited_seconds": self.waited,
            "late_seconds": self.late,
            "agent_id": self.agent,
            **subject_row(record.subject),
            "alarms": [[step.value, at.isoformat()] for step, at in self.steps],
        }


def subject_row(subject: Subject) -> Json:
    """Return the columns by which reports divide cases."""
    return {
        "platform": subject.platform,
        "category": subject.category,
        "sku": subject.sku,
        "aspect": subject.aspect,
        "reason": subject.reason,
    }


def measure_record(record: CaseRecord, rules: Rules, *, now: datetime) -> list[MeasuredClock]:
    """Compute every clock of a case under all policies that held when it began."""
    at = record.opened_at
    pauses = effective_pauses(record.events, now=now)
    measured: list[MeasuredClock] = []
    for policy in choose_policies(rules.policies, record.case, at=at):
        calendar = rules.policies.get_calendar(policy.calendar, at=at)
        paused = pauses if policy.pausable else ()
        terms = _Terms(policy, calendar, paused)
        measured += [_measured(record, rules, terms, one) for one in _clocks(record, terms, now)]
    return measured


@dataclass(frozen=True)
class _Terms:
    """One policy as it applies to one case."""

    policy: ClockEntry
    calendar: Calendar
    paused: Sequence[Span]


def _clocks(record: CaseRecord, terms: _Terms, now: datetime) -> Iterator[Clock]:
    policy, calendar, paused = terms.policy, terms.calendar, terms.paused
    target = target_of(policy)
    for name in policy.clocks:
        events = record.response_events if name in _RESPONSES else record.events
        for run in find_runs(events, name):
            if is_counted(calendar, run.started_at):
                due_at = due_after(run.started_at, target=target, calendar=calendar, paused=paused)
                yield judge(run, name=name, due_at=due_at, now=now)


def _measured(record: CaseRecord, rules: Rules, terms: _Terms, clock: Clock) -> MeasuredClock:
    policy, calendar, paused = terms.policy, terms.calendar, terms.paused
    waited = late = None
    if clock.ended_at is not None:
        waited = _whole_ms(calendar, clock.started_at, clock.ended_at, paused)
    if clock.breached_at is not None and clock.ended_at is not None:
        late = _seconds(calendar, clock.breached_at, clock.ended_at, paused)
    steps: Sequence[tuple[Step, datetime]] = ()
    at_risk_at = clock.due_at
    if clock.ended_at is None:
        target = target_of(policy)
        shares = _instants(clock, target, calendar, paused)
        rule = rules.alarms.rule_for(policy.name)
        steps = rule.plan(shares, due_at=clock.due_at) if rule else ()
        at_risk_at = _at_risk_at(clock, target, policy.at_risk_margin, shares)
    return MeasuredClock(
        id=clock_id(record.id, policy.name, clock),
        policy=policy,
        clock=clock,
        calendar=calendar,
        paused=paused,
        at_risk_at=at_risk_at,
        waited=waited,
        late=late,
        agent=_agent(record, clock),
        steps=steps,
    )


def clock_id(case: str, policy: str, clock: Clock) -> str:
    """Name a clock by what it is, so that it keeps its name however often it is computed."""
    text = f"{case}|{policy}|{clock.name}|{clock.started_at.isoformat()}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _whole_ms(calendar: Calendar, start: datetime, end: datetime, paused: Sequence[Span]) -> float:
    """Give seconds in whole milliseconds, which take half the room; what was too late stays so."""
    time = working_time_between(calendar, start, end, paused=paused)
    return -(-time // timedelta(milliseconds=1)) / 1000


def _seconds(calendar: Calendar, start: datetime, end: datetime, paused: Sequence[Span]) -> float:
    return working_time_between(calendar, start, end, paused=paused).total_seconds()


def _instants(
    clock: Clock, target: Target, calendar: Calendar, paused: Sequence[Span]
) -> dict[Fraction, datetime]:
    """Give when 50, 75, 80 and 90 % of a clock's time are gone."""
    shares = [*WARNING_SHARES, 1 - AT_RISK_SHARE]
    if isinstance(target, WholeDays):
        whole = clock.due_at - clock.started_at
        return {share: clock.started_at + whole * float(share) for share in shares}
    return {
        share: add_working_time(
            calendar,
            clock.started_at,
            max(target * share.numerator // share.denominator, timedelta(microseconds=1)),
            paused=paused,
        )
        for share in shares
    }


def _at_risk_at(
    clock: Clock, target: Target, margin: timedelta, shares: dict[Fraction, datetime]
) -> datetime:
    """Give when a clock begins to be at risk: a fifth of its time, or the margin, is left."""
    fifth = shares[1 - AT_RISK_SHARE]
    # The margin is taken off the wall time: inside opening hours that is the same.
    return max(clock.started_at, min(fifth, clock.due_at - margin))


def _agent(record: CaseRecord, clock: Clock) -> str | None:
    """Say whose clock it is: who answered, else who had the case at the end or has it now."""
    if clock.met_at is not None:
        answered = record.answered_by(clock.met_at)
        if answered is not None:
            return answered
    if clock.name is ClockName.BOT_FIRST_RESPONSE:
        return None
    if clock.name in (ClockName.FIRST_RESOLUTION, ClockName.TOTAL_RESOLUTION):
        return record.agent_id
    return record.held_by(clock.ended_at or record.now)
