"""Many rows in one statement: they travel to and from the database as one JSON document.

A driver that is handed a hundred rows visits the database a hundred times, and at every visit to
SQLite Python gives up its lock and has to wait for it again. One document is one visit: the
database takes it apart by itself while the rest of the program goes on. The statements are the
same on SQLite and PostgreSQL; only the functions that read and make JSON have other names.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Executable,
    Integer,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

from storage.column_types import UtcDateTime

Names = tuple[str, ...]
Row = Sequence[Any]
"""Text, whole numbers, truth values, aware times, JSON objects or None, in the order of names."""

_TYPED = (Boolean, Integer, JSON, UtcDateTime)


def read_held(
    session: Session, table: Table, names: Names, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows of these ids that exist, held until the commit in the order of their ids."""
    dialect = _dialect(session)
    statement = _read(dialect, table, names)
    found = session.scalar(statement, {"rows": json.dumps(sorted(ids))})
    # SQLite answers a JSON function with text, psycopg with what the text says.
    rows = json.loads(found) if isinstance(found, str) else found or []
    times = [place for place, name in enumerate(names) if _is_time(table.c[name])]
    for row in rows:
        for place in times:
            if row[place] is not None:
                row[place] = _instant(row[place], dialect)
    return [dict(zip(names, row, strict=True)) for row in rows]


def insert_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Insert the rows; columns that are not named get no value."""
    _send(session, _insert(_dialect(session), table, names), rows)


def update_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Give each row, found by its `id` (the first name), its other values."""
    _send(session, _update(_dialect(session), table, names), rows)


def _send(session: Session, statement: Executable, rows: Sequence[Row]) -> None:
    if rows:
        written = json.dumps(rows, ensure_ascii=False, default=_moments(_dialect(session)))
        session.execute(statement, {"rows": written})


@lru_cache
def _read(dialect: str, table: Table, names: Names) -> Executable:
    document = _document(dialect)
    wanted = select(_text(dialect, document)).select_from(document)
    held = (
        select(*(table.c[name] for name in names))
        .where(table.c.id.in_(wanted))
        .order_by(table.c.id)
        .with_for_update()
        .subquery()
    )
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*held.c)))
    return select(func.json_agg(func.json_build_array(*held.c)))


@lru_cache
def _insert(dialect: str, table: Table, names: Names) -> Executable:
    document = _document(dialect)
    values = _values(dialect, document, table, names)
    taken_apart = select(*values.values()).select_from(document)
    return insert(table).from_select(list(names), taken_apart, include_defaults=False)


@lru_cache
def _update(dialect: str, table: Table, names: Names) -> Executable:
    values = _values(dialect, _document(dialect), table, names)
    key = values.pop("id")
    return update(table).where(table.c.id == key).values(values)


def _document(dialect: str) -> TableValuedAlias:
    """Return the document as a table with a row for each element."""
    rows = bindparam("rows", type_=Text)
    if dialect == "sqlite":
        return func.json_each(rows).table_valued(column("value", Text), name="document")
    elements = func.jsonb_array_elements(cast(rows, JSONB))
    return elements.table_valued(column("value", JSONB), name="document")


def _values(
    dialect: str, document: TableValuedAlias, table: Table, names: Names
) -> dict[str, ColumnElement[Any]]:
    """Return each named column's value out of an element of the document."""
    return {
        name: _value(dialect, document, place, table.c[name]) for place, name in enumerate(names)
    }


def _value(
    dialect: str, document: TableValuedAlias, place: int, to: Column[Any]
) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return func.json_extract(document.c.value, literal_column(f"'$[{place}]'"), type_=to.type)
    text = document.c.value.op("->>", return_type=Text())(literal_column(str(place)))
    # A text is not cast: as a VARCHAR(n) it would be cut where it must be refused.
    return cast(text, to.type) if isinstance(to.type, _TYPED) else text


def _text(dialect: str, document: TableValuedAlias) -> ColumnElement[str]:
    """Return an element that is a text."""
    value: ColumnElement[str] = document.c.value
    return value if dialect == "sqlite" else value.op("#>>")(literal_column("'{}'"))


@lru_cache
def _moments(dialect: str) -> Callable[[datetime], str]:
    """Return how a time is written: as UtcDateTime stores it (SQLite keeps no zone)."""

    @lru_cache(maxsize=1000)  # a batch is written at one moment
    def written(at: datetime) -> str:
        utc = at.astimezone(UTC)
        if dialect == "sqlite":
            return utc.replace(tzinfo=None).isoformat(" ", "microseconds")
        return utc.isoformat()

    return written


def _instant(stored: str, dialect: str) -> datetime:
    if dialect == "sqlite":
        return datetime.fromisoformat(f"{stored}+00:00")
    return datetime.fromisoformat(stored).astimezone(UTC)


def _is_time(stored: Column[Any]) -> bool:
    return isinstance(stored.type, UtcDateTime)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
