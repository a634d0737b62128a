"""Takes back an agent's last change of owner while nothing else has happened."""

from datetime import datetime

from sqlalchemy import select

from desk import wording
from desk.changes import UNDO_TIMES, UNDO_WORDS, Rules, Speaker, StaleError, system
from desk.clock_events import UNDONE
from desk.ownership import Step
from desk.pen import Pen
from desk.satisfaction import withdraw_question
from desk.standing import TAKEN
from desk.states import Owner
from desk.tables import DbConversation, DbConversationEvent

UNDOABLE = (
    TAKEN,
    Step.TRANSFER_AGENT,
    Step.TRANSFER_QUEUE,
    Step.HAND_BACK,
    Step.CLOSE,
    Step.REOPEN,
)


class TooLateError(Exception):
    """The change can no longer be taken back."""


async def undo(
    pen: Pen, conversation: DbConversation, agent: Speaker, rules: Rules, *, epoch: int
) -> None:
    """Restore who spoke before the agent's change of this epoch.

    Raises StaleError if the owner changed since, TooLateError after the allowed time or if the
    last change was not hers.
    """
    if conversation.owner_epoch != epoch:
        raise StaleError
    change = await _last_change(pen, conversation)
    if change is None or change.kind not in UNDOABLE or change.actor != agent.actor:
        raise TooLateError
    if pen.now - change.at > rules.policy.undo_within:
        raise TooLateError
    if change.kind == Step.CLOSE:
        await withdraw_question(pen, conversation)
    before = change.detail["before"]
    for name in UNDO_WORDS:
        setattr(conversation, name, before[name])
    for name in UNDO_TIMES:
        stored = before[name]
        setattr(conversation, name, datetime.fromisoformat(stored) if stored else None)
    conversation.owner_epoch += 1
    detail = {"of": change.kind, "to": conversation.owner}
    pen.event(conversation, UNDONE, actor=agent.actor, detail=detail)
    pen.say(conversation, system(_said(conversation, agent)))


async def _last_change(pen: Pen, conversation: DbConversation) -> DbConversationEvent | None:
    query = (
        select(DbConversationEvent)
        .where(
            DbConversationEvent.conversation_id == conversation.id,
            DbConversationEvent.epoch == conversation.owner_epoch,
        )
        .order_by(DbConversationEvent.id)
    )
    events = list(await pen.session.scalars(query))
    return next((event for event in events if "from" in event.detail or event.kind == UNDONE), None)


def _said(conversation: DbConversation, agent: Speaker) -> str:
    if conversation.owner == Owner.QUEUED:
        return wording.UNDONE_TO_QUEUE
    if conversation.owner == Owner.BOT:
        return wording.UNDONE_TO_BOT
    if conversation.owner == Owner.CLOSED:
        return wording.UNDONE_TO_CLOSED
    return wording.UNDONE.format(name=agent.name)
