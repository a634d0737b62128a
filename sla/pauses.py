"""When a case waits for somebody else: pauses by reason, and what of them stops the clocks."""

from collections.abc import Sequence
from datetime import datetime

from sla.events import Event, EventType
from sla.spans import Span, difference, union


def pauses_by_reason(events: Sequence[Event], *, now: datetime) -> dict[str, tuple[Span, ...]]:
    """Give the logged pauses of each reason ("" for none); one not resumed lasts until `now`.

    A resume without a reason ends all pauses, one with a reason ends that reason only.
    `events` are in order.
    """
    since: dict[str, datetime] = {}
    logged: dict[str, list[Span]] = {}
    for event in events:
        if event.type is EventType.PAUSE:
            since.setdefault(event.reason or "", event.at)
        elif event.type is EventType.RESUME:
            for reason in [event.reason] if event.reason else list(since):
                if reason in since:
                    logged.setdefault(reason, []).append(Span(since.pop(reason), event.at))
    for reason, start in since.items():
        logged.setdefault(reason, []).append(Span(start, now))
    return {reason: union(spans) for reason, spans in sorted(logged.items())}


def unanswered_spans(events: Sequence[Event], *, now: datetime) -> tuple[Span, ...]:
    """Give the spans in which a customer message waits for an answer, the last one until `now`.

    The bot's message answers as long as the bot has the conversation: not after a handoff was
    requested, nor once a human has joined. Closing is no answer, a courtesy message needs none.
    """
    spans: list[Span] = []
    since: datetime | None = None
    answers = {EventType.AGENT_MESSAGE, EventType.BOT_MESSAGE}
    for event in events:
        if event.type is EventType.CUSTOMER_MESSAGE:
            since = since or event.at
        elif event.type in answers and since:
            spans.append(Span(since, event.at))
            since = None
        if event.type in (EventType.HANDOFF_REQUESTED, EventType.AGENT_MESSAGE):
            answers = {EventType.AGENT_MESSAGE}
    return union([*spans, *([Span(since, now)] if since else [])])


def effective_pauses(events: Sequence[Event], *, now: datetime) -> tuple[Span, ...]:
    """Give the time that stops the clocks: the union over reasons, less the unanswered time."""
    logged = pauses_by_reason(events, now=now).values()
    paused = union(span for spans in logged for span in spans)
    return tuple(difference(paused, unanswered_spans(events, now=now)))
