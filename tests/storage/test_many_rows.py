"""Rows that travel together arrive as the mapper writes them, on both kinds of database."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean

from storage.batches import BatchWriter
from storage.column_types import Json, UtcDateTime
from storage.many_rows import insert_rows, read_held, update_rows

Result = TypeVar("Result")
Write = Callable[[Callable[[Session], Result]], Any]

PROBE = Table(
    "many_rows_probe",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("count", Integer),
    Column("short", String(4)),
    Column("text", Text),
    Column("flag", Boolean),
    Column("extras", Json),
    Column("at", UtcDateTime),
    Column("sealed", LargeBinary),
)
NAMES = ("id", "count", "short", "text", "flag", "extras", "at")
AT = datetime(2026, 11, 22, 18, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
TEXTS = (
    "您好",
    "",
    '引号"和\\反斜杠\\u0041',
    "第一行\n第二行\t制表",
    "👍🏽 \u2028 ￿ é",
    "$[0]",
    "null",
    "x" * 5_000,
)


@pytest.fixture
async def write(database_url: str) -> AsyncIterator[Write[Any]]:
    """Run work in one transaction over an empty table."""
    writer = BatchWriter(database_url)
    write = _each(writer)
    await write(lambda session: PROBE.metadata.create_all(session.connection()))
    yield write
    await writer.close()


def _each(writer: BatchWriter) -> Write[Any]:
    return lambda work: writer.run(lambda: writer.write(work))


async def _all(write: Write[Any]) -> list[dict[str, Any]]:
    query = select(PROBE).order_by(PROBE.c.id)
    return list(await write(lambda s: [dict(row) for row in s.execute(query).mappings()]))


async def test_every_value_arrives_as_the_column_stores_it(write: Write[Any]) -> None:
    extras = {"image": {"url": "/a?b=1", "width": 3}, "buttons": [{"title": "查物流"}]}
    rows = [[f"{n}", n, "四个字啊", text, n % 2 == 0, extras, AT] for n, text in enumerate(TEXTS)]
    await write(lambda session: insert_rows(session, PROBE, NAMES, rows))
    stored = await _all(write)
    assert [row["text"] for row in stored] == list(TEXTS)
    assert [row["flag"] for row in stored] == [n % 2 == 0 for n in range(len(TEXTS))]
    assert {row["short"] for row in stored} == {"四个字啊"}
    assert all(row["extras"] == extras for row in stored)
    assert {row["at"] for row in stored} == {AT.astimezone(UTC)}
    assert {row["sealed"] for row in stored} == {None}


async def test_nothing_arrives_as_nothing(write: Write[Any]) -> None:
    await write(lambda session: insert_rows(session, PROBE, NAMES, [["a", *[None] * 6]]))
    await write(lambda session: insert_rows(session, PROBE, NAMES, []))
    assert await _all(write) == [{"id": "a", "sealed": None} | dict.fromkeys(NAMES[1:])]


async def test_an_update_changes_the_named_columns_of_the_named_rows(write: Write[Any]) -> None:
    rows = [[key, 1, "kept", "before", True, None, AT] for key in "abc"]
    await write(lambda session: insert_rows(session, PROBE, NAMES, rows))
    later = AT + timedelta(seconds=1)
    changes = [["a", "A", later, None], ["c", "C", later, 7], ["nobody", "?", later, 0]]
    names = ("id", "text", "at", "count")
    await write(lambda session: update_rows(session, PROBE, names, changes))
    stored = {row["id"]: row for row in await _all(write)}
    assert [stored[key]["text"] for key in "abc"] == ["A", "before", "C"]
    assert [stored[key]["count"] for key in "abc"] == [None, 1, 7]
    assert [stored[key]["at"] for key in "abc"] == [later, AT, later]
    assert {row["short"] for row in stored.values()} == {"kept"}
    assert len(stored) == 3


async def test_rows_are_read_in_the_order_of_their_ids(write: Write[Any]) -> None:
    rows = [[key, n, None, "甲", False, None, AT] for n, key in enumerate("cab")]
    await write(lambda session: insert_rows(session, PROBE, NAMES, rows))
    names = ("id", "count", "at")
    wanted = ["b", "nobody", "c", "a"]
    found = await write(lambda session: read_held(session, PROBE, names, wanted))
    assert [row["id"] for row in found] == ["a", "b", "c"]
    assert [row["count"] for row in found] == [1, 2, 0]
    assert all(row["at"] == AT and row["at"].tzinfo is UTC for row in found)
    assert await write(lambda session: read_held(session, PROBE, names, [])) == []


async def test_a_row_that_is_there_already_refuses_them_all(write: Write[Any]) -> None:
    row = [1, None, None, None, None, None]
    await write(lambda session: insert_rows(session, PROBE, NAMES, [["b", *row]]))
    with pytest.raises(IntegrityError):
        await write(
            lambda session: insert_rows(session, PROBE, NAMES, [[key, *row] for key in "abc"])
        )
    assert [each["id"] for each in await _all(write)] == ["b"]


async def test_a_text_that_is_too_long_is_refused_and_not_cut(postgresql_url: str) -> None:
    """On PostgreSQL; SQLite knows no longest text."""
    writer = BatchWriter(postgresql_url)
    write = _each(writer)
    await write(lambda session: PROBE.metadata.create_all(session.connection()))
    row = ["a", 1, "五个字太长", None, None, None, None]
    with pytest.raises(DataError):
        await write(lambda session: insert_rows(session, PROBE, NAMES, [row]))
    await writer.close()


@pytest.mark.parametrize("count", [1, 3, 50, 199, 200, 201, 450])
async def test_any_number_of_rows_arrives_whole(write: Write[Any], count: int) -> None:
    """A statement has places for so many; what is over gets another, and empty places stay out."""
    rows = [[f"{n:04d}", n, None, "甲", n % 2 == 0, {"n": n}, AT] for n in range(count)]
    await write(lambda session: insert_rows(session, PROBE, NAMES, rows))
    changes = [[row[0], row[1] + 1] for row in rows[::2]]
    await write(lambda session: update_rows(session, PROBE, ("id", "count"), changes))
    stored = await _all(write)
    assert [row["id"] for row in stored] == [row[0] for row in rows]
    assert [row["count"] for row in stored] == [n + (n % 2 == 0) for n in range(count)]
    assert [row["extras"] for row in stored] == [{"n": n} for n in range(count)]
    wanted = [row[0] for row in rows]
    found = await write(lambda session: read_held(session, PROBE, ("id", "at"), wanted))
    assert [row["id"] for row in found] == wanted
