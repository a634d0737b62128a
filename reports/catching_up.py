"""Finds which cases changed since the last look, and brings the stored clocks up to date."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.tables import DbConversation
from reports.keeping import forget_vanished, keep_cases
from reports.measuring import Rules
from reports.stale_days import insert
from reports.tables import DbCase, DbMark
from review_manager.tables import DbReview, DbReviewEvent
from sla.policy_files import CaseKind
from storage.engine import Database

BATCH = 40  # a batch holds the write lock: chats must not have to wait for reports
# A transaction that was open for this long when we looked is seen the next time.
OVERLAP = timedelta(minutes=5)
RULES = "rules"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


async def catch_up(database: Database, rules: Rules, *, now: datetime) -> int:
    """Read every case that changed since the last call; returns how many. Commits by batch.

    When the policies are no longer those that the cases were last read by, all are read anew.
    """
    async with database.read() as session:
        mark = await session.get(DbMark, RULES)
    if mark is None or mark.value["fingerprint"] != rules.fingerprint:
        return await rebuild(database, rules, now=now)
    return await _conversations(database, rules, now) + await _reviews(database, rules, now)


async def rebuild(
    database: Database,
    rules: Rules,
    *,
    now: datetime,
    tell: Callable[[int], None] = lambda _done: None,
) -> int:
    """Compute every case anew from the rooms' own records; returns how many. Commits by batch.

    Alarms and breaches stay as they were written: a clock keeps its name, so none is told twice.
    """
    done = 0
    sources: tuple[tuple[CaseKind, type[DbConversation] | type[DbReview]], ...] = (
        ("conversation", DbConversation),
        ("review", DbReview),
    )
    for kind, source in sources:
        last = ""
        while True:
            query = select(source.id).where(source.id > last).order_by(source.id).limit(BATCH)
            if source is DbConversation:
                query = query.where(DbConversation.last_customer_seq > 0)
            else:
                query = query.where(DbReview.due_at.is_not(None))
            async with database.write() as session:
                ids = list(await session.scalars(query))
                if ids:
                    await keep_cases(session, kind, ids, rules=rules, now=now)
            if not ids:
                break
            last, done = ids[-1], done + len(ids)
            tell(done)
        async with database.write() as session:
            await forget_vanished(session, kind, source)
            await _set_mark(session, f"{kind}s", now)
    async with database.write() as session:
        await _write_mark(session, RULES, {"fingerprint": rules.fingerprint})
    return done


async def _conversations(database: Database, rules: Rules, now: datetime) -> int:
    async with database.read() as session:
        since = await _mark(session, "conversations")
        query = (
            select(DbConversation.id)
            .outerjoin(DbCase, DbCase.id == DbConversation.id)
            .where(DbConversation.updated_at >= since, DbConversation.last_customer_seq > 0)
            .where(DbCase.revision.is_distinct_from(DbConversation.revision))
            # Who waits comes first: in a flood this takes a while, and an alarm may depend on it.
            .order_by(DbConversation.waiting_since.is_(None), DbConversation.waiting_since)
        )
        ids = list(await session.scalars(query))
    return await _keep(database, "conversation", ids, rules=rules, now=now, since=since)


async def _reviews(database: Database, rules: Rules, now: datetime) -> int:
    async with database.read() as session:
        since = await _mark(session, "reviews")
        query = (
            select(DbReview.id)
            .join(DbReviewEvent, DbReviewEvent.review_id == DbReview.id)
            .outerjoin(DbCase, DbCase.id == DbReview.id)
            .where(DbReviewEvent.id >= first_id(since))
            .where(DbCase.revision.is_distinct_from(DbReview.revision))
            .where(DbReview.due_at.is_not(None) | DbCase.id.is_not(None))
            .distinct()
        )
        ids = list(await session.scalars(query))
    return await _keep(database, "review", ids, rules=rules, now=now, since=since)


def first_id(at: datetime) -> str:
    """Give the lowest UUIDv7 of an instant: rows made later have a higher id."""
    digits = f"{max(0, int(at.timestamp() * 1000)):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"


async def _keep(
    database: Database,
    kind: CaseKind,
    ids: Sequence[str],
    *,
    rules: Rules,
    now: datetime,
    since: datetime,
) -> int:
    for start in range(0, len(ids), BATCH):
        async with database.write() as session:
            await keep_cases(session, kind, ids[start : start + BATCH], rules=rules, now=now)
    if now - since > 2 * OVERLAP:
        async with database.write() as session:
            await _set_mark(session, f"{kind}s", now)
    return len(ids)


async def _mark(session: AsyncSession, name: str) -> datetime:
    mark = await session.get(DbMark, name)
    return datetime.fromisoformat(mark.value["read_until"]) if mark else BEGINNING


async def _set_mark(session: AsyncSession, name: str, now: datetime) -> None:
    await _write_mark(session, name, {"read_until": (now - OVERLAP).isoformat()})


async def _write_mark(session: AsyncSession, name: str, value: dict[str, str]) -> None:
    add = insert(session, DbMark).values(name=name, value=value)
    await session.execute(
        add.on_conflict_do_update(index_elements=[DbMark.name], set_={"value": value})
    )
