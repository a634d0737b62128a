"""What customers and agents say: which words reach the other side, and what they set going."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.changes import (
    CUSTOMER,
    SYSTEM,
    NotYoursError,
    Rules,
    Speaker,
    StaleError,
    come_back,
    hand_off,
    leave_line,
    require_mine,
    say_standing,
    system,
)
from desk.clock_events import COURTESY
from desk.courtesy import is_courtesy
from desk.incoming import clean
from desk.messages import Draft, Message, from_row, shown_text
from desk.ownership import Step, may
from desk.pen import Pen
from desk.promises import Promised, promise
from desk.states import HandoffReason, Kind, Owner, Sender
from desk.tables import DbConversation, DbMessage
from shop.promises import PromiseKind


class BadButtonError(ValueError):
    """The tapped button was never offered in this conversation."""


class Said(msgspec.Struct, frozen=True):
    """One thing a customer sends; `client_id` is the same on every retry."""

    conversation: str
    client_id: str
    text: str = ""
    kind: Kind = Kind.TEXT
    image: dict[str, Any] | None = None
    about: dict[str, Any] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it unique for ever."""
        return self.conversation, self.client_id

    @property
    def draft(self) -> Draft:
        """The message to store."""
        return Draft(
            sender=Sender.CUSTOMER,
            text=self.text,
            kind=self.kind,
            client_id=self.client_id,
            image=self.image,
            about=self.about or {},
        )


def receive(pen: Pen, conversation: DbConversation, said: Said) -> Message:
    """Store what the customer says, for whoever owns the conversation now."""
    if conversation.owner == Owner.CLOSED:
        come_back(pen, conversation)
    before = conversation.last_text if conversation.last_sender == Sender.AGENT else ""
    message = pen.say(conversation, said.draft)
    if conversation.owner == Owner.AGENT and _only_thanks(conversation, said, after=before):
        pen.event(conversation, COURTESY, actor=SYSTEM, detail={"seq": message.seq})
    elif conversation.owner in (Owner.QUEUED, Owner.AGENT):
        conversation.waiting_since = conversation.waiting_since or pen.now
    return message


def _only_thanks(conversation: DbConversation, said: Said, *, after: str) -> bool:
    """Say whether an answered customer only thanks; that opens no clock, and can be taken back."""
    is_answered = conversation.agent_answered_at is not None
    waits = conversation.waiting_since is not None
    return is_answered and not waits and said.image is None and is_courtesy(said.text, after=after)


async def ask_human(pen: Pen, conversation: DbConversation, said: Said, rules: Rules) -> Message:
    """The customer asks for a human: into the line, or told again where in it."""
    message = pen.say(conversation, said.draft)
    if may(Owner(conversation.owner), Step.HAND_OFF):
        await hand_off(pen, conversation, rules, reason=HandoffReason.ASKED_HUMAN, actor=CUSTOMER)
    elif conversation.owner == Owner.QUEUED:
        await say_standing(pen, conversation, rules)
    else:
        conversation.waiting_since = conversation.waiting_since or pen.now
    return message


def cancel_wait(pen: Pen, conversation: DbConversation, said: Said) -> Message:
    """The customer goes on with the bot; without a line to leave it is only said."""
    message = pen.say(conversation, said.draft)
    if conversation.owner == Owner.QUEUED:
        leave_line(pen, conversation, why="cancelled")
        pen.say(conversation, system(wording.CANCELLED))
    elif conversation.owner == Owner.BOT:
        conversation.bot_done_seq = message.seq
    return message


async def leave_message(
    pen: Pen, conversation: DbConversation, said: Said, rules: Rules, *, phone: str | None
) -> Message:
    """Instead of waiting: the desk promises an answer within so many opening hours."""
    if conversation.owner == Owner.CLOSED:
        come_back(pen, conversation)
    message = pen.say(conversation, said.draft)
    if conversation.owner == Owner.QUEUED:
        leave_line(pen, conversation, why="left_message")
    conversation.bot_done_seq = max(conversation.bot_done_seq, message.seq)
    hours = timedelta(hours=rules.policy.opening.call_back_hours)
    due = rules.opening.after_open_time(pen.now, hours)
    promised = Promised(
        kind=PromiseKind.CALL_BACK,
        text=shown_text(said.draft),
        due_at=due,
        made_by=SYSTEM,
        made_by_name=rules.policy.shop_name,
        owner_id=conversation.own_agent_id,
        phone=phone,
        client_id=said.client_id,
    )
    await promise(pen, conversation, promised)
    moment = wording.moment(due, now=pen.now)
    told = wording.LEFT_MESSAGE.format(due=moment)
    if phone:
        told = wording.LEFT_MESSAGE_PHONE.format(due=moment, tail=phone[-4:])
    pen.say(conversation, system(told))
    return message


async def button_said(
    session: AsyncSession, *, conversation: str, client_id: str, of: int, index: int
) -> Said:
    """Return the tap as a message with the offered title; raises BadButtonError."""
    query = select(DbMessage).where(
        DbMessage.conversation_id == conversation, DbMessage.seq == of, ~DbMessage.internal
    )
    row = await session.scalar(query)
    offered = from_row(row).draft.buttons if row is not None else ()
    if index >= len(offered):
        raise BadButtonError
    button = offered[index]
    return Said(
        conversation,
        client_id,
        text=button["title"],
        kind=Kind.BUTTON,
        about={"payload": button["payload"]},
    )


def answer(
    pen: Pen, conversation: DbConversation, agent: Speaker, draft: Draft, *, epoch: int
) -> Message:
    """Say it to the customer if this agent still speaks; else keep it as a note."""
    try:
        require_mine(conversation, agent, epoch=epoch)
    except (NotYoursError, StaleError):
        return pen.say(conversation, stale(draft, wording.STALE_ANSWER))
    message = pen.say(conversation, draft)
    conversation.agent_answered_at = conversation.agent_answered_at or pen.now
    conversation.own_agent_id = agent.id
    conversation.waiting_since = None
    conversation.unread = 0
    return message


def stale(draft: Draft, wrapping: str) -> Draft:
    """Return the words as an internal note that says why nobody heard them."""
    return Draft(
        sender=draft.sender,
        text=wrapping.format(text=draft.text or wording.NO_WORDS[draft.kind]),
        client_id=draft.client_id,
        author_id=draft.author_id,
        author_name=draft.author_name,
        cards=draft.cards,
        image=draft.image,
        internal=True,
        automatic=draft.automatic,
        about={"stale": True},
    )


def spoken(agent: Speaker, text: str, *, client_id: str, image: dict[str, Any] | None) -> Draft:
    """Return an agent's words to a customer; raises what `clean` raises."""
    words = clean(text) if text.strip() or image is None else ""
    kind = Kind.IMAGE if image is not None else Kind.TEXT
    return Draft(
        sender=Sender.AGENT,
        text=words,
        kind=kind,
        client_id=client_id,
        author_id=agent.id,
        author_name=agent.name,
        image=image,
    )


def note(agent: Speaker, text: str, *, client_id: str) -> Draft:
    """Return an internal note; raises what `clean` raises."""
    return Draft(
        sender=Sender.AGENT,
        text=clean(text),
        client_id=client_id,
        author_id=agent.id,
        author_name=agent.name,
        internal=True,
    )
