"""Prepared answers from a CSV file: the demo's own, or those that a shop brings from elsewhere."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.canned import UnknownVariableError, Writer, write_reply
from desk.tables import DbCannedReply

DEMO_FILE = Path(__file__).resolve().parent.parent / "data" / "desk" / "canned_replies.csv"
COLUMNS = ("title", "group", "text")
LONGEST = {"title": 60, "group": 40, "text": 1_000}
OPERATOR = Writer("operator", may_share=True)


class BadRepliesError(ValueError):
    """The file of prepared answers cannot be taken in; the message names the line."""


@dataclass(frozen=True)
class Prepared:
    """One line of the file."""

    line: int
    title: str
    group: str
    text: str


@dataclass(frozen=True)
class Brought:
    """How many prepared answers are new and how many took the place of one with their title."""

    added: int
    changed: int


def read_prepared(path: Path = DEMO_FILE) -> list[Prepared]:
    """Return the lines of a CSV file (UTF-8) with columns title, group, text.

    Raises BadRepliesError for a missing column or an empty or too long field; lines count from 1,
    the header's.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise BadRepliesError(f"{path.name}: no column {', '.join(missing)}")
        return [_prepared(row, rows.line_num, path.name) for row in rows]


def _prepared(row: dict[str, str | None], line: int, name: str) -> Prepared:
    fields = {column: (row[column] or "").strip() for column in COLUMNS}
    for column, value in fields.items():
        if not 0 < len(value) <= LONGEST[column]:
            why = f"{column} must have 1 to {LONGEST[column]:,} characters"
            raise BadRepliesError(f"{name}, line {line}: {why}")
    return Prepared(line, **fields)


async def bring_in(
    session: AsyncSession, prepared: Iterable[Prepared], *, now: datetime
) -> Brought:
    """Write them as everybody's; a shared reply with the same title is changed, not doubled.

    Raises BadRepliesError for a variable that the desk cannot fill.
    """
    query = select(DbCannedReply).where(DbCannedReply.owner_id.is_(None))
    known = {row.title: row for row in await session.scalars(query)}
    added = changed = 0
    for each in prepared:
        found = known.get(each.title)
        try:
            row = write_reply(
                found,
                title=each.title,
                group=each.group,
                text=each.text,
                shared=True,
                by=OPERATOR,
                now=now,
            )
        except UnknownVariableError as error:
            raise BadRepliesError(f"line {each.line}: {error}") from None
        known[each.title] = row
        session.add(row)
        added, changed = added + (found is None), changed + (found is not None)
    return Brought(added, changed)
