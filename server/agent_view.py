"""What one console is shown: its lists, and the conversations it follows."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from desk import wording
from desk.feed import Notice, Signal, Stop
from desk.messages import instant
from desk.office import find_conversation
from desk.pen import NoSuchConversationError
from desk.protocol import PROTOCOL, ToAgent
from desk.rows import Counts, open_rows, read_counts, row_views
from desk.states import Owner
from desk.tables import DbConversation
from server.connection import Connection, dump
from server.desk_office import Desk
from server.following import Following
from server.sessions import Person

HEARTBEAT_SECONDS = 15
MOST_WATCHED = 20


class AgentView:
    """Keeps one console up to date."""

    def __init__(self, connection: Connection, desk: Desk, person: Person) -> None:
        self._connection = connection
        self._desk = desk
        self._person = person
        self._watched: dict[str, tuple[Following, Stop]] = {}
        self._seen: dict[str, tuple[str, bool]] = {}
        self._stop_listening: tuple[Stop, ...] = ()
        self._counts: Counts | None = None
        self._mine = ""

    async def begin(self, *, status: str, capacity: int) -> None:
        """Say ready, then every list, then what changes."""
        await self._connection.put(self._ready(status, capacity))
        lists = self._desk.lists
        self._stop_listening = (
            lists.listen(self._person.id, self._row),
            lists.listen_to_line(self._line),
        )
        office = self._desk.office
        async with office.database.read() as session:
            rows = await open_rows(session)
            views = await row_views(session, office, rows)
            counts = await read_counts(session, now=office.clock())
        for row in rows:
            self._seen[row.id] = self._standing_of(row.owner, row.agent_id)
        mine = counts.for_agent(self._person.id)
        await self._connection.put({"type": ToAgent.LISTS, "counts": mine, "rows": views})

    async def end(self) -> None:
        """Stop everything."""
        for stop_listening in self._stop_listening:
            stop_listening()
        for following, stop in self._watched.values():
            stop()
            await following.end()

    async def watch(self, conversation: str, *, after: int, ref: str) -> None:
        """Follow one conversation; raises NoSuchConversationError."""
        office = self._desk.office
        async with office.database.read() as session:
            row = await find_conversation(session, conversation)
            if row is None:
                raise NoSuchConversationError(conversation)
            (view,) = await row_views(session, office, [row])
        await self._drop(conversation)
        if len(self._watched) >= MOST_WATCHED:
            await self._drop(next(iter(self._watched)))
        following = Following(
            self._connection, office, conversation, frame=attrgetter("to_agents"), internal=True
        )
        self._watched[conversation] = (
            following,
            office.feed.listen(conversation, self._listener(following)),
        )
        after = after if after <= row.last_seq else 0
        await self._connection.put(self._conversation(row, view, after=after, ref=ref))
        await following.begin(after=after)

    async def unwatch(self, conversation: str) -> None:
        """Stop following one conversation."""
        await self._drop(conversation)

    async def _drop(self, conversation: str) -> None:
        following, stop = self._watched.pop(conversation, (None, None))
        if following is not None and stop is not None:
            stop()
            await following.end()

    def _listener(self, following: Following) -> Callable[[Notice], None]:
        def hear(notice: Notice) -> None:
            if not isinstance(notice, Signal):
                following.hear(notice)
            elif notice.kind == "typing" and notice.facts.get("agent") != self._person.id:
                facts = {"conversation": notice.conversation, **notice.facts}
                self._connection.offer({"type": ToAgent.TYPING, **facts})
            elif notice.kind == "read" and notice.facts.get("by") == "customer":
                facts = {"conversation": notice.conversation, **notice.facts}
                self._connection.offer({"type": ToAgent.READ, **facts})

        return hear

    def _row(self, view: dict[str, Any], text: str, counts: Counts) -> None:
        if counts is not self._counts:  # the same for all the rows of one look
            self._counts, self._mine = counts, dump(counts.for_agent(self._person.id))
        frame = f'{{"type":"{ToAgent.ROW}","row":{text},"counts":{self._mine}}}'
        self._connection.offer_text(frame)
        self._alert(view)

    def _line(self, waiting: list[str]) -> None:
        self._connection.offer({"type": ToAgent.LINE, "waiting": waiting})

    def _alert(self, view: dict[str, Any]) -> None:
        agent = view["agent"]["id"] if view["agent"] else None
        before = self._seen.get(view["id"])
        now = self._standing_of(view["owner"], agent)
        self._seen[view["id"]] = now
        if before == now:
            return
        kind = text = None
        if now == (Owner.AGENT, True):
            kind, text = "assigned", wording.ALERT_ASSIGNED
        elif now[0] == Owner.QUEUED and before == (Owner.AGENT, True):
            kind, text = "given_back", wording.ALERT_GIVEN_BACK
        elif now[0] == Owner.QUEUED:
            kind, text = "waiting", wording.ALERT_WAITING
        if kind is not None:
            facts = {"kind": kind, "conversation": view["id"], "text": text}
            self._connection.offer({"type": ToAgent.ALERT, **facts})

    def _standing_of(self, owner: str, agent: str | None) -> tuple[str, bool]:
        return owner, agent == self._person.id

    def _conversation(
        self, row: DbConversation, view: dict[str, Any], *, after: int, ref: str
    ) -> dict[str, Any]:
        return {
            "type": ToAgent.CONVERSATION,
            "ref": ref,
            "conversation": row.id,
            "row": view,
            "after": after,
            "seq": row.last_seq,
            "customer_read": row.customer_read_seq,
            "agent_read": row.agent_read_seq,
            "customer_online": self._desk.is_online(row.id),
        }

    def _ready(self, status: str, capacity: int) -> dict[str, Any]:
        office, person = self._desk.office, self._person
        agents = office.policy.agents
        return {
            "type": ToAgent.READY,
            "protocol": PROTOCOL,
            "me": {"id": person.id, "name": person.name, "role": person.role},
            "status": status,
            "capacity": capacity,
            "server_time": instant(office.clock()),
            "heartbeat_seconds": HEARTBEAT_SECONDS,
            "undo_seconds": agents.undo_seconds,
            "reply_within_seconds": agents.reply_within_seconds,
            "close_reasons": [
                {"id": reason, "text": text} for reason, text in wording.CLOSE_REASONS.items()
            ],
        }
