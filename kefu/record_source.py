"""The records in a file, one after the other in constant memory: JSON Lines or a shop's table."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kefu.record_columns import NEEDED, Layout, find_layout, header_names
from kefu.record_tables import goes_on, key_of, records_of
from kefu.spool import Rows, Spool
from review_manager.intake.files import FileFacts, FileKind
from review_manager.intake.reading import RowError
from review_manager.intake.rows import RawRow, open_rows
from shop.intake import wording
from shop.intake.codes import Kind
from shop.intake.reasons import label
from shop.intake.records import Record, RecordError, read_record

Share = Callable[[float], None]
_GROUPED = (Kind.ORDER, Kind.PARCEL)


@dataclass(frozen=True)
class Found:
    """What one or several rows hold: records, or the reason why they are none."""

    rows: Rows
    records: list[Record] = field(default_factory=list)
    reason: str | None = None

    @property
    def line(self) -> int:
        """The line of the first row, from 1."""
        return self.rows[0][0]


@dataclass(frozen=True)
class Reading:
    """How a file is read; `told` hears which share of the work is done (0-1)."""

    facts: FileFacts
    kind: Kind | None
    platform: str | None
    now: datetime
    told: Share


def layout_of(facts: FileFacts, kind: Kind | None, corrected: Mapping[str, str]) -> Layout | None:
    """Return the layout of a table, None for JSON Lines; raises FileError."""
    if facts.kind is FileKind.LINES:
        return None
    with open_rows(facts, header_names()) as source:
        return find_layout(source.headers, kind=kind, corrected=corrected)


def headers_of(facts: FileFacts) -> tuple[str, ...]:
    """Return the headings of a table."""
    with open_rows(facts, header_names()) as source:
        return source.headers


def found_in_lines(reading: Reading) -> Generator[Found]:
    """Yield the records of JSON Lines: products of the whole file first, parcels last."""
    kinds: set[str] = set()
    for turn, kind in enumerate(Kind):
        if turn and kind not in kinds:
            continue
        with open_rows(reading.facts, header_names()) as source:
            for row in source.rows:
                named = str(row.cells.get("kind", reading.kind or ""))
                kinds.add(named)
                is_none = row.problem is not None or named not in set(Kind)
                if named == kind or (is_none and turn == 0):
                    yield _read_line(row, reading)
                reading.told((turn + source.position()) / len(Kind))


def found_in_table(reading: Reading, layout: Layout) -> Generator[Found]:
    """Yield the records of a table; rows of one order are one, wherever they stand."""
    with open_rows(reading.facts, header_names()) as source, Spool() as spool:
        above = ""
        for row in source.rows:
            reading.told(source.position() / 2)
            try:
                key = _key_of(row, layout, above)
            except RowError as error:
                yield _refused(row, str(error))
                continue
            if key is None:
                yield _read_rows([(row.line, row.cells)], reading, layout)
            else:
                spool.add(key, row.line, row.cells)
                above = key
        with closing(spool.groups()) as groups:
            for done, rows in enumerate(groups):
                reading.told(0.5 + done / spool.keys / 2)
                yield _read_rows(rows, reading, layout)


def _key_of(row: RawRow, layout: Layout, above: str) -> str | None:
    """Return what a row shares with others, None where each row is a record; raises RowError.

    `above` is the key of the row before, which a row of merged cells goes on with.
    """
    if row.problem is not None:
        raise RowError(row.problem)
    if layout.kind not in _GROUPED:
        return None
    key = key_of(row.cells, layout)
    if not key and goes_on(row.cells, layout):
        key = above
    if not key:
        fields = "、".join(label(name) for name in NEEDED[layout.kind])
        raise RowError(wording.NO_KEY.format(fields=fields))
    return key


def _read_line(row: RawRow, reading: Reading) -> Found:
    if row.problem is not None:
        return _refused(row, row.problem)
    try:
        record = read_record(row.cells, now=reading.now, kind=reading.kind)
    except RecordError as error:
        return _refused(row, str(error))
    return Found([(row.line, row.cells)], [record])


def _read_rows(rows: Rows, reading: Reading, layout: Layout) -> Found:
    try:
        values = records_of(rows, layout, now=reading.now, platform=reading.platform)
        return Found(rows, [read_record(one, now=reading.now) for one in values])
    except (RowError, RecordError) as error:
        return Found(rows, reason=str(error))


def _refused(row: RawRow, reason: str) -> Found:
    cells: dict[str, Any] = row.cells
    return Found([(row.line, cells)], reason=reason)
