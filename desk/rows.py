"""One conversation as a row in an agent's list: who, why, since when, how long is left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.clock_targets import running_clock
from desk.messages import instant
from desk.office import Office
from desk.people import Person, read_people
from desk.promises import count_due, count_open
from desk.queue_rules import line
from desk.standing import read_waiting
from desk.states import HandoffReason, Owner, Sender
from desk.tables import DbConversation

NEWEST_CLOSED = 50


async def open_rows(session: AsyncSession) -> list[DbConversation]:
    """Return every open conversation and the newest closed ones."""
    is_open = select(DbConversation).where(DbConversation.owner != Owner.CLOSED)
    # A bot conversation in which nothing was ever said is nobody's work.
    spoken = is_open.where(DbConversation.last_customer_seq > 0)
    closed = (
        select(DbConversation)
        .where(DbConversation.owner == Owner.CLOSED, DbConversation.last_customer_seq > 0)
        .order_by(DbConversation.closed_at.desc())
        .limit(NEWEST_CLOSED)
    )
    return [*await session.scalars(spoken), *await session.scalars(closed)]


@dataclass(frozen=True)
class Counts:
    """How many each list holds; `mine` by agent, `promises` those due, `promises_open` all."""

    mine: Mapping[str, int]
    waiting: int
    all: int
    closed: int
    promises: int
    promises_open: int

    def for_agent(self, agent: str) -> dict[str, int]:
        """Return the counts as one agent's console shows them."""
        return {
            "mine": self.mine.get(agent, 0),
            "waiting": self.waiting,
            "all": self.all,
            "closed": self.closed,
            "promises": self.promises,
            "promises_open": self.promises_open,
        }


async def read_counts(session: AsyncSession, *, now: datetime) -> Counts:
    """Count every list."""
    query = (
        select(DbConversation.owner, DbConversation.agent_id, func.count())
        .where(DbConversation.last_customer_seq > 0)
        .group_by(DbConversation.owner, DbConversation.agent_id)
    )
    by_owner: Counter[str] = Counter()
    mine: Counter[str] = Counter()
    for owner, agent, count in await session.execute(query):
        by_owner[owner] += count
        if owner == Owner.AGENT and agent:
            mine[agent] += count
    due = await count_due(session, now=now)
    opened = sum(by_owner[owner] for owner in (Owner.BOT, Owner.QUEUED, Owner.AGENT))
    return Counts(
        mine=mine,
        waiting=by_owner[Owner.QUEUED],
        all=opened,
        closed=by_owner[Owner.CLOSED],
        promises=sum(due.values()),
        promises_open=await count_open(session),
    )


async def read_places(session: AsyncSession, office: Office) -> dict[str, int]:
    """Return each waiting conversation's place in the line, from 1, the first one first."""
    ordered = line(await read_waiting(session), office.policy, now=office.clock())
    return {one.conversation: place for place, one in enumerate(ordered, start=1)}


def row_view(
    row: DbConversation, office: Office, *, place: int | None, person: Person, promises_due: int = 0
) -> dict[str, Any]:
    """Return the row as the protocol describes it."""
    agent = {"id": row.agent_id, "name": row.agent_name} if row.agent_id else None
    return {
        "id": row.id,
        "revision": row.revision,
        "owner": row.owner,
        "epoch": row.owner_epoch,
        "agent": agent,
        "reason": row.reason,
        "reason_text": wording.REASONS[HandoffReason(row.reason)] if row.reason else None,
        "place": place,
        "customer": {
            "name": person.name,
            "tier": person.tier,
            "tier_text": person.tier_text,
            "birthday": person.birthday,
        },
        "skill": row.skill,
        "clock": clock_view(row, office),
        "queued_at": instant(row.queued_at),
        "updated_at": instant(row.updated_at),
        "last": {
            "seq": row.last_seq,
            "sender": row.last_sender,
            "text": row.last_text,
            "at": instant(_last_at(row)),
            "agent": row.own_agent_id if row.last_sender == Sender.AGENT else None,
        },
        "wish": row.customer_text or None,
        "unread": row.unread,
        "promises_due": promises_due,
        "closed_at": instant(row.closed_at),
        "close_reason": row.close_reason,
        "close_reason_text": _close_text(row.close_reason),
        "bot_name": office.policy.bot_name if row.owner == Owner.BOT else None,
    }


def clock_view(row: DbConversation, office: Office) -> dict[str, Any] | None:
    """Return the clock that runs against the desk now, or None while nobody waits for us."""
    running = running_clock(row, office.clocks)
    if running is None:
        return None
    return {
        "name": running.name,
        "text": wording.CLOCKS[running.name],
        "started_at": instant(running.started_at),
        "due_at": instant(running.due_at),
        "target_seconds": int(running.target.total_seconds()),
    }


async def row_views(
    session: AsyncSession, office: Office, rows: Sequence[DbConversation]
) -> list[dict[str, Any]]:
    """Return many rows with all that they need read once."""
    places = await read_places(session, office)
    people = await read_people(session, rows, now=office.clock())
    due = await count_due(session, now=office.clock())
    return [
        row_view(
            row,
            office,
            place=places.get(row.id),
            person=people[row.id],
            promises_due=due.get(row.id, 0),
        )
        for row in rows
    ]


def _last_at(row: DbConversation) -> datetime:
    """Return when the last words were said; of others than the customer only about."""
    if row.last_sender == Sender.CUSTOMER and row.last_customer_at is not None:
        return row.last_customer_at
    return row.updated_at


def _close_text(reason: str | None) -> str | None:
    if reason is None:
        return None
    known = {each.value: text for each, text in wording.CLOSE_REASONS.items()}
    return known.get(reason, wording.CLOSED_IDLE)
