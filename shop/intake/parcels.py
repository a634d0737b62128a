"""Landing parcels and their traces, and what a parcel tells of its order."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from shop.intake import wording
from shop.intake.codes import Direction, EventKind, ParcelStatus
from shop.intake.consistency import faults_of_parcel
from shop.intake.deciding import is_parcel_step_back
from shop.intake.landed import Outcome
from shop.intake.reasons import label
from shop.intake.records import Event, ParcelRecord, RecordError
from shop.intake.rows import write_facts
from shop.intake.statements import Heard
from shop.intake.work import Work
from shop.order_numbers import canonical
from shop.orders import OrderStatus
from shop.tables import DbCustomer, DbOrder, DbParcel, DbParcelEvent
from storage.tables import new_id

_FACTS = ("status", "shipped_at", "signed_at", "signed_by", "direction")
_KINDS = {str(kind): kind for kind in EventKind}
_STATUS_OF = {
    EventKind.OUT_FOR_DELIVERY: ParcelStatus.OUT_FOR_DELIVERY,
    EventKind.EXCEPTION: ParcelStatus.EXCEPTION,
    EventKind.ACCEPTED: ParcelStatus.AWAITING_PICKUP,
}
_FINAL = {
    EventKind.RETURNED: ParcelStatus.RETURNED,
    EventKind.SIGNED: ParcelStatus.SIGNED,
}
Seen = Mapping[str, Any]


class ParcelLander:
    """Adds and changes parcels; events are only ever added."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._orders: dict[str, DbOrder] = {}
        self._by_waybill: dict[tuple[str, str], list[DbParcel]] = defaultdict(list)
        self._of_order: dict[str, list[DbParcel]] = defaultdict(list)
        self._events: dict[str, list[Event]] = defaultdict(list)
        self._forgotten: set[str] = set()
        self._new: list[DbParcel] = []
        self._new_events: list[DbParcelEvent] = []

    async def look_up(self, records: Sequence[ParcelRecord]) -> None:
        """Load the parcels with their traces, and the orders that they belong to."""
        session = self._work.session
        waybills = {record.waybill for record in records}
        numbers = {record.order_number for record in records if record.order_number}
        spelt = {canonical(number) or number for number in numbers}
        carried = select(DbParcel.order_id).where(DbParcel.waybill.in_(waybills))
        query = select(DbOrder).where(
            or_(
                DbOrder.number.in_(numbers),
                DbOrder.canonical_number.in_(spelt),
                DbOrder.id.in_(carried),
            )
        )
        orders = (await session.scalars(query.with_for_update())).all()
        for row in orders:
            self._orders.setdefault(row.canonical_number, row)
            self._orders[row.number] = row
            self._orders[row.id] = row
        ids = [row.id for row in orders]
        erased = select(DbOrder.id).join(DbCustomer, DbCustomer.id == DbOrder.customer_id)
        erased = erased.where(DbOrder.id.in_(ids), DbCustomer.forgotten_at >= DbOrder.placed_at)
        self._forgotten = set(await session.scalars(erased))
        parcels = select(DbParcel).where(DbParcel.order_id.in_(ids))
        for parcel in await session.scalars(parcels.order_by(DbParcel.id)):
            self._enter(parcel)
        wanted = [parcel.id for key in self._by_waybill for parcel in self._by_waybill[key]]
        events = select(DbParcelEvent).where(DbParcelEvent.parcel_id.in_(wanted))
        for event in await session.scalars(events):
            self._events[event.parcel_id].append(_as_event(event))

    def is_stored(self, record: ParcelRecord) -> bool:
        """Whether the parcel is there, for the order that the record names if it names one."""
        return bool(self._found(record))

    def take(self, heard: Heard, record: ParcelRecord) -> Outcome:
        """Write one record; raises RecordError."""
        found = self._found(record)
        if not found:
            return self._add(record)
        planned = [(parcel, self._planned(parcel, heard, record)) for parcel in found]
        changed = False
        for parcel, facts in planned:
            moved = self._write(parcel, facts)
            if self._append(parcel, record.events) or moved:
                self._tell_order(parcel)
                changed = True
        if heard.older and not changed:
            return Outcome.OLDER
        return Outcome.CHANGED if changed else Outcome.KNOWN

    async def settle(self) -> None:
        """Write to the database: parcels first, then their events."""
        session = self._work.session
        session.add_all(self._new)
        await session.flush()
        session.add_all(self._new_events)
        await session.flush()

    def _found(self, record: ParcelRecord) -> list[DbParcel]:
        found = self._by_waybill.get((record.carrier, record.waybill), [])
        if record.order_number is None:
            return found
        order = self._order(record.order_number)
        return [parcel for parcel in found if order is not None and parcel.order_id == order.id]

    def _order(self, number: str) -> DbOrder | None:
        return self._orders.get(number) or self._orders.get(canonical(number) or number)

    def _enter(self, parcel: DbParcel) -> None:
        self._by_waybill[parcel.carrier, parcel.waybill].append(parcel)
        self._of_order[parcel.order_id].append(parcel)

    def _add(self, record: ParcelRecord) -> Outcome:
        if record.order_number is None:
            raise RecordError(wording.NEW_NEEDS.format(field=label("order_number")))
        order = self._order(record.order_number)
        if order is None:
            raise RecordError(wording.UNKNOWN_ORDER.format(number=record.order_number))
        first = {
            "status": ParcelStatus.IN_TRANSIT,
            "shipped_at": None,
            "signed_at": None,
            "signed_by": "",
            "direction": Direction.OUTBOUND,
        }
        facts = _completed(first, record.facts(), record.events)
        _check(order, {**first, **facts})
        parcel = DbParcel(
            id=new_id(), order_id=order.id, carrier=record.carrier, waybill=record.waybill
        )
        self._write(parcel, {**first, **facts})
        self._enter(parcel)
        self._new.append(parcel)
        self._append(parcel, record.events)
        self._tell_order(parcel)
        return Outcome.ADDED

    def _planned(self, parcel: DbParcel, heard: Heard, record: ParcelRecord) -> dict[str, Any]:
        """Return what is to be written: what is news, and what the whole trace tells."""
        stored = {name: getattr(parcel, name) for name in _FACTS}
        news = {} if heard.older else dict(heard.news)
        said = news.get("status")
        behind = said is not None and is_parcel_step_back(ParcelStatus(stored["status"]), said)
        if behind and record.updated_at is None:
            del news["status"]  # without a time of change, before does not undo after
        trace = [*self._events[parcel.id], *record.events]
        facts = _completed(stored, news, trace if record.events else ())
        _check(self._orders[parcel.order_id], {**stored, **facts})
        return facts

    def _write(self, parcel: DbParcel, facts: Mapping[str, Any]) -> bool:
        """Write the facts; whoever was forgotten is not named again."""
        if parcel.order_id in self._forgotten:
            facts = {**facts, "signed_by": ""}
        return write_facts(parcel, facts)

    def _append(self, parcel: DbParcel, events: Sequence[Event]) -> bool:
        if parcel.order_id in self._forgotten:
            return False
        known = {(event.at, event.text) for event in self._events[parcel.id]}
        added = False
        for event in events:
            if (event.at, event.text) in known:
                continue
            known.add((event.at, event.text))
            self._events[parcel.id].append(event)
            self._new_events.append(
                DbParcelEvent(
                    parcel_id=parcel.id,
                    at=event.at,
                    kind=str(event.kind),
                    place=event.place,
                    text=event.text,
                )
            )
            added = True
        return added

    def _tell_order(self, parcel: DbParcel) -> None:
        """Let an order follow its parcels: one that left has left, all that arrived arrived."""
        order = self._orders[parcel.order_id]
        sent = [
            each
            for each in self._of_order[order.id]
            if each.direction == Direction.OUTBOUND and each.status != ParcelStatus.RETURNED
        ]
        left = [
            at for each in sent if _has_left(each) and (at := each.shipped_at or each.signed_at)
        ]
        if order.status in (OrderStatus.PAID, OrderStatus.PICKING) and left:
            order.status, order.shipped_at = OrderStatus.SHIPPED, min(left)
        signed = [each.signed_at for each in sent if each.signed_at]
        if order.status == OrderStatus.SHIPPED and sent and len(signed) == len(sent):
            order.status, order.signed_at = OrderStatus.SIGNED, max(signed)


