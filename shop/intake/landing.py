"""Lands a batch of records in one transaction: each kind in turn, each record once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shop.intake.after_sales import AfterSaleLander
from shop.intake.codes import Kind
from shop.intake.customers import CustomerLander
from shop.intake.landed import Landed, Outcome
from shop.intake.orders import OrderLander
from shop.intake.parcels import ParcelLander
from shop.intake.products import ProductLander
from shop.intake.records import Record, RecordError
from shop.intake.statements import Heard, Statements
from shop.intake.work import Note, Work
from storage import audit

_IMPORT_LOCK = 7_155_002


class _Lander(Protocol):
    async def look_up(self, records: Sequence[Any]) -> None: ...
    def is_stored(self, record: Any) -> bool: ...
    def take(self, heard: Heard, record: Any) -> Outcome: ...
    async def settle(self) -> None: ...


_LANDERS: dict[Kind, Callable[[Work], _Lander]] = {
    Kind.PRODUCT: ProductLander,
    Kind.CUSTOMER: CustomerLander,
    Kind.ORDER: OrderLander,
    Kind.PARCEL: ParcelLander,
    Kind.AFTER_SALE: AfterSaleLander,
}


async def land(
    session: AsyncSession,
    records: Sequence[tuple[int, Record]],
    *,
    actor: str,
    now: datetime,
) -> Landed:
    """Land (place, record) pairs in the caller's transaction; products first, after-sales last.

    A record that cannot be true is refused by itself and changes nothing.
    """
    await _queue(session)
    landed = Landed()
    for kind in Kind:
        of_kind = [(place, record) for place, record in records if record.kind is kind]
        if of_kind:
            await _land_kind(session, kind, of_kind, landed, actor=actor, now=now)
    landed.refused.sort()
    return landed


async def audit_import(
    session: AsyncSession, landed: Landed, *, actor: str, source: str, now: datetime
) -> None:
    """Enter in the audit log who brought in what; `source` is a file's name or a door."""
    await audit.record(
        session,
        actor=actor,
        action="records.imported",
        object_type="records",
        object_id=source[:80],
        at=now,
        detail={"kinds": landed.by_kind()},
    )


async def _land_kind(
    session: AsyncSession,
    kind: Kind,
    batch: Sequence[tuple[int, Record]],
    landed: Landed,
    *,
    actor: str,
    now: datetime,
) -> None:
    records = [record for _, record in batch]
    statements = Statements(session, actor=actor, now=now)
    work = Work(session, now)
    disagreed: list[Note] = []
    lander = _LANDERS[kind](work)
    await statements.look_up(kind, records)
    await lander.look_up(records)
    for place, record in batch:
        outcome = _land_one(lander, statements, record, place, landed)
        landed.counts[kind, outcome] += 1
        if outcome is not Outcome.REFUSED:
            landed.notes += [(place, note.text) for note in work.notes]
            disagreed += work.notes
        work.notes.clear()
    await lander.settle()
    for note in disagreed:
        await audit.record(
            session,
            actor=actor,
            action="order.source_disagrees",
            object_type="order",
            object_id=note.order_id,
            at=now,
            detail={"here_and_there": note.about},
        )


def _land_one(
    lander: _Lander, statements: Statements, record: Record, place: int, landed: Landed
) -> Outcome:
    heard = statements.hear(record, is_stored=lander.is_stored(record))
    # An older parcel goes on: its trace may still hold an event that nobody told.
    if heard.older and record.kind is not Kind.PARCEL:
        return Outcome.OLDER
    try:
        outcome = lander.take(heard, record)
    except RecordError as error:
        landed.refused.append((place, str(error)))
        return Outcome.REFUSED
    if outcome is not Outcome.OLDER and not heard.older:
        statements.keep(heard)
    return outcome


async def _queue(session: AsyncSession) -> None:
    """Let imports wait for each other; SQLite's writers do already (BEGIN IMMEDIATE)."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
