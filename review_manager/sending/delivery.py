"""Takes entries of one kind out of the outbox, sends them, and settles what became of each."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.sending.endpoint import Endpoint
from review_manager.sending.wire import Message, Outcome, Receipt
from storage.engine import Database
from storage.outbox import (
    DbOutboxEntry,
    claim_due,
    give_up,
    mark_failed,
    mark_sent,
)

Clock = Callable[[], datetime]


class Withdrawn(Exception):  # noqa: N818 - not an error: there is nothing to send any more
    """What the entry was about is over; it is taken out of the outbox unsent."""


class Postponed(Exception):  # noqa: N818 - not an error: the time is not right
    """The entry may not be sent before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class Unsendable(Exception):  # noqa: N818 - said by the one who composes, told to people
    """The entry cannot be sent as it is; the message says why, in words for people."""


@dataclass(frozen=True)
class Parcel:
    """A message and when the thing it tells of happened."""

    message: Message
    happened_at: datetime


class Courier(Protocol):
    """What knows one kind of entry: how to say it, and what its delivery means."""

    kind: str
    attempts: int

    async def compose(
        self, session: AsyncSession, entry: DbOutboxEntry, *, now: datetime
    ) -> Parcel:
        """Return what to send; raises Withdrawn, Postponed or Unsendable."""

    async def taken(
        self, session: AsyncSession, entry: DbOutboxEntry, receipt: Receipt, *, now: datetime
    ) -> None:
        """Note the delivery where it belongs."""

    async def failed(
        self, session: AsyncSession, entry: DbOutboxEntry, receipt: Receipt, *, now: datetime
    ) -> None:
        """Note a failed attempt; `entry` is given up already if there will be no other."""


async def deliver(
    database: Database, courier: Courier, endpoint: Endpoint, *, clock: Clock, at_once: int
) -> int:
    """Send what is due, at most `at_once` entries side by side; return how many were tried.

    No transaction is open while the other side thinks; the lease of an entry is longer than the
    time limit of an attempt.
    """
    parcels = await _claim(database, courier, clock=clock, at_once=at_once)
    receipts = await asyncio.gather(
        *(
            endpoint.send(parcel.message, happened_at=parcel.happened_at, now=clock())
            for _, parcel in parcels
        )
    )
    for (entry_id, _), receipt in zip(parcels, receipts, strict=True):
        async with database.write() as session:
            await _settle(session, courier, entry_id, receipt, now=clock())
    return len(parcels)


async def _claim(
    database: Database, courier: Courier, *, clock: Clock, at_once: int
) -> list[tuple[str, Parcel]]:
    now, ready = clock(), []
    async with database.write() as session:
        for entry in await claim_due(session, kind=courier.kind, now=now, limit=at_once):
            try:
                parcel = await courier.compose(session, entry, now=now)
            except Withdrawn:
                await session.delete(entry)
            except Postponed as error:
                entry.attempts -= 1
                entry.due_at = error.until
            except Unsendable as error:
                give_up(entry, error=str(error))
                receipt = Receipt(Outcome.REFUSED, str(error))
                await courier.failed(session, entry, receipt, now=now)
            else:
                ready.append((entry.id, parcel))
    return ready


async def _settle(
    session: AsyncSession, courier: Courier, entry_id: str, receipt: Receipt, *, now: datetime
) -> None:
    entry = await session.get(DbOutboxEntry, entry_id, with_for_update=True)
    if entry is None or entry.sent_at is not None:
        return
    if receipt.outcome is Outcome.TAKEN:
        mark_sent(entry, now=now)
        await courier.taken(session, entry, receipt, now=now)
        return
    if receipt.outcome is Outcome.REFUSED or entry.attempts >= courier.attempts:
        give_up(entry, error=receipt.words)
    else:
        mark_failed(entry, now=now, error=receipt.words, wait=receipt.wait)
    await courier.failed(session, entry, receipt, now=now)
