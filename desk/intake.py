"""Takes in what customers say: many at a time in one commit, each acknowledged after it.

One commit costs about the same for one message as for a hundred, so whoever arrives while one is
being written shares the next. Nobody waits for company: an idle desk writes a message alone and
at once. The thread that writes takes group after group by itself, while the event loop tells the
groups before it.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from time import monotonic
from typing import cast

import structlog
from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.messages import Message
from desk.office import Office
from desk.pen import Change, NoSuchConversationError, Pen, said_by_key, under_keys
from desk.plain_rows import PlainRows
from desk.rounds import unbroken
from desk.speaking import Said, receive
from desk.tables import DbMessage
from desk.telling import News, Telling
from storage.batches import BatchWriter
from storage.many_rows import insert_rows

log = structlog.get_logger(__name__)
MOST_AT_ONCE = 200

_MESSAGE = cast(Table, DbMessage.__table__)
_SEALED = "original_sealed"
_NARROW = tuple(each.key for each in _MESSAGE.columns if each.key != _SEALED)
"""What JSON can carry: all but the sealed original, which only masked messages have."""
_narrow = itemgetter(*_NARROW)


@dataclass(frozen=True)
class Taken:
    """A stored message; `replayed` means that it was there already."""

    message: Message
    replayed: bool


Result = Taken | Exception
Then = Callable[[Result], None]
"""Hears, after the commit, that a message is stored, or why it is not; must not raise."""
Waiter = tuple[Said, Then]


class IntakeClosedError(Exception):
    """The desk stops; what was not acknowledged will be sent again."""


class Flow:
    """How many messages come in."""

    def __init__(self) -> None:
        self._second = self._count = self._before = 0

    def note(self, count: int) -> None:
        """Count messages that were stored now."""
        self._turn_over()
        self._count += count

    def per_second(self) -> float:
        """Return the messages of this second or the last one, whichever had more."""
        self._turn_over()
        return float(max(self._count, self._before))

    def _turn_over(self) -> None:
        second = int(monotonic())
        if second != self._second:
            self._before = self._count if second == self._second + 1 else 0
            self._second, self._count = second, 0


class Intake:
    """The one door through which customers' messages come in."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._writer = BatchWriter(office.database.url)
        self._waiting: deque[Waiter] = deque()
        self._is_closing = False
        self.flow = Flow()
        self._telling = Telling()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take in."""
        self._task = asyncio.create_task(self._work(), name="desk-intake")

    async def stop(self) -> None:
        """Stop; what was not committed was not acknowledged and will be sent again."""
        self._is_closing = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._telling.all()
        while self._waiting:
            said, then = self._waiting.popleft()
            self._tell(said.conversation, (), [(then, IntakeClosedError())])
        await self._writer.close()

    def put(self, said: Said, then: Then) -> None:
        """Store one message and call `then` once it is on disk; in the order in which they came."""
        self._office.feed.expect(said.conversation)
        self._waiting.append((said, then))
        self._arrived.set()

    async def take(self, said: Said) -> Taken:
        """Store one message and return it once it is on disk."""
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self.put(said, partial(_settle, future))
        return await future

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            await unbroken(self._take_turn())

    async def _take_turn(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._office.database.turn():
            await self._writer.run(partial(self._write_groups, loop))
        if self._waiting:
            self._arrived.set()

    def _write_groups(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what waits until nothing does, or somebody else does; in the writer's thread."""
        while batch := self._next():
            pens, results = self._store([said for said, _then in batch])
            loop.call_soon_threadsafe(self._stored, pens, batch, results)
            if self._is_closing or self._office.database.is_awaited:
                return

    def _next(self) -> list[Waiter]:
        """Return who is next; only the writer's thread takes anybody away."""
        return [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]

    def _stored(
        self, pens: Sequence[Pen], batch: Sequence[Waiter], results: Sequence[Result]
    ) -> None:
        self.flow.note(len(batch))
        self._telling.soon(self._news(pens, batch, results))

    def _news(
        self, pens: Sequence[Pen], batch: Sequence[Waiter], results: Sequence[Result]
    ) -> list[News]:
        """Return who is to be told what, conversation by conversation: watchers, then who spoke."""
        changes: dict[str, list[Change]] = {}
        for pen in pens:
            for change in pen.changes():
                changes.setdefault(change.conversation.id, []).append(change)
        heard: dict[str, list[tuple[Then, Result]]] = {}
        for (said, then), result in zip(batch, results, strict=True):
            heard.setdefault(said.conversation, []).append((then, result))
        return [partial(self._tell, key, changes.get(key, ()), each) for key, each in heard.items()]

    def _tell(
        self, conversation: str, changes: Sequence[Change], heard: Sequence[tuple[Then, Result]]
    ) -> None:
        feed = self._office.feed
        feed.came(conversation, len(heard))
        feed.publish(changes)
        for then, result in heard:
            then(result)

    def _store(self, batch: Sequence[Said]) -> tuple[list[Pen], list[Result]]:
        try:
            pen, results = self._commit(batch)
        except Exception as error:
            if len(batch) > 1:  # one bad message must not cost the others
                alone = [self._store([said]) for said in batch]
                return [pen for pens, _ in alone for pen in pens], [one for _, (one,) in alone]
            log.warning("message not stored", error=type(error).__name__)
            return [], [error]
        return [pen], results

    def _commit(self, batch: Sequence[Said]) -> tuple[Pen, list[Result]]:
        try:
            return self._write(batch, looks_first=False)
        except IntegrityError:  # a retry is among them: look up what is stored already
            return self._write(batch, looks_first=True)

    def _write(self, batch: Sequence[Said], *, looks_first: bool) -> tuple[Pen, list[Result]]:
        pen = Pen(None, self._office.clock())
        return pen, self._writer.write(partial(_write, pen, batch, looks_first=looks_first))


def _write(pen: Pen, batch: Sequence[Said], session: Session, *, looks_first: bool) -> list[Result]:
    """Store a batch inside the writer's transaction."""
    rows = PlainRows(session, {said.conversation for said in batch})
    for row in rows.conversations.values():
        pen.saw(row)
    keys = [said.key for said in batch]
    stored = said_by_key(session.scalars(under_keys(keys))) if looks_first else {}
    known = {key: Taken(message, replayed=True) for key, message in stored.items()}
    results: list[Result] = []
    for said in batch:
        found = rows.conversations.get(said.conversation)
        if found is None:
            results.append(NoSuchConversationError(said.conversation))
        elif said.key in known:
            results.append(replace(known[said.key], replayed=True))
        else:
            known[said.key] = Taken(receive(pen, found, said), replayed=False)
            results.append(known[said.key])
    rows.write(pen.touched)
    _put_down(pen, session)
    return results


def _put_down(pen: Pen, session: Session) -> None:
    """Insert what was said and what happened."""
    for entity, rows in pen.rows():
        table = cast(Table, entity.__table__)
        whole = rows
        if table is _MESSAGE:
            whole = [row for row in rows if row[_SEALED] is not None]
            narrow = [_narrow(row) for row in rows if row[_SEALED] is None]
            insert_rows(session, table, _NARROW, narrow)
        if whole:  # the table itself: its statements skip what the mapper does for each row
            session.execute(insert(table), whole)


def _settle(future: "asyncio.Future[Taken]", result: Result) -> None:
    if future.done():  # whoever asked is gone; the message is stored all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
