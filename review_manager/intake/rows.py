"""Reads the rows of a file one after the other, whatever kind it is, in constant memory."""

import csv
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Self, TextIO

import python_calamine

from review_manager import wording
from review_manager.intake.columns import Columns
from review_manager.intake.files import FileError, FileFacts, FileKind

LONGEST_CELL = 200_000
_HEADER_WITHIN = 10
_HEADER_NAMES = 2
_LINES_OF_A_ROW = 200
_LOOK_AHEAD = 50
_DELIMITERS = (",", "\t", ";", "|")

Cells = dict[str, Any]


@dataclass(frozen=True)
class RawRow:
    """One row: its line (from 1), its cells by header, or why it cannot be read."""

    line: int
    cells: Cells = field(default_factory=dict)
    problem: str | None = None


@dataclass
class RowSource:
    """The headers of a file and its rows; `position` is the share of the file read so far (0-1)."""

    headers: tuple[str, ...]
    rows: Iterator[RawRow]
    position: Callable[[], float]
    total: int | None = None
    close: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_rows(facts: FileFacts, columns: Columns) -> RowSource:
    """Open a file for reading, close it afterwards; raises FileError where it holds no row."""
    if facts.kind is FileKind.WORKBOOK:
        return _not_empty(_workbook(facts, columns))
    stream = facts.path.open(encoding=facts.encoding, newline="")
    try:
        lines = facts.kind is FileKind.LINES
        source = _lines(stream, facts) if lines else _table(stream, facts, columns)
        source.close = stream.close
        return _not_empty(source)
    except FileError:
        stream.close()
        raise


def sample(source: RowSource, *, rows: int = 5) -> list[RawRow]:
    """Take the first rows for a preview; what is taken is gone from the source."""
    return list(islice(source.rows, rows))


def _position(stream: TextIO, size: int) -> Callable[[], float]:
    # The text layer forbids tell() while it is iterated; the byte layer below is a chunk ahead.
    return lambda: min(1.0, stream.buffer.tell() / size) if not stream.closed else 1.0


def _table(stream: TextIO, facts: FileFacts, columns: Columns) -> RowSource:
    csv.field_size_limit(LONGEST_CELL)
    position = _position(stream, facts.size)
    head = [line.replace("\0", "") for line in islice(stream, _HEADER_WITHIN)]
    delimiter = _delimiter(head, columns)
    lines = Lines(chain(head, (line.replace("\0", "") for line in stream)))
    reader = csv.reader(lines, delimiter=delimiter)
    header, pending = _find_header(reader, lines, columns)
    headers = _clean_headers(header)
    rows = chain(
        (_row(line, cells, headers) for line, cells in pending),
        _table_rows(reader, lines, headers, stream),
    )
    return RowSource(headers, rows, position)


def _delimiter(head: Sequence[str], columns: Columns) -> str:
    def score(delimiter: str) -> tuple[int, int]:
        parsed = list(csv.reader(head, delimiter=delimiter))
        known = max((columns.known(row) for row in parsed), default=0)
        return known, max((len(row) for row in parsed), default=0)

    return max(_DELIMITERS, key=score)


