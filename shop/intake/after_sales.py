"""Landing after-sale requests, and letting an order go on when its last one is over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from shop.after_sales import STILL_OPEN, Status
from shop.intake import wording
from shop.intake.consistency import faults_of_after_sale
from shop.intake.deciding import UNDER_AFTER_SALE, is_after_sale_step_back
from shop.intake.landed import Outcome
from shop.intake.reasons import label
from shop.intake.records import AfterSaleRecord, RecordError
from shop.intake.rows import write_facts
from shop.intake.statements import Heard
from shop.intake.work import Work
from shop.order_numbers import canonical
from shop.orders import OrderStatus
from shop.tables import DbAfterSale, DbCustomer, DbOrder, DbOrderItem
from storage.tables import new_id

NEW_NEEDS = ("order_number", "wish", "status", "requested_at")
_TIMES = ("requested_at", "decided_at", "returned_at", "received_at", "closed_at")


class AfterSaleLander:
    """Adds and changes after-sale requests, those that were opened here too."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._rows: dict[str, DbAfterSale] = {}
        self._orders: dict[str, DbOrder] = {}
        self._skus: set[tuple[str, str]] = set()
        self._forgotten: set[str] = set()
        self._of_order: dict[str, list[DbAfterSale]] = defaultdict(list)

    async def look_up(self, records: Sequence[AfterSaleRecord]) -> None:
        """Load the requests, their orders, and every other request about those orders."""
        session = self._work.session
        numbers = {record.number for record in records}
        named = {record.order_number for record in records if record.order_number}
        spelt = {canonical(number) or number for number in named}
        known = select(DbAfterSale.order_id).where(DbAfterSale.number.in_(numbers))
        orders = select(DbOrder).where(
            or_(DbOrder.canonical_number.in_(spelt), DbOrder.id.in_(known))
        )
        for order in await session.scalars(orders.with_for_update()):
            self._orders[order.id] = self._orders[order.canonical_number] = order
        ids = {order.id for order in self._orders.values()}
        asked = select(DbAfterSale).where(DbAfterSale.order_id.in_(ids)).with_for_update()
        for row in await session.scalars(asked):
            self._rows[row.number] = row
            self._of_order[row.order_id].append(row)
        lines = select(DbOrderItem.order_id, DbOrderItem.sku).where(DbOrderItem.order_id.in_(ids))
        self._skus = {(order_id, sku) for order_id, sku in await session.execute(lines)}
        erased = select(DbOrder.id).join(DbCustomer, DbCustomer.id == DbOrder.customer_id)
        erased = erased.where(DbOrder.id.in_(ids), DbCustomer.forgotten_at >= DbOrder.placed_at)
        self._forgotten = set(await session.scalars(erased))

    def is_stored(self, record: AfterSaleRecord) -> bool:
        """Whether the request is there."""
        return record.number in self._rows

    def take(self, heard: Heard, record: AfterSaleRecord) -> Outcome:
        """Write one record; raises RecordError."""
        row = self._rows.get(record.number)
        if row is None:
            return self._add(record)
        order = self._orders[row.order_id]
        if record.order_number and self._order(record.order_number) is not order:
            raise RecordError(wording.OTHER_ORDER.format(number=record.number))
        facts = self._stored(order, heard.news)
        said = facts.get("status")
        behind = said is not None and is_after_sale_step_back(Status(row.status), Status(said))
        if behind and record.updated_at is None:
            return Outcome.OLDER
        self._check(order, {**_of_row(row), **facts})
        changed = write_facts(row, facts)
        if changed:
            self._go_on(order)
        return Outcome.CHANGED if changed else Outcome.KNOWN

    async def settle(self) -> None:
        """Write to the database."""
        await self._work.session.flush()

    def _order(self, number: str) -> DbOrder | None:
        return self._orders.get(canonical(number) or number)

    def _add(self, record: AfterSaleRecord) -> Outcome:
        for name in NEW_NEEDS:
            if not getattr(record, name) or name not in record.model_fields_set:
                raise RecordError(wording.NEW_NEEDS.format(field=label(name)))
        order = self._order(record.order_number or "")
        if order is None:
            raise RecordError(wording.UNKNOWN_ORDER.format(number=record.order_number))
        first = dict.fromkeys(_TIMES) | {"sku": None, "reason": str(record.reason)}
        facts = first | {"amount_fen": 0, "quantity": 1} | self._stored(order, record.facts())
        self._check(order, facts)
        row = DbAfterSale(id=new_id(), number=record.number, order_id=order.id, photos=[])
        write_facts(row, facts)
        self._rows[record.number] = row
        self._of_order[order.id].append(row)
        self._work.session.add(row)
        self._go_on(order)
        return Outcome.ADDED

    def _stored(self, order: DbOrder, facts: Mapping[str, Any]) -> dict[str, Any]:
        stored = dict(facts)
        if "wish" in stored:
            stored["kind"] = stored.pop("wish")
        if order.id in self._forgotten:
            stored.pop("note", None)
        return stored

    def _check(self, order: DbOrder, facts: Mapping[str, Any]) -> None:
        if facts["requested_at"] is None:
            raise RecordError(wording.MISSING.format(field=label("requested_at")))
        faults = faults_of_after_sale(facts)
        if facts["sku"] is not None and (order.id, facts["sku"]) not in self._skus:
            told = wording.SKU_NOT_IN_ORDER.format(number=order.number, sku=facts["sku"])
            faults = [told, *faults]
        if faults:
            raise RecordError("；".join(faults))

    def _go_on(self, order: DbOrder) -> None:
        """Let an order that waited for its requests go on once none of them is open."""
        asked = self._of_order[order.id]
        if order.status not in UNDER_AFTER_SALE or any(row.status in STILL_OPEN for row in asked):
            return
        refunded = sum(row.amount_fen for row in asked if row.status == Status.REFUNDED)
        if refunded and refunded >= order.paid_fen - order.shipping_fen:
            order.status = OrderStatus.REFUNDED
        elif order.completed_at is not None:
            order.status = OrderStatus.COMPLETED
        elif order.signed_at is not None:
            order.status = OrderStatus.SIGNED


def _of_row(row: DbAfterSale) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_TIMES, "status", "sku")}
