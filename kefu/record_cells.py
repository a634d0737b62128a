"""Reads the cells of a shop's own table: yuan, times, words for states, numbers as text."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from review_manager.intake.reading import RowError, plain, read_id, read_time
from shop.intake import wording
from shop.intake.codes import Kind
from shop.intake.reasons import label
from shop.intake.usual import is_in_fen, usual_names

IDS = frozenset({"sku", "number", "order_number", "customer_id", "waybill"})
COUNTS = frozenset({"quantity", "stock", "warranty_months"})
FLAGS = frozenset({"custom_made", "marketing_consent", "exclusion_confirmed"})
WORDS = {
    "platform": "platform",
    "direction": "direction",
    "category": "category",
    "exclusion_ground": "exclusion_ground",
    "gender": "gender",
    "event_kind": "event_kind",
    "wish": "wish",
    "reason": "reason",
    "freight_payer": "freight_payer",
}
STATES = {
    Kind.ORDER: "order_status",
    Kind.PARCEL: "parcel_status",
    Kind.AFTER_SALE: "after_sale_status",
}
OTHERS = {"category": "other", "reason": "agent_decision"}
"""What a word stands for that is no usual one, where every shop has words of its own."""

_SIGNS = re.compile(r"[\s,，¥￥元]|CNY|RMB", re.IGNORECASE)
_MONEY = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,20})?", re.ASCII)
_COUNT = re.compile(r"(\d+)(?:\.0+)?\s*(?:件|个|月|个月|双|套|盒|瓶|袋)?")
_OVERSOLD = re.compile(r"-\d+(?:\.0+)?")


def read_cells(
    cells: Mapping[str, Any], headings: Mapping[str, str], *, kind: Kind, now: datetime
) -> dict[str, Any]:
    """Return the values of the fields whose cells are not empty; raises RowError."""
    values = {}
    for field, heading in headings.items():
        if plain(cells.get(heading)) == "":
            continue
        values[field] = _read(cells[heading], field, heading, kind=kind, now=now)
    return {field: value for field, value in values.items() if value is not None}


def read_money(cell: Any, *, field: str, in_fen: bool) -> int:
    """Return fen; a cell in yuan may have two decimals and signs of currency; raises RowError."""
    shown = plain(cell)
    written = _SIGNS.sub("", shown)
    if _MONEY.fullmatch(written) is None:
        raise RowError(wording.BAD_MONEY.format(field=label(field), value=shown[:20]))
    amount = Decimal(written) * (1 if in_fen else 100)
    if isinstance(cell, float):  # what a spreadsheet computed carries dust: 19.899999999999999
        amount = amount.quantize(Decimal("0.0001"))
    if amount != amount.to_integral_value():
        raise RowError(wording.PART_OF_FEN.format(field=label(field), value=shown[:20]))
    return int(amount)


def _read(  # noqa: PLR0911 - one return for each kind of cell
    cell: Any, field: str, heading: str, *, kind: Kind, now: datetime
) -> Any:
    if field in IDS:
        return read_id(cell, label=label(field))
    if field.endswith("_fen"):
        return read_money(cell, field=field, in_fen=is_in_fen(heading))
    if field.endswith("_at"):
        return read_time(cell, label=label(field), now=now)
    if field in COUNTS:
        return _read_count(cell, field)
    if field in FLAGS:
        return _read_word(plain(cell), field, "flag") == "yes"
    if field == "status":
        return _read_word(plain(cell), field, STATES[kind])
    if field in WORDS:
        return _read_word(plain(cell), field, WORDS[field])
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    return plain(cell)


def _read_count(cell: Any, field: str) -> int:
    match = _COUNT.fullmatch(plain(cell))
    if match is None and field == "stock" and _OVERSOLD.fullmatch(plain(cell)):
        return 0
    if match is None:
        raise RowError(wording.NOT_A_COUNT.format(field=label(field), value=plain(cell)[:20]))
    return int(match[1])


def _read_word(written: str, field: str, group: str) -> str:
    code = usual_names().code_of(group, written)
    if code is not None:
        return code
    if field in OTHERS:
        return OTHERS[field]
    raise RowError(
        wording.NOT_A_CODE.format(field=label(field), value=written[:20], codes=_usual(group))
    )


def _usual(group: str) -> str:
    """Return the commonest word for each code of a group."""
    words: dict[str, str] = {}
    for word, code in usual_names().codes[group].items():
        words.setdefault(code, word)
    return "、".join(words.values())
