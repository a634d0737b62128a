"""Writes what the model generates into a database in bulk: the rooms' records, cases, clocks, days.

Clocks are computed by the same functions as in the product, from the same events; only the way into
the database is shorter (executemany on SQLite, COPY on PostgreSQL).
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar

import psycopg
from sqlalchemy import Table, make_url

from bench.sla_model import Chat, Review, category_of
from desk.tables import DbConversation, DbConversationEvent, DbMessage, DbVisitor
from reports.conversations import Told, read_conversation
from reports.keeping import case_row
from reports.measuring import Rules, measure_record
from reports.records import CaseRecord, Subject
from reports.tables import DbCase, DbClock
from review_manager.tables import DbReview, DbReviewEvent
from sla.events import Event, EventType, in_order
from storage.tables import Base

CHUNK = 4_000
Item = TypeVar("Item")
Rows = list[dict[str, Any]]


class Sink(Protocol):
    """A database that takes rows in bulk."""

    def write(self, table: Table, rows: Rows) -> None: ...

    def done(self) -> None: ...


class SqliteSink:
    """SQLite by its own driver; the disk is not waited for while loading."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        for pragma in ("synchronous=OFF", "cache_size=-300000", "foreign_keys=OFF"):
            self._connection.execute(f"PRAGMA {pragma}")

    def write(self, table: Table, rows: Rows) -> None:
        names = list(rows[0])
        marks = ",".join("?" * len(names))
        columns = ",".join(f'"{name}"' for name in names)
        self._connection.execute("BEGIN")
        self._connection.executemany(
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',
            _written(rows, names, _PLAIN),
        )
        self._connection.execute("COMMIT")

    def done(self) -> None:
        self._connection.execute("ANALYZE")
        self._connection.close()


def _written(
    rows: Rows, names: Sequence[str], ways: dict[type, Callable[[Any], str]]
) -> Iterator[list[Any]]:
    """Yield the values of each row, those of some types written as text."""
    for row in rows:
        values = [row[name] for name in names]
        yield [ways[type(one)](one) if type(one) in ways else one for one in values]


class PostgresqlSink:
    """PostgreSQL by COPY."""

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        self._connection.execute("SET synchronous_commit = off")

    def write(self, table: Table, rows: Rows) -> None:
        names = list(rows[0])
        columns = ",".join(f'"{name}"' for name in names)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy,
        ):
            for values in _written(rows, names, _JSON):
                copy.write_row(values)

    def done(self) -> None:
        self._connection.execute("VACUUM ANALYZE")
        self._connection.close()


def open_sink(url: str) -> Sink:
    """Return the sink of a database."""
    return SqliteSink(url) if url.startswith("sqlite") else PostgresqlSink(url)


def load_reviews(
    sinks: Sequence[Sink], found: Iterable[Review], rules: Rules, *, now: datetime
) -> int:
    """Write reviews with their events, cases and clocks; returns how many clocks."""
    clocks = 0
    for chunk in _chunks(found):
        reviews: Rows = [_review(one) for one in chunk]
        events = [event for one in chunk for event in _review_events(one)]
        records = [_review_record(one, now) for one in chunk if one.is_bad]
        clocks += _write(sinks, [(DbReview, reviews), (DbReviewEvent, events)], records, rules, now)
    return clocks


def load_chats(
    sinks: Sequence[Sink], found: Iterable[Chat], rules: Rules, *, now: datetime
) -> tuple[int, int]:
    """Write conversations likewise; returns how many desk events and how many clocks."""
    events = clocks = 0
    for chunk in _chunks(found):
        messages = [_message(one, n) for one in chunk for n in range(len(one.said))]
        changes = [_change(one, n) for one in chunk for n in range(len(one.changes))]
        tables: list[tuple[type[Base], Rows]] = [
            (DbVisitor, [_visitor(one) for one in chunk]),
            (DbConversation, [_conversation(one) for one in chunk]),
            (DbMessage, messages),
            (DbConversationEvent, changes),
        ]
        events += len(messages) + len(changes)
        records = [_chat_record(one, now) for one in chunk]
        clocks += _write(sinks, tables, records, rules, now)
    return events, clocks


def _write(
    sinks: Sequence[Sink],
    tables: Sequence[tuple[type[Base], Rows]],
    records: Sequence[CaseRecord],
    rules: Rules,
    now: datetime,
) -> int:
    cases, clocks = [], []
    for record in records:
        measured = measure_record(record, rules, now=now)
        # What is due already was told long ago: the sweep is measured on what comes due later.
        cases.append(case_row(record, None))
        clocks += [one.row(record) for one in measured]
    for sink in sinks:
        for table, rows in [*tables, (DbCase, cases), (DbClock, clocks)]:
            if rows:
                sink.write(table.__table__, rows)  # type: ignore[arg-type]
    return len(clocks)


