"""What one widget is shown: every message once and in order, and who answers now."""

import asyncio
from operator import attrgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.feed import Notice, Signal, Stop
from desk.messages import instant
from desk.office import find_conversation, messages_after
from desk.pictures import LARGEST_BYTES, TYPES
from desk.protocol import LONGEST_TEXT, PROTOCOL, ToCustomer
from desk.satisfaction import find_open_question, question_view
from desk.standing import Standing
from desk.states import Owner
from desk.tables import DbConversation, DbRating
from desk.visitors import Arrival
from server.connection import ClosedError, Connection
from server.desk_office import Desk
from server.following import Following

ANSWERED_BY = {
    Owner.BOT: "bot",
    Owner.QUEUED: "queue",
    Owner.AGENT: "agent",
    Owner.CLOSED: "nobody",
}


class CustomerView:
    """Follows one conversation for one connection, by number and never by time."""

    def __init__(self, connection: Connection, desk: Desk, conversation: str) -> None:
        self._connection = connection
        self._desk = desk
        self._conversation = conversation
        self._epoch = 0
        self._following = Following(
            connection, desk.office, conversation, frame=attrgetter("to_customer"), internal=False
        )
        self._stop_listening: Stop = lambda: None
        self._stop_looking: Stop | None = None
        self._asking: asyncio.Task[None] | None = None

    async def begin(self, arrival: Arrival, *, after: int) -> None:
        """Say ready, then everything after `after`, then whatever comes."""
        feed = self._desk.office.feed
        self._desk.online[self._conversation] += 1
        self._stop_listening = feed.listen(self._conversation, self._hear)
        async with self._desk.office.database.read() as session:
            # The conversation first: messages read after it include all that it counts.
            row = await find_conversation(session, self._conversation)
            if row is None:
                raise ClosedError
            after = after if after <= row.last_seq else 0
            missing = await messages_after(session, row.id, after, internal=False)
            rating = await self._question(session)
        self._epoch = row.owner_epoch
        await self._connection.put(self._ready(arrival, row, rating))
        self._watch_line(row)
        await self._following.begin_with(row, missing)

    async def end(self) -> None:
        """Stop following."""
        self._desk.online[self._conversation] -= 1
        if self._desk.online[self._conversation] <= 0:
            del self._desk.online[self._conversation]
        self._stop_listening()
        if self._stop_looking is not None:
            self._stop_looking()
        await self._following.end()
        if self._asking is not None:
            await self._asking

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, Signal):
            self._signal(notice)
            return
        row = notice.conversation
        if row.owner_epoch > self._epoch:
            self._epoch = row.owner_epoch
            self._connection.offer(self._owner(row))
            self._watch_line(row)
            if row.owner == Owner.CLOSED:
                self._asking = asyncio.create_task(self._ask_rating())
        self._following.hear(notice)

    async def _ask_rating(self) -> None:
        async with self._desk.office.database.read() as session:
            rating = await self._question(session)
        if rating is not None:
            self._connection.offer({"type": ToCustomer.RATING, **question_view(rating)})

    async def _question(self, session: AsyncSession) -> DbRating | None:
        office = self._desk.office
        return await find_open_question(
            session, self._conversation, office.policy, now=office.clock()
        )

    def _signal(self, signal: Signal) -> None:
        if signal.kind == "typing" and signal.facts.get("sender") != "customer":
            shown = {"sender": signal.facts["sender"], "on": signal.facts["on"]}
            self._connection.offer({"type": ToCustomer.TYPING, **shown})
        elif signal.kind == "read" and signal.facts.get("by") == "agent":
            self._connection.offer({"type": ToCustomer.READ, "seq": signal.facts["seq"]})

    def _watch_line(self, row: DbConversation) -> None:
        if row.owner == Owner.QUEUED and self._stop_looking is None:
            self._stop_looking = self._desk.board.look(self._conversation, self._standing)
        elif row.owner != Owner.QUEUED and self._stop_looking is not None:
            self._stop_looking()
            self._stop_looking = None

    def _standing(self, standing: Standing) -> None:
        wait = standing.wait
        self._connection.offer(
            {
                "type": ToCustomer.QUEUE,
                "position": standing.position,
                "wait_seconds": int(wait.total_seconds()) if wait is not None else None,
                "wait_text": wording.wait_text(wait),
                "staffed": standing.staffed,
                "open": standing.opens_at is None,
                "opens_at": instant(standing.opens_at),
                "may_leave_message": True,
            }
        )

    def _owner(self, row: DbConversation) -> dict[str, Any]:
        return {
            "type": ToCustomer.OWNER,
            "owner": row.owner,
            "epoch": row.owner_epoch,
            "answered_by": self._answered_by(row),
            "at": instant(row.updated_at),
        }

    def _answered_by(self, row: DbConversation) -> dict[str, str]:
        names = {
            Owner.BOT: self._desk.office.policy.bot_name,
            Owner.AGENT: row.agent_name or "",
        }
        owner = Owner(row.owner)
        return {"kind": ANSWERED_BY[owner], "name": names.get(owner, "")}

    def _ready(
        self, arrival: Arrival, row: DbConversation, rating: DbRating | None
    ) -> dict[str, Any]:
        office = self._desk.office
        opens_at = office.opening.opens_at(office.clock())
        return {
            "type": ToCustomer.READY,
            "protocol": PROTOCOL,
            "token": arrival.token,
            "conversation": row.id,
            "fresh": arrival.fresh,
            "owner": row.owner,
            "epoch": row.owner_epoch,
            "seq": row.last_seq,
            "answered_by": self._answered_by(row),
            "server_time": instant(office.clock()),
            "queue": None,
            "rating": question_view(rating) if rating else None,
            "agent_read": row.agent_read_seq,
            "limits": {
                "text": LONGEST_TEXT,
                "image_bytes": LARGEST_BYTES,
                "image_types": list(TYPES),
            },
            "choices": [{"title": title} for title in office.policy.choices],
            "human": {"open": opens_at is None, "opens_at": instant(opens_at)},
        }
