"""Which clock runs against the desk in a conversation now, and when it is due."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from desk.states import Owner
from desk.tables import DbConversation
from shop.days import CHINA, china_day
from sla.calendars import Calendar, is_counted
from sla.clocks import ClockName
from sla.policies import Case, Policies, choose_policies
from sla.targets import due_after

CASE = Case("conversation")


@dataclass(frozen=True)
class Running:
    """The most urgent clock that runs now."""

    name: ClockName
    started_at: datetime
    due_at: datetime
    target: timedelta


def running_clock(row: DbConversation, policies: Policies) -> Running | None:
    """Return the clock that is due first, or None while nobody waits for a human."""
    since = row.waiting_since
    if since is None or row.owner not in (Owner.QUEUED, Owner.AGENT):
        return None
    is_first = row.agent_answered_at is None
    name = ClockName.HANDOFF_RESPONSE if is_first else ClockName.HUMAN_NEXT_RESPONSE
    running = [
        Running(name, since, due_after(since, target=target, calendar=calendar), target)
        for target, calendar in _targets(policies, name, china_day(since))
        if is_counted(calendar, since)
    ]
    return min(running, key=lambda each: each.due_at, default=None)


@lru_cache(maxsize=64)
def _targets(
    policies: Policies, name: ClockName, day: date
) -> tuple[tuple[timedelta, Calendar], ...]:
    """Return targets and calendars of one clock; policies change by the day in China."""
    noon = datetime.combine(day, time(12), tzinfo=CHINA)
    return tuple(
        (
            timedelta(seconds=policy.target_seconds),
            policies.get_calendar(policy.calendar, at=noon),
        )
        for policy in choose_policies(policies, CASE, at=noon)
        if name in policy.clocks and policy.target_seconds
    )
