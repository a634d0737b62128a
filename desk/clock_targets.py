"""Which clock runs against the desk in a conversation now, and when it is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.states import Owner
from desk.tables import DbConversation
from sla.calendars import is_counted
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
    running = []
    for policy in choose_policies(policies, CASE, at=since):
        calendar = policies.get_calendar(policy.calendar, at=since)
        if name in policy.clocks and policy.target_seconds and is_counted(calendar, since):
            target = timedelta(seconds=policy.target_seconds)
            due = due_after(since, target=target, calendar=calendar)
            running.append(Running(name, since, due, target))
    return min(running, key=lambda each: each.due_at, default=None)
