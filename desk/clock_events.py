"""Tells the clocks of sla/ what happened in a conversation, from its messages and events."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.ownership import Step
from desk.states import Owner, Sender
from desk.tables import DbConversationEvent, DbMessage
from sla.events import Event, EventType, in_order

COURTESY = "courtesy"
NOT_COURTESY = "not_courtesy"
UNDONE = "undone"

_SENDERS = {
    Sender.CUSTOMER: EventType.CUSTOMER_MESSAGE,
    Sender.BOT: EventType.BOT_MESSAGE,
    Sender.AGENT: EventType.AGENT_MESSAGE,
    Sender.SYSTEM: EventType.AUTO_MESSAGE,
}
_STEPS = {
    Step.HAND_OFF: EventType.HANDOFF_REQUESTED,
    Step.CLOSE: EventType.CLOSED,
    Step.REOPEN: EventType.REOPENED,
    Step.RETURN: EventType.REOPENED,
}


async def clock_events(session: AsyncSession, conversation_id: str) -> tuple[Event, ...]:
    """Return everything that a clock of this conversation needs to know, in order."""
    messages = await session.scalars(
        select(DbMessage).where(DbMessage.conversation_id == conversation_id)
    )
    events = await session.scalars(
        select(DbConversationEvent)
        .where(DbConversationEvent.conversation_id == conversation_id)
        .order_by(DbConversationEvent.id)
    )
    return translate(messages.all(), events.all())


def translate(
    messages: Iterable[DbMessage], events: Sequence[DbConversationEvent]
) -> tuple[Event, ...]:
    """Return messages and events of one conversation as the clocks know them.

    Automatic sentences and notes satisfy no human clock; a thank-you opens none unless an agent
    said later that it does.
    """
    polite: set[int] = set()
    for event in events:
        if event.kind == COURTESY:
            polite.add(event.detail["seq"])
        elif event.kind == NOT_COURTESY:
            polite.discard(event.detail["seq"])
    told = [Event(message.at, _type(message, polite)) for message in messages]
    for event in events:
        kind = _step(event)
        if kind is not None:
            told.append(Event(event.at, kind))
    return in_order(told)


def _type(message: DbMessage, polite: set[int]) -> EventType:
    if message.internal:
        return EventType.INTERNAL_NOTE
    if message.automatic:
        return EventType.AUTO_MESSAGE
    if message.sender == Sender.CUSTOMER and message.seq in polite:
        return EventType.COURTESY_MESSAGE
    return _SENDERS[Sender(message.sender)]


def _step(event: DbConversationEvent) -> EventType | None:
    if event.kind == UNDONE:
        undid_close = event.detail["of"] == Step.CLOSE
        is_closed = event.detail["to"] == Owner.CLOSED
        if is_closed:
            return EventType.CLOSED
        return EventType.REOPENED if undid_close else None
    try:
        return _STEPS.get(Step(event.kind))
    except ValueError:
        return None
