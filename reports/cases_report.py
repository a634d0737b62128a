"""The cases behind a figure: the same choice as the figure counted, row by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from reports import wording
from reports.asking import Desk, name_of
from reports.chat_report import SATISFIED_FROM
from reports.measuring import WAITING
from reports.period import Period
from reports.records import Outcome
from reports.standing_report import case_href, case_title, clock_view, select_clocks
from reports.tables import DbCase, DbClock
from reports.tally import UNKNOWN, Filters

Json = dict[str, Any]
PAGE = 50


@dataclass(frozen=True)
class Choice:
    """What a figure counted, beside its filters; all that is given must fit.

    `state` is one of the five, or `failed` for late, missed and closed unanswered together, or
    `decided` for these and met. `slot` is an hour of the week, 0 to 167. Waits, the time left
    (below 0 when late) and the age are in seconds, from (in) to (out).
    """

    key: str | None = None
    state: str | None = None
    slot: int | None = None
    wait_from: float | None = None
    wait_to: float | None = None
    kind: str | None = None
    left_from: float | None = None
    left_to: float | None = None
    age_from: float | None = None
    age_to: float | None = None
    ids: Sequence[str] | None = None


async def clock_cases(
    desk: Desk, period: Period | None, filters: Filters, choice: Choice, *, page: int = 0
) -> Json:
    """Return the clocks that a figure counted, the latest first, a page at a time."""
    wanted = conditions(desk.now, period, filters, choice)
    count = select(func.count()).select_from(DbClock).where(*wanted)
    total = await desk.session.scalar(count)
    # By day first: an index gives the days in order, so only the newest have to be sorted.
    newest = (DbClock.day.desc(), DbClock.started_at.desc(), DbClock.id)
    rows = select_clocks().where(*wanted).order_by(*newest).offset(page * PAGE).limit(PAGE)
    found = await desk.session.execute(rows)
    return {
        "total": total or 0,
        "page": page,
        "pages": -(-(total or 0) // PAGE),
        "cases": [clock_view(desk, row) for row in found],
    }


_HUMAN = (Outcome.HUMAN.value, Outcome.LEFT_LINE.value)
_BY: dict[str, ColumnElement[bool]] = {
    "human": DbCase.outcome.in_(_HUMAN),
    "bot": DbCase.outcome.not_in(_HUMAN),
    "solved": DbCase.outcome.in_((Outcome.CONFIRMED.value, Outcome.ASSUMED.value)),
    "ended": DbCase.outcome != Outcome.RUNNING.value,
}
_RATED: dict[str, ColumnElement[bool]] = {
    "asked": DbCase.rating_asked.is_(True),
    "given": DbCase.rating.is_not(None),
    "satisfied": DbCase.rating >= SATISFIED_FROM,
}


@dataclass(frozen=True)
class ChatChoice:
    """Which chats a figure counted.

    `by` is "bot" or "human" for who had it, "solved" for those that the bot closed for good,
    "ended" for all that are over; `rating` is "asked", "given" or "satisfied".
    """

    outcome: str | None = None
    by: str | None = None
    score: int | None = None
    rating: str | None = None
    slot: int | None = None


async def chat_cases(
    desk: Desk, period: Period, filters: Filters, choice: ChatChoice, *, page: int = 0
) -> Json:
    """Return the chats that a figure counted, the latest first, a page at a time."""
    chosen: Select[DbCase] = select(DbCase).where(
        DbCase.kind == "conversation",
        DbCase.revision >= 0,
        DbCase.day >= period.first,
        DbCase.day <= period.last,
        *_subject(DbCase, filters),
        *_chat_conditions(choice),
    )
    total = await desk.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = chosen.order_by(DbCase.opened_at.desc()).offset(page * PAGE).limit(PAGE)
    return {
        "total": total,
        "page": page,
        "pages": -(-total // PAGE),
        "cases": [_chat_view(desk, row) for row in await desk.session.scalars(rows)],
    }


def conditions(
    now: datetime, period: Period | None, filters: Filters, choice: Choice
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [*_subject(DbClock, filters)]
    if period is not None:
        wanted += [DbClock.day >= period.first, DbClock.day <= period.last]
    if choice.key is not None:
        policy, _, clock = choice.key.partition("/")
        wanted += [DbClock.policy == policy, DbClock.clock == clock]
    if choice.kind is not None:
        wanted.append(DbClock.kind == choice.kind)
    if choice.slot is not None:
        wanted.append(DbClock.slot == choice.slot)
    if choice.state is not None:
        wanted.append(_state(choice.state, now))
    if choice.wait_from is not None:
        wanted += [DbClock.waited_seconds >= choice.wait_from, DbClock.met_at.is_not(None)]
    if choice.wait_to is not None:
        wanted.append(DbClock.waited_seconds < choice.wait_to)
    if choice.ids is not None:
        wanted.append(DbClock.id.in_(choice.ids))
    return [*wanted, *_standing(now, choice)]


def _standing(now: datetime, choice: Choice) -> Iterator[ColumnElement[bool]]:
    """Say how much time must be left, and how long ago it must have begun."""
    if choice.left_from is not None:
        yield DbClock.due_at >= now + timedelta(seconds=choice.left_from)
    if choice.left_to is not None:
        yield DbClock.due_at < now + timedelta(seconds=choice.left_to)
    if choice.age_from is not None:
        yield DbClock.started_at <= now - timedelta(seconds=choice.age_from)
    if choice.age_to is not None:
        yield DbClock.started_at > now - timedelta(seconds=choice.age_to)


def _state(state: str, now: datetime) -> ColumnElement[bool]:
    waits = DbClock.state == WAITING
    missed, is_open = waits & (DbClock.due_at < now), waits & (DbClock.due_at >= now)
    known = {
        "missed": missed,
        "open": is_open,
        WAITING: waits,
        "risk": is_open & (DbClock.at_risk_at <= now),
        "failed": or_(DbClock.state.in_(("late", "closed_unanswered")), missed),
        "decided": or_(DbClock.state != WAITING, missed),
    }
    return known.get(state, DbClock.state == state)


def _subject(table: type[DbClock] | type[DbCase], filters: Filters) -> list[ColumnElement[bool]]:
    return [_is_value(table, name, value) for name, value in filters.given.items()]


def _is_value(table: type[DbClock] | type[DbCase], name: str, value: str) -> ColumnElement[bool]:
    column = {
        "agent": table.agent_id,
        "platform": table.platform,
        "category": table.category,
        "sku": table.sku,
        "aspect": table.aspect,
        "reason": table.reason,
    }[name]
    return column.is_(None) if value == UNKNOWN else column == value


def _chat_conditions(choice: ChatChoice) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if choice.by is not None:
        wanted.append(_BY[choice.by])
    if choice.outcome is not None:
        wanted.append(DbCase.outcome == choice.outcome)
    if choice.score is not None:
        wanted.append(DbCase.rating == choice.score)
    if choice.rating is not None:
        wanted.append(_RATED[choice.rating])
    if choice.slot is not None:
        wanted.append(DbCase.slot == choice.slot)
    return wanted


def _chat_view(desk: Desk, row: DbCase) -> Json:
    outcome = wording.OUTCOMES[Outcome(row.outcome)] if row.outcome else None
    return {
        "case": row.id,
        "kind": row.kind,
        "kind_text": wording.KINDS[row.kind],
        "href": case_href(row.kind, row.id),
        "title": row.title or case_title(row.kind, row.id),
        "started_at": row.opened_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "outcome": outcome,
        "reason": wording.REASONS.get(row.reason, row.reason) if row.reason else None,
        "agent": name_of("agent", row.agent_id, desk.people) if row.agent_id else None,
        "platform": name_of("platform", row.platform, {}) if row.platform else None,
        "rating": row.rating,
    }
