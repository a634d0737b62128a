"""Fills a database with customers whose conversations agents hold, ready to talk."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.desk_server import hire
from desk.states import Owner
from desk.tables import DbConversation, DbVisitor
from storage.engine import Database
from storage.tables import new_id

AgentSeat = tuple[str, str, list[str]]
"""Cookie, CSRF token, and the conversations that she watches."""


@dataclass(frozen=True)
class Seat:
    """One customer: the token of her widget and her conversation."""

    token: str
    conversation: str


async def populate(
    database: Database, *, customers: int, active: int, agents: int
) -> tuple[list[Seat], list[AgentSeat]]:
    """Make the people; the first `active` customers are held by agents in turn."""
    hired = await hire(database, [f"bench-{number:03d}" for number in range(agents)])
    watched: list[list[str]] = [[] for _ in hired]
    seats = []
    now = datetime.now(UTC)
    async with database.write() as session:
        for number in range(customers):
            token = f"bench-token-{number:06d}"
            visitor = DbVisitor(
                id=new_id(),
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                created_at=now,
                seen_at=now,
            )
            staff = hired[number % agents][0] if number < active else None
            row = _conversation(visitor.id, now)
            if staff is not None:
                row.owner, row.agent_id, row.agent_name = Owner.AGENT, staff.id, staff.name
                row.assigned_at = row.agent_answered_at = now
                watched[number % agents].append(row.id)
            session.add(visitor)
            seats.append((visitor, row))
        await session.flush()
        session.add_all(row for _visitor, row in seats)
    made = [Seat(f"bench-token-{n:06d}", row.id) for n, (_visitor, row) in enumerate(seats)]
    pairs = zip(hired, watched, strict=True)
    return made, [(cookie, csrf, own) for (_staff, cookie, csrf), own in pairs]


def _conversation(visitor_id: str, now: datetime) -> DbConversation:
    return DbConversation(
        id=new_id(),
        visitor_id=visitor_id,
        owner=Owner.BOT,
        owner_epoch=1,
        revision=0,
        last_seq=0,
        last_customer_seq=0,
        bot_done_seq=0,
        bot_session=1,
        customer_read_seq=0,
        agent_read_seq=0,
        unread=0,
        last_text="",
        created_at=now,
        updated_at=now,
    )