def _has_left(parcel: DbParcel) -> bool:
    return parcel.status != ParcelStatus.AWAITING_PICKUP


def _completed(stored: Seen, news: Mapping[str, Any], trace: Sequence[Event]) -> dict[str, Any]:
    """Return the news, and what the trace tells where nothing is said of it."""
    facts = dict(news)
    if not trace:
        return facts
    if "status" not in facts:
        facts["status"] = _status_after(ParcelStatus(stored["status"]), trace)
    if facts["status"] == ParcelStatus.SIGNED and not facts.get("signed_at", stored["signed_at"]):
        signed = [event.at for event in trace if event.kind is EventKind.SIGNED]
        facts["signed_at"] = max(signed) if signed else None
    gone = [event.at for event in trace if event.kind is not EventKind.ACCEPTED]
    if facts.get("shipped_at", stored["shipped_at"]) is None and gone:
        facts["shipped_at"] = min(gone)
    return facts


def _status_after(stored: ParcelStatus, trace: Sequence[Event]) -> ParcelStatus:
    """Return the status after a trace; what came back or was signed for stays so."""
    kinds = {event.kind for event in trace}
    for kind, status in _FINAL.items():
        if kind in kinds or stored is status:
            return status
    latest = max(trace, key=lambda event: event.at)
    return _STATUS_OF.get(latest.kind, ParcelStatus.IN_TRANSIT)


def _as_event(row: DbParcelEvent) -> Event:
    return Event.model_construct(
        at=row.at, kind=_KINDS.get(row.kind, EventKind.TRANSIT), place=row.place, text=row.text
    )


def _check(order: DbOrder, facts: Mapping[str, Any]) -> None:
    faults = faults_of_parcel({**facts, "placed_at": order.placed_at})
    if faults:
        raise RecordError("；".join(faults))
