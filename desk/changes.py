"""Every change of who may speak: what it does to the conversation, what everybody is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk import wording
from desk.messages import Draft
from desk.opening import Opening
from desk.ownership import Step, next_owner
from desk.pen import Pen
from desk.people import recognise
from desk.policy import DeskPolicy
from desk.satisfaction import ask as ask_rating
from desk.standing import TAKEN, read_line
from desk.states import CloseReason, HandoffReason, Owner, Sender
from desk.tables import DbConversation

SYSTEM = "system"
CUSTOMER = "customer"
BOT = "bot"


@dataclass(frozen=True)
class Speaker:
    """An agent as the desk needs to know her."""

    id: str
    name: str
    may_take_over: bool = False

    @property
    def actor(self) -> str:
        """Her name in the event log."""
        return f"agent:{self.id}"


@dataclass(frozen=True)
class Rules:
    """What every change goes by."""

    policy: DeskPolicy
    opening: Opening


class NotYoursError(Exception):
    """Another agent speaks in this conversation."""


class StaleError(Exception):
    """The owner changed since this was decided; look again."""


def system(text: str) -> Draft:
    """Return a sentence that the desk says by itself."""
    return Draft(sender=Sender.SYSTEM, text=text, automatic=True)


async def hand_off(
    pen: Pen,
    conversation: DbConversation,
    rules: Rules,
    *,
    reason: HandoffReason,
    actor: str,
    skill: str | None = None,
) -> None:
    """Put the customer into the line and say where in it; the handoff clock starts here."""
    conversation.bot_done_seq = conversation.last_customer_seq
    conversation.reason = reason
    conversation.skill = skill
    conversation.queued_at = pen.now
    conversation.waiting_since = pen.now
    await recognise(pen.session, conversation, now=pen.now)
    _forget_agent(conversation)
    change_owner(pen, conversation, Step.HAND_OFF, actor=actor, detail={"reason": reason})
    await say_standing(pen, conversation, rules)


async def say_standing(pen: Pen, conversation: DbConversation, rules: Rules) -> None:
    """Tell a queued customer the place and the honest wait."""
    line = await read_line(pen.session, rules.policy, rules.opening, now=pen.now)
    standing = line.standing(conversation.id, rules.policy)
    if standing is None:
        return
    text = wording.queued(
        position=standing.position,
        wait=standing.wait,
        opens_at=standing.opens_at,
        staffed=standing.staffed,
        now=pen.now,
    )
    pen.say(conversation, system(text))


def take(
    pen: Pen,
    conversation: DbConversation,
    agent: Speaker,
    *,
    actor: str = "",
    epoch: int | None = None,
) -> None:
    """Make this agent the one who speaks; taking one's own again changes nothing.

    `epoch` is the one that she saw: who meant to take a customer from the line takes nobody away
    from a colleague who was quicker.
    """
    owner = Owner(conversation.owner)
    if owner is Owner.AGENT:
        if conversation.agent_id == agent.id:
            return
        if not agent.may_take_over:
            raise NotYoursError
        if epoch not in (None, conversation.owner_epoch):
            raise StaleError
    before = undo_notes(conversation)
    if owner is Owner.BOT:
        _leave_bot(conversation, pen.now)
    waited = (pen.now - (conversation.queued_at or pen.now)).total_seconds()
    give_to(pen, conversation, agent)
    detail = {"agent": agent.id, "waited_seconds": waited, "before": before}
    change_owner(pen, conversation, Step.TAKE, actor=actor or agent.actor, detail=detail)
    said = wording.TAKEN_OVER if owner is Owner.AGENT else wording.TAKEN
    pen.say(conversation, system(said.format(name=agent.name)))


def give_back(pen: Pen, conversation: DbConversation, *, why: str) -> None:
    """Return the customer to the old place in the line; the agent missed her turn."""
    conversation.missed_by, conversation.missed_at = conversation.agent_id, pen.now
    detail = {"why": why, "agent": conversation.agent_id}
    _forget_agent(conversation)
    change_owner(pen, conversation, Step.GIVE_BACK, actor=SYSTEM, detail=detail)
    pen.say(conversation, system(wording.GIVEN_BACK))


def transfer(
    pen: Pen, conversation: DbConversation, agent: Speaker, to: Speaker, *, epoch: int
) -> None:
    """Hand the customer to another agent, with everything said so far."""
    require_mine(conversation, agent, epoch=epoch)
    before = undo_notes(conversation)
    give_to(pen, conversation, to)
    conversation.waiting_since = conversation.waiting_since or pen.now
    detail = {"from": agent.id, "to": to.id, "before": before}
    change_owner(pen, conversation, Step.TRANSFER_AGENT, actor=agent.actor, detail=detail)
    pen.say(conversation, system(wording.TRANSFERRED.format(name=to.name)))


async def transfer_to_skill(
    pen: Pen, conversation: DbConversation, agent: Speaker, rules: Rules, *, skill: str, epoch: int
) -> None:
    """Return the customer to the line for agents with a skill, at the old place."""
    require_mine(conversation, agent, epoch=epoch)
    before = undo_notes(conversation)
    conversation.skill = skill
    conversation.waiting_since = conversation.waiting_since or pen.now
    _forget_agent(conversation)
    detail = {"from": agent.id, "skill": skill, "before": before}
    change_owner(pen, conversation, Step.TRANSFER_QUEUE, actor=agent.actor, detail=detail)
    await say_standing(pen, conversation, rules)


def hand_back(pen: Pen, conversation: DbConversation, agent: Speaker, *, epoch: int) -> None:
    """Let the bot speak again; it starts afresh with the next thing the customer says."""
    require_mine(conversation, agent, epoch=epoch)
    before = undo_notes(conversation)
    _return_to_bot(conversation)
    detail = {"agent": agent.id, "before": before}
    change_owner(pen, conversation, Step.HAND_BACK, actor=agent.actor, detail=detail)
    pen.say(conversation, system(wording.BACK_TO_BOT.format(name=agent.name)))


def leave_line(pen: Pen, conversation: DbConversation, *, why: str) -> None:
    """The customer stops waiting and goes on with the bot."""
    _return_to_bot(conversation)
    change_owner(pen, conversation, Step.LEAVE_QUEUE, actor=CUSTOMER, detail={"why": why})


def close(
    pen: Pen, conversation: DbConversation, agent: Speaker, *, reason: CloseReason, epoch: int
) -> None:
    """End the conversation; a lead may end any, an agent her own or one that nobody holds."""
    if conversation.owner_epoch != epoch:
        raise StaleError
    is_others = conversation.owner == Owner.AGENT and conversation.agent_id != agent.id
    if is_others and not agent.may_take_over:
        raise NotYoursError
    before = undo_notes(conversation)
    detail = {"reason": reason, "before": before, "answered": bool(conversation.agent_answered_at)}
    end(pen, conversation, actor=agent.actor, reason=reason, detail=detail)
    pen.say(conversation, system(wording.CLOSED))
    if conversation.agent_answered_at is not None and conversation.agent_id is not None:
        ask_rating(
            pen,
            conversation,
            agent_id=conversation.agent_id,
            agent_name=conversation.agent_name or "",
        )


def end(
    pen: Pen, conversation: DbConversation, *, actor: str, reason: str, detail: Mapping[str, Any]
) -> None:
    """Close without a word; nobody waits in a closed conversation."""
    conversation.closed_at, conversation.close_reason = pen.now, reason
    conversation.waiting_since = None
    conversation.queued_at = None
    conversation.unread = 0
    conversation.bot_done_seq = conversation.last_customer_seq
    change_owner(pen, conversation, Step.CLOSE, actor=actor, detail=detail)


def reopen(pen: Pen, conversation: DbConversation, agent: Speaker) -> None:
    """Take a closed conversation up again."""
    before = undo_notes(conversation)
    give_to(pen, conversation, agent)
    conversation.queued_at = pen.now
    conversation.closed_at = conversation.close_reason = None
    detail = {"agent": agent.id, "before": before}
    change_owner(pen, conversation, Step.REOPEN, actor=agent.actor, detail=detail)
    pen.say(conversation, system(wording.REOPENED.format(name=agent.name)))


def come_back(pen: Pen, conversation: DbConversation) -> None:
    """The customer writes after the end: the bot answers again, knowing nothing of before."""
    conversation.closed_at = conversation.close_reason = None
    conversation.reason = conversation.skill = None
    conversation.customer_text = ""
    _return_to_bot(conversation)
    change_owner(pen, conversation, Step.RETURN, actor=CUSTOMER, detail={})


def require_mine(conversation: DbConversation, agent: Speaker, *, epoch: int) -> None:
    """Raise NotYoursError or StaleError unless this agent speaks now, as she believes."""
    if conversation.owner != Owner.AGENT or conversation.agent_id != agent.id:
        raise NotYoursError
    if conversation.owner_epoch != epoch:
        raise StaleError


def change_owner(
    pen: Pen, conversation: DbConversation, step: Step, *, actor: str, detail: Mapping[str, Any]
) -> None:
    """Apply the step and bump the epoch; raises NotPossibleError where the rule forbids it."""
    before = Owner(conversation.owner)
    conversation.owner = next_owner(before, step)
    conversation.owner_epoch += 1
    conversation.bot_lease_until = None
    kind = TAKEN if step is Step.TAKE else step
    facts = {"from": before, "to": conversation.owner, **detail}
    pen.event(conversation, kind, actor=actor, detail=facts)


def give_to(pen: Pen, conversation: DbConversation, agent: Speaker) -> None:
    """Write the agent's name on the conversation; her time for the first answer begins."""
    conversation.agent_id, conversation.agent_name = agent.id, agent.name
    conversation.assigned_at = pen.now
    conversation.agent_answered_at = None
    conversation.missed_by = conversation.missed_at = None


