"""Landing products."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from shop.intake import wording
from shop.intake.landed import Outcome
from shop.intake.reasons import label
from shop.intake.records import ProductRecord, RecordError
from shop.intake.rows import write_facts
from shop.intake.statements import Heard
from shop.intake.work import Work
from shop.tables import DbProduct

NEW_NEEDS = ("name", "price_fen", "stock")


class ProductLander:
    """Adds and changes products."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._rows: dict[str, DbProduct] = {}

    async def look_up(self, records: Sequence[ProductRecord]) -> None:
        """Load the products that the records are about."""
        skus = {record.sku for record in records}
        query = select(DbProduct).where(DbProduct.sku.in_(skus))
        self._rows = {row.sku: row for row in await self._work.session.scalars(query)}

    def is_stored(self, record: ProductRecord) -> bool:
        """Whether the product is there."""
        return record.sku in self._rows

    def take(self, heard: Heard, record: ProductRecord) -> Outcome:
        """Write one record; raises RecordError."""
        row = self._rows.get(record.sku)
        if row is not None:
            return Outcome.CHANGED if write_facts(row, _stored(heard.news)) else Outcome.KNOWN
        for name in NEW_NEEDS:
            if name not in record.model_fields_set or getattr(record, name) in ("", None):
                raise RecordError(wording.NEW_NEEDS.format(field=label(name)))
        row = DbProduct(sku=record.sku, category=str(record.category), faq=[])
        write_facts(row, _stored(heard.news))
        self._rows[record.sku] = row
        self._work.session.add(row)
        return Outcome.ADDED

    async def settle(self) -> None:
        """Write to the database."""
        await self._work.session.flush()


def _stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(facts)
    if "faq" in stored:
        stored["faq"] = [question.model_dump() for question in stored["faq"]]
    return stored
