"""What a source said before: told apart from its news, kept without telling what it was."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from shop.intake.codes import Kind
from shop.intake.records import read_record
from shop.intake.statements import Statements, digest
from shop.orders import OrderStatus
from shop.tables import DbSourceRecord
from storage.engine import Database


def order(now: datetime, **facts: Any) -> Any:
    return read_record({"kind": "order", "number": "A1001", **facts}, now=now)


@pytest.fixture
async def statements(sqlite_database: Database, now: datetime) -> Any:
    async with sqlite_database.write() as session:
        yield Statements(session, actor="key:erp", now=now)


def test_a_hash_binds_value_field_and_record() -> None:
    said = digest(Kind.ORDER, "A1", "remark", "x")
    assert said == digest(Kind.ORDER, "A1", "remark", "x")
    assert len(said) == 16
    others = [
        digest(Kind.ORDER, "A2", "remark", "x"), digest(Kind.ORDER, "A1", "receiver", "x"),
        digest(Kind.PARCEL, "A1", "remark", "x"), digest(Kind.ORDER, "A1", "remark", "y"),
    ]  # fmt: skip
    assert said not in others
    assert digest(Kind.ORDER, "A1", "status", OrderStatus.PAID) == digest(
        Kind.ORDER, "A1", "status", "paid"
    )
    assert digest(Kind.ORDER, "A1", "signed_at", None) != digest(Kind.ORDER, "A1", "signed_at", "")


async def test_news_is_what_was_not_said_before(statements: Statements, now: datetime) -> None:
    first = order(now, status="paid", remark="轻放")
    await statements.look_up(Kind.ORDER, [first])
    heard = statements.hear(first, is_stored=False)
    assert dict(heard.news) == {"status": "paid", "remark": "轻放"}
    statements.keep(heard)
    assert not statements.hear(first, is_stored=True).news
    again = statements.hear(order(now, status="shipped", remark="轻放"), is_stored=True)
    assert dict(again.news) == {"status": "shipped"}
    assert again.is_ours("status", "cancelled")
    assert not again.is_ours("status", "paid")
    lost = statements.hear(first, is_stored=False)  # the row is gone: all of it is news again
    assert set(lost.news) == {"status", "remark"}


async def test_a_partial_record_forgets_nothing_of_the_rest(
    statements: Statements, now: datetime
) -> None:
    whole, part = order(now, status="paid", remark="轻放"), order(now, remark="不用轻放")
    await statements.look_up(Kind.ORDER, [whole])
    statements.keep(statements.hear(whole, is_stored=False))
    statements.keep(statements.hear(part, is_stored=True))
    assert dict(statements.hear(whole, is_stored=True).news) == {"remark": "轻放"}


@pytest.mark.parametrize(
    ("before", "now_said", "older"),
    [
        ("2026-11-20T12:00:00", "2026-11-20T11:59:59", True),
        ("2026-11-20T12:00:00", "2026-11-20T12:00:00", False),
        ("2026-11-20T12:00:00", "2026-11-20T04:00:01Z", False),
        ("2026-11-20T12:00:00", None, False),
        (None, "2026-11-20T12:00:00", False),
    ],
)
async def test_what_is_older(
    statements: Statements, now: datetime, before: str | None, now_said: str | None, older: bool
) -> None:
    first, second = order(now, updated_at=before), order(now, updated_at=now_said)
    await statements.look_up(Kind.ORDER, [first])
    statements.keep(statements.hear(first, is_stored=False))
    assert statements.hear(second, is_stored=True).older is older


async def test_who_said_it_and_when_is_kept(
    sqlite_database: Database, statements: Statements, now: datetime
) -> None:
    first = order(now, remark="轻放", updated_at=now.isoformat())
    await statements.look_up(Kind.ORDER, [first])
    statements.keep(statements.hear(first, is_stored=False))
    await statements._session.flush()
    (kept,) = await statements._session.scalars(select(DbSourceRecord))
    assert (kept.kind, kept.key, kept.landed_by, kept.landed_at, kept.updated_at) == (
        "order", "A1001", "key:erp", now, now,
    )  # fmt: skip
    assert "轻放" not in str(kept.fields)
