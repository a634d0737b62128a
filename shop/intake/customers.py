"""Landing customers; their personal data is sealed, the phone found by its blind index."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from shop.intake import wording
from shop.intake.landed import Outcome
from shop.intake.records import CustomerRecord, RecordError
from shop.intake.rows import write_facts
from shop.intake.statements import Heard
from shop.intake.work import Work
from shop.tables import DbCustomer
from storage.sealed import blind_index


class CustomerLander:
    """Adds and changes customers; one who was forgotten stays so."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._rows: dict[str, DbCustomer] = {}

    async def look_up(self, records: Sequence[CustomerRecord]) -> None:
        """Load the customers that the records are about."""
        ids = {record.customer_id for record in records}
        query = select(DbCustomer).where(DbCustomer.id.in_(ids)).with_for_update()
        self._rows = {row.id: row for row in await self._work.session.scalars(query)}

    def is_stored(self, record: CustomerRecord) -> bool:
        """Whether the customer is there."""
        return record.customer_id in self._rows

    def take(self, heard: Heard, record: CustomerRecord) -> Outcome:
        """Write one record; raises RecordError."""
        row = self._rows.get(record.customer_id)
        if row is not None and row.forgotten_at is not None:
            raise RecordError(wording.FORGOTTEN)
        if row is not None:
            return Outcome.CHANGED if write_facts(row, _stored(heard.news)) else Outcome.KNOWN
        row = DbCustomer(
            id=record.customer_id,
            nickname=record.nickname or record.customer_id,
            registered_at=self._work.now,
            marketing_consent=False,
        )
        write_facts(row, _stored(heard.news))
        self._rows[record.customer_id] = row
        self._work.session.add(row)
        return Outcome.ADDED

    async def settle(self) -> None:
        """Write to the database."""
        await self._work.session.flush()


def _stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(facts)
    if "phone" in stored:
        stored["phone_index"] = phone_index(stored["phone"])
    for name in ("nickname", "registered_at"):
        if not stored.get(name):
            stored.pop(name, None)
    return stored


def phone_index(phone: str | None) -> str | None:
    """Return the blind index of a phone number; a masked one belongs to nobody in particular."""
    digits = "".join(filter(str.isdigit, phone or ""))[-11:]
    return blind_index("phone", digits) if digits and "*" not in (phone or "") else None
