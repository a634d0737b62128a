"""Many rows in one statement on SQLite: a list of values with a place for each.

A driver that is handed a hundred rows visits the database a hundred times, and at every visit
Python gives up its lock and has to wait for it again. One statement is one visit, during which the
rest of the program goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Column, Table
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

from storage.column_types import UtcDateTime

Names = tuple[str, ...]
Row = Sequence[Any]

# The database keeps a statement that it has seen; a group that fits none of these leaves places
# empty, which costs less than a new statement.
_SIZES = (1, 2, 4, 8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 200)
_quoted = dialect().identifier_preparer.quote


def read_held(
    session: Session, table: Table, names: Names, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows of these ids that exist, in the order of their ids.

    They are held until the commit: a writing transaction of SQLite is alone.
    """
    wanted = msgspec.json.encode(ids).decode()
    found = session.connection().exec_driver_sql(_read(table, names), (wanted,)).scalar_one()
    rows: list[list[Any]] = msgspec.json.decode(found)
    times = _places(table, names, UtcDateTime)
    for row in rows:
        for place in times:
            if row[place] is not None:
                row[place] = datetime.fromisoformat(row[place] + "+00:00")
    return [dict(zip(names, row, strict=True)) for row in rows]


def insert_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Insert the rows, whose first value is never None; other columns get no value."""
    _send(session, _insert, table, names, rows)


def update_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Give each row, found by its `id` (the first name), its other values."""
    _send(session, _update, table, names, rows)


def _send(
    session: Session,
    statement: Callable[[Table, Names, int], str],
    table: Table,
    names: Names,
    rows: Sequence[Row],
) -> None:
    times, documents = _places(table, names, UtcDateTime), _places(table, names, JSON)
    for some in _parts(rows):
        size = next(size for size in _SIZES if size >= len(some))
        values: list[Any] = []
        for row in some:
            values += row
        for at in _in_all(times, len(some), len(names)):
            values[at] = _moment(values[at])
        for at in _in_all(documents, len(some), len(names)):
            values[at] = _document(values[at])
        values += [None] * ((size - len(some)) * len(names))
        session.connection().exec_driver_sql(statement(table, names, size), tuple(values))


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _SIZES[-1]):
        yield rows[start : start + _SIZES[-1]]


def _in_all(places: Iterable[int], rows: int, width: int) -> Iterator[int]:
    """Yield where the values of these columns stand among all values of so many rows."""
    for place in places:
        yield from range(place, rows * width, width)


@lru_cache
def _places(table: Table, names: Names, kind: type[Any]) -> tuple[int, ...]:
    return tuple(place for place, name in enumerate(names) if _is(table.c[name], kind))


def _is(column: Column[Any], kind: type[Any]) -> bool:
    return isinstance(column.type, kind)


@lru_cache(maxsize=1000)  # a batch is written at one moment
def _moment(at: datetime | None) -> str | None:
    """Return a time as UtcDateTime stores it (SQLite keeps no zone)."""
    if at is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _document(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


@lru_cache
def _read(table: Table, names: Names) -> str:
    columns = ",".join(_quoted(name) for name in names)
    held = (
        f"SELECT {columns} FROM {_quoted(table.name)}"  # noqa: S608 - names of our own columns
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    )
    return f"SELECT json_group_array(json_array({columns})) FROM ({held})"  # noqa: S608


@lru_cache
def _insert(table: Table, names: Names, size: int) -> str:
    columns = ",".join(_quoted(name) for name in names)
    rows = f"SELECT * FROM ({_values(names, size)}) WHERE column1 IS NOT NULL"  # noqa: S608
    return f"INSERT INTO {_quoted(table.name)} ({columns}) {rows}"


@lru_cache
def _update(table: Table, names: Names, size: int) -> str:
    given = ",".join(
        f"{_quoted(name)}=given.column{place}" for place, name in enumerate(names[1:], start=2)
    )
    target, rows = _quoted(table.name), _values(names, size)
    return (
        f"UPDATE {target} SET {given} FROM ({rows}) AS given"  # noqa: S608
        f" WHERE {target}.{_quoted(names[0])} = given.column1"
    )


def _values(names: Names, size: int) -> str:
    row = f"({','.join('?' * len(names))})"
    return "VALUES " + ",".join([row] * size)
