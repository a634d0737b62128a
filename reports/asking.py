"""What every report is made from and words its figures with: moment, policies, names, shares."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from reports import wording
from review_manager.wording import ASPECTS, PLATFORMS
from sla.clocks import ClockName
from sla.figures import Attainment
from sla.policies import Policies
from sla.policy_files import ClockEntry

Json = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """What reports are made from: the database session, the policies, the moment."""

    session: AsyncSession
    policies: Policies
    now: datetime
    people: dict[str, str] = field(default_factory=dict)
    about: dict[str, Json] = field(default_factory=dict)

    def describe(self, key: str) -> Json:
        """Return what describe_key says, asked once for each report."""
        if key not in self.about:
            self.about[key] = describe_key(self.policies, key)
        return self.about[key]


def describe_key(policies: Policies, key: str) -> Json:
    """Return what a clock under a policy is called, its target in seconds and its goal."""
    policy_name, clock = key.split("/")
    policy = find_policy(policies, policy_name)
    seconds = None
    if policy is not None:
        days = policy.target_days
        seconds = days * 86400 if days else policy.target_seconds
    several = policy is not None and len(policy.clocks) > 1
    title = policy.title.partition("（")[0] if policy else policy_name
    return {
        "key": key,
        "policy": policy_name,
        "clock": clock,
        "title": f"{title} · {wording.CLOCKS[ClockName(clock)]}" if several else title,
        "clock_title": wording.CLOCKS[ClockName(clock)],
        "kind": policy.applies.kinds[0] if policy else None,
        "target_seconds": seconds,
        "goal": policy.goal if policy else None,
        "source": policy.source if policy else None,
    }


def find_policy(policies: Policies, name: str) -> ClockEntry | None:
    """Return the newest version of a policy, or None if the files no longer know it."""
    return next((entry for entry in reversed(policies.clocks) if entry.name == name), None)


def attainment_view(figure: Attainment) -> Json:
    """Return counts, n, share and its Wilson interval; share and interval are null without n."""
    interval = figure.interval()
    return {
        "met": figure.met,
        "late": figure.late,
        "missed": figure.missed,
        "closed_unanswered": figure.closed_unanswered,
        "open": figure.open,
        "n": figure.n,
        "share": figure.share,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def name_of(dimension: str, value: str | None, people: dict[str, str]) -> str:
    """Return what a value of a dimension is called."""
    if value is None:
        return wording.NOBODY if dimension == "agent" else wording.UNKNOWN
    if dimension in {"agent", "sku"}:
        return people.get(value, value)
    known: dict[str, dict[str, str]] = {
        "platform": PLATFORMS,
        "category": wording.CATEGORIES,
        "aspect": ASPECTS,
        "reason": wording.REASONS,
    }
    return known[dimension].get(value, value)
