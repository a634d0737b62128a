"""Many rows in one statement on PostgreSQL: they travel as one JSON document.

A driver that is handed a hundred rows goes to the database and back a hundred times. One document
is one visit: the database takes it apart by itself while the rest of the program goes on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
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

_TYPED = (Boolean, Integer, JSON, UtcDateTime)


def read_held(
    session: Session, table: Table, names: Names, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows of these ids that exist, held until the commit in the order of their ids."""
    rows = session.scalar(_read(table, names), {"rows": _written(sorted(ids))}) or []
    times = [place for place, name in enumerate(names) if _is_time(table.c[name])]
    for row in rows:
        for place in times:
            if row[place] is not None:
                row[place] = datetime.fromisoformat(row[place]).astimezone(UTC)
    return [dict(zip(names, row, strict=True)) for row in rows]


def insert_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Insert the rows; columns that are not named get no value."""
    if rows:
        session.execute(_insert(table, names), {"rows": _written(rows)})


def update_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Give each row, found by its `id` (the first name), its other values."""
    if rows:
        session.execute(_update(table, names), {"rows": _written(rows)})


def _written(document: Sequence[Any]) -> str:
    return msgspec.json.encode(document).decode()


@lru_cache
def _read(table: Table, names: Names) -> Executable:
    document = _document()
    wanted = select(document.c.value.op("#>>")(literal_column("'{}'"))).select_from(document)
    held = (
        select(*(table.c[name] for name in names))
        .where(table.c.id.in_(wanted))
        .order_by(table.c.id)
        .with_for_update()
        .subquery()
    )
    return select(func.json_agg(func.json_build_array(*held.c)))


@lru_cache
def _insert(table: Table, names: Names) -> Executable:
    document = _document()
    taken_apart = select(*_values(document, table, names).values()).select_from(document)
    return insert(table).from_select(list(names), taken_apart, include_defaults=False)


@lru_cache
def _update(table: Table, names: Names) -> Executable:
    values = _values(_document(), table, names)
    key = values.pop("id")
    return update(table).where(table.c.id == key).values(values)


def _document() -> TableValuedAlias:
    """Return the document as a table with a row for each element."""
    elements = func.jsonb_array_elements(cast(bindparam("rows", type_=Text), JSONB))
    return elements.table_valued(column("value", JSONB), name="document")


def _values(
    document: TableValuedAlias, table: Table, names: Names
) -> dict[str, ColumnElement[Any]]:
    """Return each named column's value out of an element of the document."""
    return {name: _value(document, place, table.c[name]) for place, name in enumerate(names)}


def _value(document: TableValuedAlias, place: int, to: Column[Any]) -> ColumnElement[Any]:
    text = document.c.value.op("->>", return_type=Text())(literal_column(str(place)))
    # A text is not cast: as a VARCHAR(n) it would be cut where it must be refused.
    return cast(text, to.type) if isinstance(to.type, _TYPED) else text


def _is_time(stored: Column[Any]) -> bool:
    return isinstance(stored.type, UtcDateTime)
