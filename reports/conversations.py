"""Turns one conversation's log into a case record: events, holders, outcome. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from desk.clock_events import COURTESY, NOT_COURTESY, UNDONE
from desk.courtesy import is_courtesy
from desk.ownership import Step
from desk.standing import TAKEN
from desk.states import Owner, Sender
from reports.records import CaseRecord, Hold, Outcome, Subject
from sla.events import Event, EventType, in_order
from sla.spans import Span, union

SATISFIED_FROM = 4
IDLE = "idle"
WAITING_CUSTOMER = "waiting_customer"


class Said(NamedTuple):
    """One message as it is stored."""

    at: datetime
    sender: str
    internal: bool
    automatic: bool
    author_id: str | None
    text: str
    seq: int


class Change(NamedTuple):
    """One event of the desk as it is stored."""

    at: datetime
    kind: str
    actor: str
    seq: int
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """All that the desk wrote down about one conversation, messages by number, events by id."""

    id: str
    revision: int
    visitor_id: str | None
    subject: Subject
    said: Sequence[Said]
    changes: Sequence[Change]
    rating_asked: bool = False
    rating: int | None = None


OwnerBySeq = Callable[[int], Owner]


class _Turn(NamedTuple):
    """Who owned the conversation from an instant on."""

    at: datetime
    owner: Owner
    agent: str | None


def read_conversation(told: Told, *, now: datetime) -> CaseRecord:
    """Return the record of a conversation in which a customer has said something."""
    changes = _without_undone(told.changes)
    turns = _turns(told, changes)
    everything, responses = _events(told, changes)
    closes = [one.at for one in changes if one.kind == Step.CLOSE]
    last = turns[-1]
    opened_at = next(one.at for one in told.said if one.sender == Sender.CUSTOMER)
    answers = [
        (one.at, one.author_id)
        for one in told.said
        if _is_answer(one) and one.author_id is not None
    ]
    return CaseRecord(
        id=told.id,
        kind="conversation",
        revision=told.revision,
        title="",
        opened_at=opened_at,
        ended_at=closes[-1] if closes and last.owner is Owner.CLOSED else None,
        subject=told.subject,
        events=everything,
        response_events=responses,
        answers=answers,
        holds=_holds(turns, now),
        with_bot=_spans(turns, Owner.BOT, now),
        agent_id=answers[-1][1] if answers else last.agent,
        outcome=_outcome(told, changes, last.owner, bool(answers)),
        visitor_id=told.visitor_id,
        rating_asked=told.rating_asked,
        rating=told.rating,
        now=now,
    )


def _without_undone(changes: Sequence[Change]) -> list[Change]:
    """Drop what an agent took back at once, together with the taking back."""
    kept: list[Change] = []
    for one in changes:
        if one.kind != UNDONE:
            kept.append(one)
            continue
        undone = next((old for old in reversed(kept) if old.kind == one.detail.get("of")), None)
        if undone is not None:
            kept.remove(undone)
    return kept


def _turns(told: Told, changes: Sequence[Change]) -> list[_Turn]:
    turns = [_Turn(min(one.at for one in told.said), Owner.BOT, None)]
    for one in changes:
        to = one.detail.get("to")
        if one.kind == Step.TRANSFER_AGENT:  # its `to` names the colleague, not the owner
            turns.append(_Turn(one.at, Owner.AGENT, str(to)))
        elif to in set(Owner):
            agent = one.detail.get("agent") if to == Owner.AGENT else None
            turns.append(_Turn(one.at, Owner(to), agent))
    return turns


def _holds(turns: Sequence[_Turn], now: datetime) -> list[Hold]:
    ends = [*(turn.at for turn in turns[1:]), now]
    return [
        Hold(Span(turn.at, end), turn.agent)
        for turn, end in zip(turns, ends, strict=True)
        if turn.owner in (Owner.AGENT, Owner.QUEUED) and turn.at < end
    ]


def _spans(turns: Sequence[_Turn], owner: Owner, now: datetime) -> tuple[Span, ...]:
    ends = [*(turn.at for turn in turns[1:]), now]
    return union(
        Span(turn.at, end) for turn, end in zip(turns, ends, strict=True) if turn.owner is owner
    )


_FROM_STEP = {
    Step.HAND_OFF: EventType.HANDOFF_REQUESTED,
    Step.CLOSE: EventType.CLOSED,
    Step.REOPEN: EventType.REOPENED,
}
_PAUSES = {"pause": EventType.PAUSE, "resume": EventType.RESUME}
_LET_GO = (Step.LEAVE_QUEUE, Step.HAND_BACK)


def _events(told: Told, changes: Sequence[Change]) -> tuple[Sequence[Event], Sequence[Event]]:
    """Give the events for every clock, and those that response clocks go by."""
    everything: list[Event] = []
    to_bot: set[Event] = set()
    owners = _owner_by_seq(changes)
    polite = _polite(changes)
    for one in told.said:
        kind = _kind(one, polite)
        event = Event(one.at, kind)
        everything.append(event)
        if kind is EventType.CUSTOMER_MESSAGE and owners(one.seq) is Owner.BOT:
            to_bot.add(event)
    for change in changes:
        if change.kind in _FROM_STEP:
            everything.append(Event(_instant(change, told), _FROM_STEP[Step(change.kind)]))
        elif change.kind in _PAUSES:
            reason = change.detail.get("reason")
            everything.append(Event(change.at, _PAUSES[change.kind], str(reason or "") or None))
    everything += _waiting_for_customer(told, owners)
    let_go = [Event(one.at, EventType.CLOSED) for one in changes if one.kind in _LET_GO]
    responses = [one for one in everything if one not in to_bot]
    return in_order(everything), in_order([*responses, *let_go])


def _waiting_for_customer(told: Told, owners: OwnerBySeq) -> list[Event]:
    """While the bot has answered and nobody says more, the case waits for the customer.

    An agent's word is no such thing: it may promise that something is looked into.
    """
    events: list[Event] = []
    is_waiting = False
    for at, waits in sorted(_turns_of_waiting(told, owners), key=lambda one: one[0]):
        if waits is is_waiting:
            continue
        is_waiting = waits
        if not waits and events[-1].at == at[2]:
            events.pop()  # the bot handed over with its word: there was no wait to speak of
        else:
            kind = EventType.PAUSE if waits else EventType.RESUME
            events.append(Event(at[2], kind, WAITING_CUSTOMER))
    return events


def _turns_of_waiting(
    told: Told, owners: OwnerBySeq
) -> Iterator[tuple[tuple[int, int, datetime], bool]]:
    """Yield whose turn it is from each message and change on, with its place in the log."""
    for one in told.said:
        if _kind(one, set()) is EventType.CUSTOMER_MESSAGE:
            yield (one.seq, 0, one.at), False
        elif _kind(one, set()) is EventType.BOT_MESSAGE and owners(one.seq) is Owner.BOT:
            yield (one.seq, 0, one.at), True
    for change in told.changes:
        if change.detail.get("to") in (Owner.QUEUED, Owner.AGENT):
            yield (change.seq, 1, change.at), False


def _instant(change: Change, told: Told) -> datetime:
    """A conversation that ended by its silence was over with the last word, not a day later."""
    if change.kind != Step.CLOSE or change.detail.get("reason") != IDLE:
        return change.at
    return max(one.at for one in told.said if one.seq <= change.seq)


def _owner_by_seq(changes: Sequence[Change]) -> OwnerBySeq:
    """Give a function that says who owned the conversation when a message got its number.

    A change carries the number of the last message before it. The customer's wish for a human
    itself was still said to the bot.
    """
    steps = [
        (one.seq, Owner.AGENT if one.kind == Step.TRANSFER_AGENT else Owner(one.detail["to"]))
        for one in changes
        if one.kind == Step.TRANSFER_AGENT or one.detail.get("to") in set(Owner)
    ]

    def owner(seq: int) -> Owner:
        return next((owner for before, owner in reversed(steps) if before < seq), Owner.BOT)

    return owner


def _polite(changes: Sequence[Change]) -> set[int]:
    """Give the numbers of messages that only thank or take leave, as the desk judged them."""
    polite: set[int] = set()
    for one in changes:
        if one.kind == COURTESY:
            polite.add(one.detail["seq"])
        elif one.kind == NOT_COURTESY:
            polite.discard(one.detail["seq"])
    return polite


def _kind(one: Said, polite: set[int]) -> EventType:
    if one.internal:
        return EventType.INTERNAL_NOTE
    if one.sender == Sender.CUSTOMER:
        only_thanks = one.seq in polite
        return EventType.COURTESY_MESSAGE if only_thanks else EventType.CUSTOMER_MESSAGE
    if one.automatic or one.sender == Sender.SYSTEM:
        return EventType.AUTO_MESSAGE
    return EventType.AGENT_MESSAGE if one.sender == Sender.AGENT else EventType.BOT_MESSAGE


def _is_answer(one: Said) -> bool:
    return one.sender == Sender.AGENT and not one.internal and not one.automatic


def _outcome(told: Told, changes: Sequence[Change], owner: Owner, answered: bool) -> Outcome:
    kinds = [one.kind for one in changes]
    if answered or owner in (Owner.QUEUED, Owner.AGENT) or TAKEN in kinds:
        return Outcome.HUMAN
    if Step.HAND_OFF in kinds:
        return Outcome.LEFT_LINE
    if Step.RETURN in kinds:
        return Outcome.CAME_BACK
    if owner is not Owner.CLOSED:
        return Outcome.RUNNING
    said = [one for one in told.said if one.sender == Sender.CUSTOMER]
    thanked = len(said) > 1 and is_courtesy(said[-1].text)
    satisfied = told.rating is not None and told.rating >= SATISFIED_FROM
    return Outcome.CONFIRMED if thanked or satisfied else Outcome.ASSUMED
