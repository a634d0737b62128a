"""Keeps every console's lists alive: reads changed rows once for all agents, a few times a second.

A change of owner goes to everybody at once; mere words go to the agent whose conversation it is,
and to the others only now and then.
"""

import json
from collections.abc import Callable

from sqlalchemy import select

from desk.feed import Stop
from desk.office import Office
from desk.pen import Change
from desk.rounds import Rounds
from desk.rows import Counts, read_counts, row_views
from desk.tables import DbConversation

LOOK_SECONDS = 0.2
MINE_EVERY = 5
MOST_ROWS = 100  # a look at more holds up the chats themselves
MOST_SLOW_ROWS = 20
MOST_URGENT_ROWS = 100

RowListener = Callable[[dict[str, object], str, Counts], None]
"""Takes the row, the same row as JSON (written once for every console), and the counts."""


class Lists:
    """Tells consoles which rows changed."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._listeners: dict[RowListener, str] = {}
        self._urgent: dict[str, None] = {}  # in the order in which they came
        self._mine: dict[str, str] = {}
        self._slow: set[str] = set()
        self._looks = 0
        self._rounds = Rounds(self._look, every=LOOK_SECONDS, name="desk-lists")
        self._stop_listening: Stop = lambda: None

    def start(self) -> None:
        """Begin to watch."""
        self._stop_listening = self._office.feed.listen_to_all(self._hear)
        self._rounds.start()

    async def stop(self) -> None:
        """Stop watching."""
        self._stop_listening()
        await self._rounds.stop()

    def listen(self, agent: str, listener: RowListener) -> Stop:
        """Call `listener` with rows that concern this agent's console; returns how to stop."""
        self._listeners[listener] = agent

        def stop() -> None:
            self._listeners.pop(listener, None)

        return stop

    def _hear(self, change: Change) -> None:
        if not self._listeners:
            return
        row = change.conversation
        if change.has_new_owner:
            self._urgent[row.id] = None
        elif row.agent_id is not None:
            self._mine[row.id] = row.agent_id
        self._slow.add(row.id)

    async def _look(self) -> None:
        self._looks += 1
        is_full_look = self._looks % MINE_EVERY == 0
        for_all = set(list(self._urgent)[:MOST_URGENT_ROWS])
        for conversation in for_all:
            del self._urgent[conversation]
        mine = self._some_of_mine(for_all) if is_full_look else {}
        self._slow -= for_all
        if is_full_look:  # a few at a time: every console gets them, and none may be flooded
            for_all |= {self._slow.pop() for _ in range(min(len(self._slow), MOST_SLOW_ROWS))}
        wanted = for_all | mine.keys()
        if not wanted or not self._listeners:
            return
        async with self._office.database.read() as session:
            query = select(DbConversation).where(DbConversation.id.in_(wanted))
            rows = [row for row in await session.scalars(query) if row.last_customer_seq > 0]
            views = await row_views(session, self._office, rows)
            counts = await read_counts(session, now=self._office.clock())
        for view in views:
            self._tell(view, counts, only_to=mine.get(str(view["id"])))

    def _some_of_mine(self, told_anyway: set[str]) -> dict[str, str]:
        """Take as many as a busy desk can look at now; the others come with the next look."""
        for conversation in told_anyway:
            self._mine.pop(conversation, None)
        return {key: self._mine.pop(key) for key in list(self._mine)[:MOST_ROWS]}

    def _tell(self, view: dict[str, object], counts: Counts, *, only_to: str | None) -> None:
        text = json.dumps(view, ensure_ascii=False, separators=(",", ":"))
        for listener, agent in tuple(self._listeners.items()):
            if only_to is None or agent == only_to:
                listener(view, text, counts)