def _review(one: Review) -> dict[str, Any]:
    return _defaults(DbReview) | {
        "id": one.id,
        "platform": one.platform,
        "content_key": one.id,
        "content_hash": one.id,
        "sku": one.sku,
        "product_name": one.sku,
        "stars": 1 if one.is_bad else 5,
        "text": "…",
        "posted_at": one.posted_at,
        "received_at": one.posted_at,
        "sentiment": "negative" if one.is_bad else "positive",
        "aspects": [{"aspect": one.aspect, "polarity": "negative"}] if one.is_bad else [],
        "depth": "fast",
        "state": _review_state(one),
        "bad_since": one.posted_at if one.is_bad else None,
        "due_at": one.posted_at + timedelta(hours=24) if one.is_bad else None,
        "replied_at": one.replied_at,
    }


@cache
def _defaults(table: type[Base]) -> dict[str, Any]:
    """Give what the product itself writes where it is told nothing."""
    return {
        column.name: []
        if "list" in str(column.default.arg)
        else {}
        if column.default.is_callable
        else column.default.arg
        for column in table.__table__.columns
        if column.default is not None and not column.primary_key
    }


def _review_state(one: Review) -> str:
    if not one.is_bad:
        return "quiet"
    return "published" if one.replied_at else "open"


def _review_events(one: Review) -> Iterator[dict[str, Any]]:
    told = [(one.posted_at, "review_posted", "import")]
    if one.replied_at is not None:
        told.append((one.replied_at, "reply_published", f"staff:{one.agent}"))
    for number, (at, kind, actor) in enumerate(told):
        yield {
            "id": f"{number}{one.id[1:]}", "review_id": one.id, "at": at, "type": kind,
            "actor": actor, "detail": {},
        }  # fmt: skip


def _review_record(one: Review, now: datetime) -> CaseRecord:
    events = [Event(one.posted_at, EventType.REVIEW_POSTED)]
    if one.replied_at is not None:
        events.append(Event(one.replied_at, EventType.REPLY_PUBLISHED))
    ordered = in_order(events)
    return CaseRecord(
        id=one.id, kind="review", revision=1, title=one.sku, opened_at=one.posted_at,
        ended_at=one.replied_at,
        subject=Subject(one.platform, category_of(one.sku), one.sku, one.aspect),
        events=ordered, response_events=ordered, labels=frozenset({"bad"}),
        answers=[(one.replied_at, one.agent)] if one.replied_at else [], now=now,
    )  # fmt: skip


def _chat_record(one: Chat, now: datetime) -> CaseRecord:
    subject = Subject(one.platform, category_of(one.sku), one.sku, reason=one.reason)
    return read_conversation(Told(one.id, 1, one.visitor, subject, one.said, one.changes), now=now)


def _visitor(one: Chat) -> dict[str, Any]:
    return {
        "id": one.visitor, "token_hash": one.visitor, "customer_id": None,
        "created_at": one.begun_at, "seen_at": one.begun_at,
    }  # fmt: skip


def _conversation(one: Chat) -> dict[str, Any]:
    last_at = max([one.said[-1].at, *(change.at for change in one.changes)])
    return {
        "id": one.id, "visitor_id": one.visitor, "owner": one.owner,
        "owner_epoch": 1 + len(one.changes), "revision": 1, "last_seq": len(one.said),
        "reason": one.reason, "last_customer_seq": 1, "bot_done_seq": len(one.said),
        "bot_session": 1, "customer_read_seq": 0, "agent_read_seq": 0, "unread": 0,
        "last_text": "…", "created_at": one.begun_at, "updated_at": last_at,
        "closed_at": last_at if one.owner == "closed" else None,
    }  # fmt: skip


def _message(one: Chat, number: int) -> dict[str, Any]:
    said = one.said[number]
    return {
        "id": f"m{one.id[4:]}{number:03d}",
        "conversation_id": one.id, "seq": said.seq, "sender": said.sender, "kind": "text",
        "author_id": said.author_id, "text": said.text, "internal": False, "automatic": False,
        "epoch": 1, "at": said.at,
    }  # fmt: skip


def _change(one: Chat, number: int) -> dict[str, Any]:
    change = one.changes[number]
    return {
        "conversation_id": one.id, "at": change.at, "kind": change.kind, "actor": change.actor,
        "epoch": number + 1, "seq": change.seq, "detail": dict(change.detail),
    }  # fmt: skip


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    source = iter(items)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _as_text(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


_JSON: dict[type, Callable[[Any], str]] = {list: json.dumps, dict: json.dumps}
_PLAIN = _JSON | {datetime: _as_text}
