"""Reads out of the recorded conversations what the simulation replays: turns, and work. Pure."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from reports.records import CaseRecord
from reports.what_if import USUAL_STAY, Handoff, Turn
from sla.events import Event, EventType
from sla.pauses import effective_pauses
from sla.spans import length

USUAL_ANSWER = timedelta(seconds=30)
LONGEST_WORK = timedelta(minutes=10)
Answers = Mapping[str, Sequence[datetime]]


def recorded(records: Sequence[CaseRecord]) -> list[Handoff]:
    """Return the first handoff of every conversation that has one, with what then happened."""
    answers: dict[str, list[datetime]] = {}
    for record in records:
        for at, agent in record.answers:
            answers.setdefault(agent, []).append(at)
    in_time = {agent: sorted(each) for agent, each in answers.items()}
    return [one for record in records if (one := _handoff(record, in_time)) is not None]


def _handoff(record: CaseRecord, answers: Answers) -> Handoff | None:
    wish = next((one for one in record.events if one.type is EventType.HANDOFF_REQUESTED), None)
    if wish is None:
        return None
    given = [one for one in record.answers if one[0] >= wish.at]
    taken = min((one.span.start for one in record.holds if one.agent is not None), default=None)
    closed = next(
        (e.at for e in record.events if e.type is EventType.CLOSED and e.at > wish.at), None
    )
    first = _work(given[0], taken or wish.at, answers) if given else USUAL_ANSWER
    last = given[-1][0] if given else None
    return Handoff(
        at=wish.at,
        reason=record.subject.reason,
        work=first,
        turns=_turns(record.events, given, answers) if given else (),
        closes_after=_stay(closed, last),
        opened_before=max(wish.at - record.opened_at, timedelta()),
        paused=length(effective_pauses(record.events, now=record.now)),
    )


def _stay(closed: datetime | None, last: datetime | None) -> timedelta | None:
    if closed is None:
        return None
    return USUAL_STAY if last is None else max(closed - last, timedelta())


def _turns(
    events: Sequence[Event], given: Sequence[tuple[datetime, str]], answers: Answers
) -> tuple[Turn, ...]:
    """Pair what the customer wrote after an answer with the answer that it got.

    Of several messages the oldest counts, as for the clock; what nobody answered makes no work.
    """
    wrote = [one.at for one in events if one.type is EventType.CUSTOMER_MESSAGE]
    turns = []
    for (before, _agent), answer in pairwise(given):
        asked = next((at for at in wrote if before < at <= answer[0]), None)
        if asked is not None:
            turns.append(Turn(asked - before, _work(answer, asked, answers)))
    return tuple(turns)


def _work(answer: tuple[datetime, str], since: datetime, answers: Answers) -> timedelta:
    """Give the agent's own time for an answer: what she answered elsewhere first is taken off."""
    at, agent = answer
    mine = answers[agent]
    place = bisect_left(mine, at)
    begun = max(since, mine[place - 1]) if place else since
    return min(max(at - begun, timedelta(seconds=1)), LONGEST_WORK)
