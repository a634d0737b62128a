"""What happened in a case: the append-only events that every clock is computed from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla.errors import BadEventError, FutureEventError, MissingKeyError, Word
from sla.instants import read_instant, to_utc


class EventType(StrEnum):
    """The kinds of events, in the order in which they count at one and the same instant.

    The customer's side comes before the shop's, an answer before the close, resume before pause.
    """

    RESUME = "resume"
    PAUSE = "pause"
    REVIEW_POSTED = "review_posted"
    DISPUTE_OPENED = "dispute_opened"
    EVIDENCE_REQUESTED = "evidence_requested"
    RETURN_RECEIVED = "return_received"
    CUSTOMER_MESSAGE = "customer_message"
    COURTESY_MESSAGE = "courtesy_message"
    HANDOFF_REQUESTED = "handoff_requested"
    REOPENED = "reopened"
    AUTO_MESSAGE = "auto_message"
    INTERNAL_NOTE = "internal_note"
    BOT_MESSAGE = "bot_message"
    AGENT_MESSAGE = "agent_message"
    REPLY_PUBLISHED = "reply_published"
    DISPUTE_ANSWERED = "dispute_answered"
    EVIDENCE_GIVEN = "evidence_given"
    REFUND_PAID = "refund_paid"
    CLOSED = "closed"


_RANK = {kind: rank for rank, kind in enumerate(EventType)}


@dataclass(frozen=True)
class Event:
    """One thing that happened at one instant (aware UTC); `reason` is what a pause waits for."""

    at: datetime
    type: EventType
    reason: str | None = None


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Sort events by instant, equal instants by kind, and drop exact duplicates."""
    distinct = set(events)
    return tuple(sorted(distinct, key=lambda one: (one.at, _RANK[one.type], one.reason or "")))


def read_events(form: object, *, now: datetime) -> tuple[Event, ...]:
    """Read a list of `{at, type, reason}` in any order; further keys of an event are ignored.

    Raises an SlaError for a naive time, an unknown type and an event later than `now`.
    """
    if form is None:
        raise MissingKeyError(key=Word("events"))
    if not isinstance(form, list):
        raise _wrong("events", f"must be a list of events, not {form!r:.60}")
    return in_order(_event(one, f"events[{n}]", now=now) for n, one in enumerate(form))


def _event(form: object, key: str, *, now: datetime) -> Event:
    if not isinstance(form, Mapping):
        raise _wrong(key, f'must be an object with "at" and "type", not {form!r:.60}')
    if form.get("at") is None:
        raise MissingKeyError(key=Word(f"{key} at"))
    at = to_utc(read_instant(form["at"], key=f"{key} at"))
    kind = _type(form.get("type"), key)
    if at > now:
        raise FutureEventError(key=Word(key), at=Word(form["at"]))
    return Event(at, kind, _reason(form.get("reason"), key))


def _type(form: object, key: str) -> EventType:
    if form is None:
        raise MissingKeyError(key=Word(f"{key} type"))
    if not isinstance(form, str) or form not in _RANK:
        raise _wrong(key, f"type {form!r:.60} is unknown; known are {', '.join(EventType)}")
    return EventType(form)


def _reason(form: object, key: str) -> str | None:
    if form is not None and not isinstance(form, str):
        raise _wrong(key, f"reason must be text, not {form!r:.60}")
    return form or None


def _wrong(key: str, problem: str) -> BadEventError:
    return BadEventError(key=Word(key), problem=Word(problem))
