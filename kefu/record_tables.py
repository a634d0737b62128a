"""Turns the rows of a shop's own table into records: one row a line of an order, of a trace."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from kefu.record_cells import read_cells
from kefu.record_columns import Layout
from review_manager.intake.reading import RowError, plain, read_id
from shop.intake import wording
from shop.intake.codes import Kind
from shop.intake.reasons import label

Values = dict[str, Any]
_LINE = {"item_paid_fen": "paid_fen"} | {
    name: name for name in ("sku", "option", "quantity", "unit_price_fen")
}
_EVENT = {"event_at": "at", "event_kind": "kind", "event_place": "place", "event_text": "text"}
_PLACES = ("receiver_province", "receiver_city", "receiver_district")
_PARCEL = ("carrier", "waybill")
_EARLIEST, _LATEST = frozenset({"shipped_at"}), frozenset({"signed_at", "updated_at"})
_FIRST = frozenset({"remark", "cancel_reason", "nickname", *_PLACES})
_WAYBILLS = re.compile(r"[,，;；、/|\s]+")
_SENT_STATES = {
    "paid": "awaiting_pickup",
    "picking": "awaiting_pickup",
    "shipped": "in_transit",
    "signed": "signed",
    "completed": "signed",
}


def key_of(cells: Mapping[str, Any], layout: Layout) -> str:
    """Return what the rows of one record have in common, "" where the row does not say it.

    Raises RowError where the digits of a number were lost.
    """
    names = {
        Kind.ORDER: ("number",),
        Kind.PARCEL: (*_PARCEL, "order_number"),
        Kind.PRODUCT: (),
        Kind.CUSTOMER: (),
        Kind.AFTER_SALE: (),
    }[layout.kind]
    parts = [_id(cells, layout, name) for name in names if name in layout.headings]
    return "\0".join(parts) if any(parts) else ""


def goes_on(cells: Mapping[str, Any], layout: Layout) -> bool:
    """Whether a row without a number only adds a line to the order above it (merged cells)."""
    own = [name for name in layout.headings if name in _LINE]
    others = [name for name in ("status", "placed_at", "paid_fen") if name in layout.headings]
    filled = {name for name, heading in layout.headings.items() if plain(cells.get(heading))}
    return bool(filled & set(own)) and not filled & set(others)


def records_of(
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    layout: Layout,
    *,
    now: datetime,
    platform: str | None = None,
) -> list[Values]:
    """Return the records in the rows of one key, as JSON would say them; raises RowError."""
    distinct = [row for n, row in enumerate(rows) if row[1] not in _before(rows, n)]
    read = [_read(line, cells, layout, now, alone=len(rows) == 1) for line, cells in distinct]
    match layout.kind:
        case Kind.ORDER:
            return list(_order(read, platform))
        case Kind.PARCEL:
            return [_parcel(read)]
        case _:
            return [{"kind": str(layout.kind)} | values for values in read]


def _read(
    line: int, cells: Mapping[str, Any], layout: Layout, now: datetime, *, alone: bool
) -> Values:
    try:
        return read_cells(cells, layout.headings, kind=layout.kind, now=now)
    except RowError as error:
        told = str(error) if alone else wording.AT_ROW.format(line=line, reason=error)
        raise RowError(told) from None


def _before(rows: Sequence[tuple[int, Mapping[str, Any]]], n: int) -> list[Mapping[str, Any]]:
    return [cells for _, cells in rows[:n]]


def _id(cells: Mapping[str, Any], layout: Layout, name: str) -> str:
    return read_id(cells.get(layout.headings[name]), label=label(name)) or ""


def _order(rows: Sequence[Values], platform: str | None) -> Iterator[Values]:
    order = _shared(rows, {*_LINE, *_PARCEL})
    _join_address(order)
    if platform is not None:
        order.setdefault("platform", platform)
    items = [_renamed(values, _LINE) for values in rows if "sku" in values]
    yield {"kind": str(Kind.ORDER)} | order | ({"items": items} if items else {})
    yield from _parcels_of(order, rows)


def _shared(rows: Sequence[Values], own: set[str]) -> Values:
    """Return what all rows say together; raises RowError where they contradict each other."""
    shared: Values = {}
    for name in dict.fromkeys(name for values in rows for name in values if name not in own):
        said = [values[name] for values in rows if name in values]
        if name in _EARLIEST | _LATEST:
            shared[name] = min(said) if name in _EARLIEST else max(said)
        elif name in _FIRST or len(set(said)) == 1:
            shared[name] = said[0]
        else:
            text = wording.ROWS_DISAGREE_PAID if name == "paid_fen" else wording.ROWS_DISAGREE
            raise RowError(text.format(field=label(name)))
    return shared


def _join_address(order: Values) -> None:
    """Say province, city and district before the address, each once."""
    places = [order.pop(name) for name in _PLACES if name in order]
    address = order.get("receiver_address", "")
    ahead = [place for place in dict.fromkeys(places) if not address.startswith(place)]
    if places and address.startswith(places[0]):
        ahead = []
    if ahead or address:
        order["receiver_address"] = "".join([*ahead, address])


def _parcels_of(order: Values, rows: Sequence[Values]) -> Iterator[Values]:
    """Yield the parcels that an order's rows name, as far as the order tells where they are."""
    status = _SENT_STATES.get(order.get("status", ""))
    signed_at = order.get("signed_at") or order.get("completed_at")
    if status is None or (status == "signed" and signed_at is None):
        return
    parcel = {"kind": str(Kind.PARCEL), "order_number": order["number"], "status": status}
    if "shipped_at" in order:
        parcel["shipped_at"] = order["shipped_at"]
    if status == "signed":
        parcel["signed_at"] = signed_at
    named = [
        (values["carrier"], waybill)
        for values in rows
        if "carrier" in values
        for waybill in filter(None, _WAYBILLS.split(values.get("waybill", "")))
    ]
    for carrier, waybill in dict.fromkeys(named):
        yield parcel | {"carrier": carrier, "waybill": waybill}


def _parcel(rows: Sequence[Values]) -> Values:
    parcel = _shared(rows, set(_EVENT))
    events = [_renamed(values, _EVENT) for values in rows if "event_text" in values]
    return {"kind": str(Kind.PARCEL)} | parcel | ({"events": events} if events else {})


def _renamed(values: Values, names: Mapping[str, str]) -> Values:
    return {names[name]: value for name, value in values.items() if name in names}
