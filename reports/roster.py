"""Who was planned to work when: data/policies/roster.yml, and for all others who was there."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, InstanceOf

from policies.files import POLICY_FOLDER, Strict, read_policy
from sla.calendar_reading import read_calendar
from sla.calendars import Hours
from sla.spans import Span

ROSTER_FILE = POLICY_FOLDER / "roster.yml"


class Roster(Strict):
    """The plan, by log-in."""

    valid_from: date
    source: str
    agents: dict[str, Annotated[InstanceOf[Hours], BeforeValidator(read_calendar)]]


def read_roster(path: Path = ROSTER_FILE) -> Roster:
    """Return the plan; raises PolicyError naming file and key."""
    return read_policy(path, Roster)


def shifts(
    roster: Roster,
    logins: Mapping[str, str],
    attendance: Mapping[str, Sequence[Span]],
    *,
    since: datetime,
    until: datetime,
) -> dict[str, Sequence[Span]]:
    """Return the shifts of every agent by id; `logins` gives their log-ins."""
    planned: dict[str, Sequence[Span]] = {}
    for agent in {*logins, *attendance}:
        hours = roster.agents.get(logins.get(agent, ""))
        if hours is not None:
            planned[agent] = tuple(hours.spans_between(since, until))
        elif agent in attendance:
            planned[agent] = tuple(attendance[agent])
    return planned
