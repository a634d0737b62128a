"""One case as reports see it, whatever room it comes from: its events, its people, its subject."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sla.events import Event
from sla.policies import Case
from sla.policy_files import CaseKind
from sla.spans import Span


class Outcome(StrEnum):
    """How a chat ended, as far as people were needed for it."""

    RUNNING = "running"  # still with the bot
    CONFIRMED = "confirmed"  # closed without a human, and the customer said it was solved
    ASSUMED = "assumed"  # closed without a human, in silence
    CAME_BACK = "came_back"  # closed without a human, but the customer wrote again
    LEFT_LINE = "left_line"  # asked for a human and went before one answered
    HUMAN = "human"  # a human answered, or is asked for


@dataclass(frozen=True)
class Subject:
    """What a case is about, as reports divide it; None where it is not known."""

    platform: str | None = None
    category: str | None = None
    sku: str | None = None
    aspect: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Hold:
    """From when to when somebody had the case; `agent` is None for the waiting line."""

    span: Span
    agent: str | None


@dataclass(frozen=True)
class CaseRecord:
    """One conversation or review with all that clocks and reports need of it.

    `answers` are the instants at which an agent answered, with her id. `response_events` are the
    events that response clocks go by: as `events`, but what the customer said to the bot is left
    out, and a let-go customer counts as closed (docs/decisions/0016-reports.md).
    """

    id: str
    kind: CaseKind
    revision: int
    title: str
    opened_at: datetime
    ended_at: datetime | None
    subject: Subject
    events: Sequence[Event]
    response_events: Sequence[Event]
    labels: frozenset[str] = frozenset()
    answers: Sequence[tuple[datetime, str]] = ()
    holds: Sequence[Hold] = ()
    with_bot: Sequence[Span] = ()
    agent_id: str | None = None
    outcome: Outcome | None = None
    visitor_id: str | None = None
    rating_asked: bool = False
    rating: int | None = None
    now: datetime = field(kw_only=True)

    @property
    def case(self) -> Case:
        """What policies ask about it."""
        return Case(self.kind, self.subject.platform, self.labels)

    def answered_by(self, at: datetime) -> str | None:
        """Return which agent's answer it was at that instant."""
        return next((agent for when, agent in self.answers if when == at), None)

    def held_by(self, at: datetime) -> str | None:
        """Return which agent had the case at an instant, the last one also at its very end."""
        holders = [one.agent for one in self.holds if one.span.start <= at <= one.span.end]
        return holders[-1] if holders else None
