"""Landing orders: new ones whole, known ones as far as the source says something new."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from shop.after_sales import STILL_OPEN
from shop.intake import wording
from shop.intake.consistency import faults_of_order
from shop.intake.deciding import (
    KEPT_AFTER_SALE,
    KEPT_CANCELLED,
    SENT_THOUGH_CANCELLED,
    decide,
    is_step_back,
)
from shop.intake.landed import Outcome
from shop.intake.lines import Line, lines_of, write_lines
from shop.intake.reasons import label
from shop.intake.records import OrderRecord, RecordError
from shop.intake.rows import write_facts
from shop.intake.statements import Heard
from shop.intake.work import Note, Work
from shop.order_numbers import canonical
from shop.orders import OrderStatus
from shop.tables import DbAfterSale, DbCustomer, DbOrder, DbOrderItem, DbProduct
from shop.wording import ORDER_STATES
from storage.tables import new_id

RECEIVER = ("receiver", "receiver_phone", "receiver_address")
PERSONAL = (*RECEIVER, "remark", "cancel_reason")
NEW_NEEDS = ("status", "placed_at", "items")
_FACTS = (
    *("status", "placed_at", "paid_at", "shipped_at", "signed_at", "completed_at", "cancelled_at"),
    *("goods_fen", "shipping_fen", "discount_fen", "payable_fen", "paid_fen"),
)
_MOVES_SHARES = {"items", "shipping_fen", "payable_fen", "paid_fen"}
_TOLD = {
    KEPT_CANCELLED: wording.KEPT_CANCELLED,
    SENT_THOUGH_CANCELLED: wording.SENT_THOUGH_CANCELLED,
    KEPT_AFTER_SALE: wording.KEPT_AFTER_SALE,
}


class OrderLander:
    """Adds and changes orders and their lines."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._rows: dict[str, DbOrder] = {}
        self._spelt: dict[str, str] = {}
        self._lines: dict[str, list[DbOrderItem]] = defaultdict(list)
        self._under_request: set[str] = set()
        self._skus: set[str] = set()
        self._customers: dict[str, DbCustomer] = {}
        self._new_customers: list[DbCustomer] = []
        self._new: list[DbOrder | DbOrderItem] = []
        self._moved: list[tuple[DbOrder, str]] = []

    async def look_up(self, records: Sequence[OrderRecord]) -> None:
        """Load the orders, their lines and open requests, and what they refer to."""
        session = self._work.session
        numbers = {record.number for record in records}
        spelt = {canonical(number) or number for number in numbers}
        query = select(DbOrder).where(
            or_(DbOrder.number.in_(numbers), DbOrder.canonical_number.in_(spelt))
        )
        for row in await session.scalars(query.with_for_update()):
            self._rows[row.number] = row
            self._spelt[row.canonical_number] = row.number
        ids = [row.id for row in self._rows.values()]
        lines = select(DbOrderItem).where(DbOrderItem.order_id.in_(ids)).order_by(DbOrderItem.id)
        for line in await session.scalars(lines):
            self._lines[line.order_id].append(line)
        under = select(DbAfterSale.order_id).where(
            DbAfterSale.order_id.in_(ids), DbAfterSale.status.in_(STILL_OPEN)
        )
        self._under_request = set(await session.scalars(under))
        skus = {item.sku for record in records for item in record.items}
        known = await session.scalars(select(DbProduct.sku).where(DbProduct.sku.in_(skus)))
        self._skus = set(known)
        buyers = {record.customer_id for record in records if record.customer_id}
        found = await session.scalars(select(DbCustomer).where(DbCustomer.id.in_(buyers)))
        self._customers = {row.id: row for row in found}

    def is_stored(self, record: OrderRecord) -> bool:
        """Whether the order is there."""
        return record.number in self._rows

    def take(self, heard: Heard, record: OrderRecord) -> Outcome:
        """Write one record; raises RecordError."""
        for item in record.items:
            if item.sku not in self._skus:
                raise RecordError(wording.UNKNOWN_SKU.format(sku=item.sku))
        row = self._rows.get(record.number)
        if row is None:
            return self._add(record)
        if self._is_behind(row, heard):
            return Outcome.OLDER
        return self._change(row, heard, record)

    async def settle(self) -> None:
        """Write to the database: buyers first, then orders, then their lines."""
        session = self._work.session
        session.add_all(self._new_customers)
        await session.flush()
        for row, buyer in self._moved:
            row.customer_id = buyer
        session.add_all(one for one in self._new if isinstance(one, DbOrder))
        await session.flush()
        session.add_all(one for one in self._new if isinstance(one, DbOrderItem))
        await session.flush()

    def _add(self, record: OrderRecord) -> Outcome:
        for name in NEW_NEEDS:
            if name not in record.model_fields_set or not getattr(record, name):
                raise RecordError(wording.NEW_NEEDS.format(field=label(name)))
        self._check_spelling(record.number)
        facts = _first_facts(record)
        lines = lines_of(record.items, _for_goods(facts))
        _check(facts, lines)
        row = DbOrder(id=new_id(), number=record.number, platform=str(record.platform))
        row.canonical_number = canonical(record.number) or record.number
        self._remember_buyer(record)
        write_facts(row, self._without_forgotten(row, record, facts))
        self._rows[record.number] = row
        self._spelt[row.canonical_number] = row.number
        self._new.append(row)
        self._new += write_lines(row.id, self._lines[row.id], lines).added
        return Outcome.ADDED

    def _change(self, row: DbOrder, heard: Heard, record: OrderRecord) -> Outcome:
        facts = {name: value for name, value in heard.news.items() if name != "items"}
        if "status" in facts:
            facts["status"] = self._decided(row, heard)
        merged = {name: facts.get(name, getattr(row, name)) for name in _FACTS}
        stored = self._lines[row.id]
        lines = [Line.of_row(line) for line in stored]
        if record.items and _MOVES_SHARES & heard.news.keys():
            lines = lines_of(record.items, _for_goods(merged))
        _check(merged, lines)
        self._note_receiver(row, heard)
        self._remember_buyer(record)
        if facts.get("customer_id"):  # the row of a new buyer has to be there first
            self._moved.append((row, facts.pop("customer_id")))
        changed = write_facts(row, self._without_forgotten(row, record, facts))
        changed |= any(moved is row and row.customer_id != to for moved, to in self._moved)
        written = write_lines(row.id, stored, lines)
        self._new += written.added
        for line in written.dropped:
            self._drop(line)
        return Outcome.CHANGED if changed or written.changed else Outcome.KNOWN

    def _drop(self, line: DbOrderItem) -> None:
        if line in self._new:
            self._new.remove(line)
        else:
            self._work.session.sync_session.delete(line)

    def _is_behind(self, row: DbOrder, heard: Heard) -> bool:
        """Whether a record without a time of change tells what its source overtook itself."""
        said = heard.news.get("status")
        if said is None or heard.record.updated_at is not None:
            return False
        if heard.is_ours("status", row.status):  # the source never said so; decide() weighs it
            return False
        return is_step_back(OrderStatus(row.status), said)

    def _decided(self, row: DbOrder, heard: Heard) -> OrderStatus:
        stored, said = OrderStatus(row.status), OrderStatus(heard.news["status"])
        decision = decide(
            stored,
            said,
            is_ours=heard.is_ours("status", row.status),
            has_open_request=row.id in self._under_request,
        )
        if decision.against is not None:
            told = _TOLD[decision.against].format(
                number=row.number, said=ORDER_STATES[said], kept=ORDER_STATES[stored]
            )
            note = Note(order_id=row.id, text=told, about=f"{stored}/{said}")
            self._work.notes.append(note)
        return decision.status

    def _note_receiver(self, row: DbOrder, heard: Heard) -> None:
        replaced = [
            name
            for name in RECEIVER
            if name in heard.news
            and name in heard.before
            and getattr(row, name) not in (None, heard.news[name])
            and heard.is_ours(name, getattr(row, name))
        ]
        if replaced:
            fields = "、".join(label(name) for name in replaced)
            told = wording.RECEIVER_REPLACED.format(number=row.number, fields=fields)
            self._work.notes.append(Note(order_id=row.id, text=told, about="receiver"))

    def _check_spelling(self, number: str) -> None:
        other = self._spelt.get(canonical(number) or number)
        if other is not None and other != number:
            raise RecordError(wording.OTHER_SPELLING.format(number=other))

    def _remember_buyer(self, record: OrderRecord) -> None:
        """Enter a buyer of whom no record came yet, so that her ticket finds her orders."""
        if record.customer_id is None or record.customer_id in self._customers:
            return
        buyer = DbCustomer(
            id=record.customer_id,
            nickname=record.nickname or record.customer_id,
            registered_at=record.placed_at or self._work.now,
            marketing_consent=False,
        )
        self._customers[buyer.id] = buyer
        self._new_customers.append(buyer)

    def _without_forgotten(
        self, row: DbOrder, record: OrderRecord, facts: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Leave out who received an order that was forgotten with its buyer."""
        buyer = self._customers.get(record.customer_id or row.customer_id or "")
        placed_at = facts.get("placed_at", row.placed_at)
        if buyer is None or buyer.forgotten_at is None or placed_at > buyer.forgotten_at:
            return facts
        return {name: value for name, value in facts.items() if name not in PERSONAL}


def _first_facts(record: OrderRecord) -> dict[str, Any]:
    """Return the facts of a new order; sums that it does not give follow from its lines."""
    facts: dict[str, Any] = {name: getattr(record, name) for name in _FACTS}
    facts |= {name: value for name, value in record.facts().items() if name != "items"}
    given = record.model_fields_set
    if "goods_fen" not in given:
        facts["goods_fen"] = sum(item.unit_price_fen * item.quantity for item in record.items)
    if "payable_fen" not in given:
        payable = facts["goods_fen"] - facts["discount_fen"] + facts["shipping_fen"]
        facts["payable_fen"] = max(0, payable, facts["paid_fen"])
    return facts


def _for_goods(facts: Mapping[str, Any]) -> int:
    """Return what was, or is to be, paid for the goods alone."""
    paid: int = facts["paid_fen"] or facts["payable_fen"]
    return max(0, paid - int(facts["shipping_fen"]))


def _check(facts: Mapping[str, Any], lines: Sequence[Line]) -> None:
    if facts["placed_at"] is None:
        raise RecordError(wording.MISSING.format(field=label("placed_at")))
    faults = faults_of_order({**facts, "shares_fen": [line.paid_fen for line in lines]})
    if faults:
        raise RecordError("；".join(faults))