UNDO_TIMES = ("queued_at", "assigned_at", "agent_answered_at", "waiting_since", "closed_at")
UNDO_WORDS = (
    "owner",
    "agent_id",
    "agent_name",
    "reason",
    "skill",
    "close_reason",
    "unread",
    "bot_session",
)


def undo_notes(conversation: DbConversation) -> dict[str, Any]:
    """Return what an undo needs to know of the state before a change."""
    notes = {name: getattr(conversation, name) for name in UNDO_WORDS}
    for name in UNDO_TIMES:
        at: datetime | None = getattr(conversation, name)
        notes[name] = at.isoformat() if at else None
    return notes


def _leave_bot(conversation: DbConversation, now: datetime) -> None:
    if conversation.last_customer_seq > conversation.bot_done_seq:
        conversation.waiting_since = conversation.last_customer_at
    conversation.bot_done_seq = conversation.last_customer_seq
    conversation.queued_at = now


def _return_to_bot(conversation: DbConversation) -> None:
    conversation.bot_done_seq = conversation.last_customer_seq
    conversation.bot_session += 1
    conversation.waiting_since = None
    conversation.queued_at = None
    conversation.unread = 0
    _forget_agent(conversation)


def _forget_agent(conversation: DbConversation) -> None:
    conversation.agent_id = conversation.agent_name = None
    conversation.assigned_at = None
    conversation.agent_answered_at = None
