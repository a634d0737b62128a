"""The rules of data/policies/alarms.yml: steps of a clock and where they are told."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from policies.files import POLICY_FOLDER, Strict, read_policy
from sla.policies import CHINA

ALARMS_FILE = POLICY_FOLDER / "alarms.yml"


class Step(StrEnum):
    """The steps of warning and escalation, in their order."""

    WARN_50 = "warn_50"
    WARN_75 = "warn_75"
    WARN_90 = "warn_90"
    BREACH = "breach"
    ESCALATE_LEAD = "escalate_lead"
    ESCALATE_MANAGER = "escalate_manager"


STEPS = tuple(Step)
WARNINGS = {
    Fraction(1, 2): Step.WARN_50,
    Fraction(3, 4): Step.WARN_75,
    Fraction(9, 10): Step.WARN_90,
}


def _share(value: object) -> Fraction:
    share = Fraction(str(value))
    if share not in WARNINGS:
        raise ValueError("a warning's share is 0.5, 0.75 or 0.9")
    return share


def _wall(value: object) -> time:
    return time.fromisoformat(str(value))


Wall = Annotated[time, BeforeValidator(_wall)]


class AlarmRule(Strict):
    """The steps of the clocks of some policies."""

    policies: tuple[str, ...] = Field(min_length=1)
    warn: tuple[Annotated[Fraction, BeforeValidator(_share)], ...]
    lead_minutes: float | None = Field(ge=0)
    manager_minutes: float | None = Field(ge=0)
    webhook_from: Step | None

    def plan(
        self, warnings: dict[Fraction, datetime], *, due_at: datetime
    ) -> list[tuple[Step, datetime]]:
        """Give the steps with their instants; `warnings` are those of 50, 75 and 90 %."""
        steps = [(WARNINGS[share], warnings[share]) for share in sorted(self.warn)]
        steps.append((Step.BREACH, due_at))
        for step, minutes in (
            (Step.ESCALATE_LEAD, self.lead_minutes),
            (Step.ESCALATE_MANAGER, self.manager_minutes),
        ):
            if minutes is not None:
                steps.append((step, due_at + timedelta(minutes=minutes)))
        return steps

    def goes_out(self, step: Step) -> bool:
        """Say whether a step is also told by webhook."""
        return self.webhook_from is not None and STEPS.index(step) >= STEPS.index(self.webhook_from)


class WebhookRules(Strict):
    """How webhooks spare people: digests, quiet hours, the morning digest (Beijing time)."""

    digest_seconds: float = Field(ge=0)
    most_lines: int = Field(ge=1, le=50)
    quiet: tuple[tuple[Wall, Wall], ...]
    loud: tuple[Step, ...]
    morning: Wall | None

    def quiet_until(self, now: datetime) -> datetime | None:
        """Give the end of the quiet hours that hold at `now`, or None outside them."""
        local = now.astimezone(CHINA)
        for start, end in self.quiet:
            for days in (-1, 0):
                day = local.date() + timedelta(days=days)
                begins = datetime.combine(day, start, tzinfo=CHINA)
                ends = datetime.combine(day + timedelta(days=end <= start), end, tzinfo=CHINA)
                if begins <= now < ends:
                    return ends
        return None


class AlarmPolicy(Strict):
    """data/policies/alarms.yml."""

    valid_from: date
    source: str
    rules: tuple[AlarmRule, ...] = Field(min_length=1)
    webhooks: WebhookRules

    def rule_for(self, policy: str) -> AlarmRule | None:
        """Return the first rule that fits a clock's policy, or None: then nobody is warned."""
        return next((one for one in self.rules if _fits(one.policies, policy)), None)


def _fits(names: Sequence[str], policy: str) -> bool:
    return policy in names or "*" in names


def read_alarm_policy(path: Path = ALARMS_FILE) -> AlarmPolicy:
    """Return the alarm rules; raises PolicyError naming file and key."""
    return read_policy(path, AlarmPolicy)
