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
from desk.rows import Counts, read_counts, read_places, row_views
from desk.tables import DbConversation

LOOK_SECONDS = 0.2
MINE_EVERY = 5
# Of what was said in the last second each look tells its share: many rows at once hold up chats.
MOST_ROWS = 20
MOST_SLOW_ROWS = 4
MOST_URGENT_ROWS = 100

LINE_SECONDS = 1.0
MOST_IN_LINE = 100

LineListener = Callable[[list[str]], None]
"""Takes the conversations that wait, the next one first."""
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
        self._mine_now: dict[str, str] = {}
        self._slow_now: list[str] = []
        self._looks = 0
        self._rounds = Rounds(self._look, every=LOOK_SECONDS, name="desk-lists")
        self._line: list[str] = []
        self._line_listeners: set[LineListener] = set()
        self._line_rounds = Rounds(self._look_at_line, every=LINE_SECONDS, name="desk-line")
        self._stop_listening: Stop = lambda: None

    def start(self) -> None:
        """Begin to watch."""
        self._stop_listening = self._office.feed.listen_to_all(self._hear)
        self._rounds.start()
        self._line_rounds.start()

    async def stop(self) -> None:
        """Stop watching."""
        self._stop_listening()
        await self._rounds.stop()
        await self._line_rounds.stop()

    def listen(self, agent: str, listener: RowListener) -> Stop:
        """Call `listener` with rows that concern this agent's console; returns how to stop."""
        self._listeners[listener] = agent

        def stop() -> None:
            self._listeners.pop(listener, None)

        return stop

    def listen_to_line(self, listener: LineListener) -> Stop:
        """Call `listener` whenever the order of those who wait changed; returns how to stop."""
        self._line_listeners.add(listener)
        return lambda: self._line_listeners.discard(listener)

    async def _look_at_line(self) -> None:
        """Whoever comes, leaves or moves up shifts the others, whose own rows did not change."""
        if not self._line_listeners:
            return
        async with self._office.database.read() as session:
            places = await read_places(session, self._office)
        ordered = list(places)[:MOST_IN_LINE]
        if ordered == self._line:
            return
        self._line = ordered
        for listener in tuple(self._line_listeners):
            listener(ordered)

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
        if self._looks % MINE_EVERY == 0:  # so no talk is told more often than once in so many
            self._take_up()
        for_all = set(list(self._urgent)[:MOST_URGENT_ROWS])
        for conversation in for_all:
            del self._urgent[conversation]
            self._mine.pop(conversation, None)
        self._slow -= for_all
        for_all |= set(self._slow_now[:MOST_SLOW_ROWS])
        del self._slow_now[:MOST_SLOW_ROWS]
        mine = {key: self._mine_now.pop(key) for key in list(self._mine_now)[:MOST_ROWS]}
        for conversation in for_all & mine.keys():  # she hears of it with all the others
            del mine[conversation]
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

    def _take_up(self) -> None:
        """Choose what the next looks tell; what is over waits, so that no console is flooded."""
        for key in list(self._mine)[: MOST_ROWS * MINE_EVERY]:
            self._mine_now[key] = self._mine.pop(key)
        room = MOST_SLOW_ROWS * MINE_EVERY - len(self._slow_now)
        self._slow_now += [self._slow.pop() for _ in range(min(len(self._slow), room))]

    def _tell(self, view: dict[str, object], counts: Counts, *, only_to: str | None) -> None:
        text = json.dumps(view, ensure_ascii=False, separators=(",", ":"))
        for listener, agent in tuple(self._listeners.items()):
            if only_to is None or agent == only_to:
                listener(view, text, counts)
