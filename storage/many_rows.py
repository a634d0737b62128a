"""Many rows in one visit to the database, each kind of database in its own quickest way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from storage import json_rows, value_rows

Names = tuple[str, ...]
Row = Sequence[Any]
"""Text, whole numbers, truth values, aware times, JSON objects or None, in the order of names."""


def read_held(
    session: Session, table: Table, names: Names, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows of these ids that exist, held until the commit in the order of their ids."""
    if _is_sqlite(session):
        return value_rows.read_held(session, table, names, ids)
    return json_rows.read_held(session, table, names, ids)


def insert_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Insert the rows, whose first value is never None; other columns get no value."""
    way = value_rows if _is_sqlite(session) else json_rows
    way.insert_rows(session, table, names, rows)


def update_rows(session: Session, table: Table, names: Names, rows: Sequence[Row]) -> None:
    """Give each row, found by its `id` (the first name), its other values."""
    way = value_rows if _is_sqlite(session) else json_rows
    way.update_rows(session, table, names, rows)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
