"""Takes in what customers say: many at a time in one commit, each acknowledged after it.

One commit costs about the same for one message as for a hundred, so whoever arrives while one is
being written shares the next.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import structlog
from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.messages import Message
from desk.office import Office
from desk.pen import NoSuchConversationError, Pen, said_by_key, to_hold, under_keys
from desk.plain_rows import read_plain
from desk.rounds import unbroken
from desk.speaking import Said, receive
from desk.states import Owner
from desk.tables import DbConversation
from storage.batches import BatchWriter
from storage.tables import Base

log = structlog.get_logger(__name__)
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Taken:
    """A stored message; `replayed` means that it was there already."""

    message: Message
    replayed: bool


Waiter = tuple[Said, "asyncio.Future[Taken]"]


class Intake:
    """The one door through which customers' messages come in."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._writer = BatchWriter(office.database.url)
        self._waiting: asyncio.Queue[Waiter] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take in."""
        self._task = asyncio.create_task(self._work(), name="desk-intake")

    async def stop(self) -> None:
        """Stop; what was not committed was not acknowledged and will be sent again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        while not self._waiting.empty():
            _said, future = self._waiting.get_nowait()
            future.cancel()
        await self._writer.close()

    async def take(self, said: Said) -> Taken:
        """Store one message and return it once it is on disk."""
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((said, future))
        return await future

    async def _work(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await unbroken(self._store(batch))

    async def _store(self, batch: Sequence[Waiter]) -> None:
        try:
            taken = await self._commit([said for said, _future in batch])
        except Exception as error:
            if len(batch) > 1:  # one bad message must not cost the others
                for waiter in batch:
                    await self._store([waiter])
                return
            log.warning("message not stored", error=type(error).__name__)
            _settle(batch[0][1], error)
            return
        for (_said, future), result in zip(batch, taken, strict=True):
            _settle(future, result)

    async def _commit(self, batch: Sequence[Said]) -> list[Taken | Exception]:
        async with self._office.database.turn():
            try:
                pen, results = await self._write(batch, looks_first=False)
            except IntegrityError:  # a retry is among them: look up what is stored already
                pen, results = await self._write(batch, looks_first=True)
        self._office.feed.publish(pen.changes())
        return results

    async def _write(
        self, batch: Sequence[Said], *, looks_first: bool
    ) -> tuple[Pen, list[Taken | Exception]]:
        pen = Pen(None, self._office.clock())
        work = partial(_write, pen, batch, looks_first=looks_first)
        return pen, await self._writer.write(work)


def _write(
    pen: Pen, batch: Sequence[Said], session: Session, *, looks_first: bool
) -> list[Taken | Exception]:
    """Store a batch; runs in the writer's thread, inside its transaction."""
    plain = read_plain(session, {said.conversation for said in batch})
    ended = [key for key, row in plain.items() if row.owner == Owner.CLOSED]
    # A message after the end changes the owner, and with it more than the short way writes.
    whole = {row.id: row for row in session.scalars(to_hold(ended))} if ended else {}
    conversations = plain | whole
    for row in conversations.values():
        pen.saw(row)
    keys = [said.key for said in batch]
    stored = said_by_key(session.scalars(under_keys(keys))) if looks_first else {}
    known = {key: Taken(message, replayed=True) for key, message in stored.items()}
    results: list[Taken | Exception] = []
    for said in batch:
        found = conversations.get(said.conversation)
        if found is None:
            results.append(NoSuchConversationError(said.conversation))
        elif said.key in known:
            results.append(replace(known[said.key], replayed=True))
        else:
            known[said.key] = Taken(receive(pen, found, said), replayed=False)
            results.append(known[said.key])
    _put_down(pen, session, [row for key, row in plain.items() if key not in whole])
    return results


def _put_down(pen: Pen, session: Session, only_words: Sequence[DbConversation]) -> None:
    """Write it all; a conversation in which only words were said takes the short way."""
    words = [
        {"row_id": row.id, **{name: getattr(row, name) for name in _WORDS}} for row in only_words
    ]
    if words:
        session.execute(_SAY, words)
    session.flush()
    for table, rows in pen.rows():
        session.execute(insert(_table(table)), rows)


_WORDS = (
    "last_seq",
    "revision",
    "updated_at",
    "last_customer_seq",
    "last_customer_at",
    "last_text",
    "last_sender",
    "unread",
    "waiting_since",
)


def _table(entity: type[Base]) -> Table:
    """Return the table itself: its statements skip what the object mapper does for each row."""
    return cast(Table, entity.__table__)


_CONVERSATION = _table(DbConversation)
_SAY = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in _WORDS})
)


def _settle(future: "asyncio.Future[Taken]", result: Taken | Exception) -> None:
    if future.done():  # the customer's connection is gone; the message is stored all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