def _find_header(
    reader: Any, lines: "Lines", columns: Columns
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the first row that names two known columns, else the first one, and the rows after it.

    Exports often put a title or a note above the header; those rows are skipped.
    """
    seen: list[tuple[int, list[str]]] = []
    for row in reader:
        if any(cell.strip() for cell in row):
            seen.append((lines.number, row))
            if columns.known(row) >= _HEADER_NAMES:
                return row, []
        if lines.number >= _HEADER_WITHIN:
            break
    if not seen:
        raise FileError(wording.EMPTY_FILE)
    best = max(range(len(seen)), key=lambda n: (columns.known(seen[n][1]), -n))
    return seen[best][1], seen[best + 1 :]


def _clean_headers(row: Sequence[Any]) -> tuple[str, ...]:
    names: list[str] = []
    for place, cell in enumerate(row, start=1):
        name = str(cell if cell is not None else "").strip().lstrip("\ufeff") or f"列{place}"
        names.append(name if name not in names else f"{name} ({place})")
    return tuple(names)


class Lines:
    """The lines of a table; those of one row can be given back, to be read as rows of their own."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.number = 0
        self._lines = lines
        self._row: list[str] = []
        self._back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.number += 1
        self._row.append(line)
        return line

    def begin_row(self) -> int:
        """Note that a row begins here; return its line, from 1."""
        self._row.clear()
        return self.number + 1

    @property
    def taken(self) -> int:
        """How many lines the row took."""
        return len(self._row)

    def give_back(self) -> None:
        """Give back every line of the row but the first."""
        rest = self._row[1:]
        self._back.extendleft(reversed(rest))
        self.number -= len(rest)


def _table_rows(
    reader: Any, lines: Lines, headers: tuple[str, ...], stream: TextIO
) -> Iterator[RawRow]:
    """Yield the rows; a quote that is never closed costs its own line, not what it swallowed."""
    with closing(stream):
        while True:
            line = lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            if cells is None or lines.taken > _LINES_OF_A_ROW:
                lines.give_back()
                yield RawRow(line, problem=wording.ROW_UNCLOSED.format(limit=LONGEST_CELL))
            elif any(cell.strip() for cell in cells):
                yield _row(line, cells, headers)


def _row(line: int, cells: Sequence[Any], headers: tuple[str, ...]) -> RawRow:
    beyond = [cell for cell in cells[len(headers) :] if str(cell or "").strip()]
    if beyond:
        problem = wording.ROW_TOO_WIDE.format(found=len(cells), expected=len(headers))
        return RawRow(line, dict(zip(headers, cells, strict=False)), problem)
    return RawRow(line, dict(zip(headers, cells, strict=False)))


def _lines(stream: TextIO, facts: FileFacts) -> RowSource:
    position = _position(stream, facts.size)
    rows = _line_rows(stream)
    first = list(islice(rows, _LOOK_AHEAD))
    headers = tuple(dict.fromkeys(name for row in first for name in row.cells))
    return RowSource(headers, chain(first, rows), position)


def _line_rows(stream: TextIO) -> Iterator[RawRow]:
    with closing(stream):
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line, parse_float=str)
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                yield RawRow(number, value)
            else:
                yield RawRow(number, problem=wording.ROW_NOT_JSON)


def _workbook(facts: FileFacts, columns: Columns) -> RowSource:
    try:
        book = python_calamine.load_workbook(str(facts.path))
        sheet = next(
            (one for one in map(book.get_sheet_by_name, book.sheet_names) if one.height), None
        )
        table = [] if sheet is None else sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError) as error:
        raise FileError(wording.BROKEN_WORKBOOK.format(reason=error)) from error
    start = _header_row(table, columns)
    headers = _clean_headers(table[start])
    total, done = len(table), [start]

    def rows() -> Iterator[RawRow]:
        for place in range(start + 1, total):
            done[0] = place
            cells = table[place]
            if any(str(cell).strip() for cell in cells):
                yield _row(place + 1, cells, headers)

    return RowSource(headers, rows(), lambda: (done[0] + 1) / total, total - start - 1)


def _header_row(table: list[list[Any]], columns: Columns) -> int:
    filled = [n for n, row in enumerate(table[:_HEADER_WITHIN]) if any(str(c).strip() for c in row)]
    if not filled:
        raise FileError(wording.EMPTY_FILE)
    return max(filled, key=lambda n: (columns.known([str(c) for c in table[n]]), -n))


def _not_empty(source: RowSource) -> RowSource:
    first = next(source.rows, None)
    if first is None:
        raise FileError(wording.HEADER_ONLY)
    source.rows = chain([first], source.rows)
    return source
