"""One import of a file, first row to last: in batches, resumable, in constant memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.intake.analysts import Analysts
from review_manager.intake.columns import Columns, Field, check_mapping
from review_manager.intake.files import FileError, FileFacts
from review_manager.intake.import_states import ImportState, PausedError
from review_manager.intake.keys import content_hash, content_key
from review_manager.intake.landing import JudgedReview, Landed, known_hashes, land
from review_manager.intake.reading import ReadReview, RowError, RowReader
from review_manager.intake.rejects import Rejects
from review_manager.intake.rows import RawRow, RowSource, open_rows
from review_manager.judging import judge
from review_manager.tables import DbReviewImport
from storage import audit
from storage.engine import Database

AT_ONCE = 1000
_AHEAD = 2
_MANY_BYTES = 1 << 20
_ALIVE_FOR = timedelta(seconds=30)

Cells = Mapping[str, Any]


class BusyError(RuntimeError):
    """The same file is being imported right now; the message says by whom."""


@dataclass(frozen=True)
class Wish:
    """What is to be imported how; `platform` is for rows that name none."""

    facts: FileFacts
    fields: Mapping[str, str]
    platform: str
    actor: str
    rejects: Path


@dataclass
class _Batch:
    rows_done: int
    last_line: int
    progress: float
    reads: list[ReadReview] = field(default_factory=list)
    cells: dict[int, Cells] = field(default_factory=dict)
    rejects: list[tuple[int, str]] = field(default_factory=list)
    judged: list[JudgedReview] = field(default_factory=list)


async def begin_import(session: AsyncSession, wish: Wish, *, now: datetime) -> DbReviewImport:
    """Return the import of this file: a new one, the interrupted one, or the finished one.

    The same file with the same mapping is imported once. Raises BusyError while it runs.
    """
    query = (
        select(DbReviewImport)
        .where(DbReviewImport.file_hash == wish.facts.hash)
        .order_by(DbReviewImport.started_at.desc())
    )
    for known in await session.scalars(query):
        if known.mapping != dict(wish.fields) or known.platform != wish.platform:
            continue
        if known.state == ImportState.RUNNING and now - known.touched_at < _ALIVE_FOR:
            at = wording.shop_time(known.started_at)
            raise BusyError(wording.BUSY.format(by=known.started_by, at=at))
        if known.state != ImportState.UPLOADED:
            if known.state != ImportState.DONE:
                known.state, known.problem, known.touched_at = ImportState.RUNNING, "", now
            return known
    begun = DbReviewImport(
        file_name=wish.facts.path.name[-200:],
        file_hash=wish.facts.hash,
        platform=wish.platform,
        mapping=dict(wish.fields),
        state=ImportState.RUNNING,
        started_by=wish.actor,
        started_at=now,
        touched_at=now,
        rejects_file=str(wish.rejects),
    )
    session.add(begun)
    await session.flush()
    return begun


async def run_import(
    database: Database,
    wish: Wish,
    begun: DbReviewImport,
    columns: Columns,
    *,
    clock: Callable[[], datetime],
    told: Callable[[DbReviewImport], None] = lambda begun: None,
) -> DbReviewImport:
    """Read the file from where `begun` stands, committing batch after batch; return its record.

    `told` hears of the record after every batch. Raises FileError for a file that has become
    unreadable and PausedError when somebody paused it; whatever was committed stays, and the next
    run goes on from there.
    """
    try:
        with open_rows(wish.facts, columns) as source:
            fields = check_mapping(wish.fields, source.headers)
            reader = _row_reader(wish, fields, source, columns, clock())
            await _read_through(database, begun, source, reader, wish, clock=clock, told=told)
    except FileError as error:
        await _finish(database, begun, clock(), failure=str(error))
        raise
    await _finish(database, begun, clock())
    told(begun)
    return begun


async def _read_through(
    database: Database,
    begun: DbReviewImport,
    source: RowSource,
    reader: RowReader,
    wish: Wish,
    *,
    clock: Callable[[], datetime],
    told: Callable[[DbReviewImport], None],
) -> None:
    rejects = Rejects(wish.rejects, source.headers)
    with Analysts(many=wish.facts.size > _MANY_BYTES) as analysts:
        async for batch in _judged(
            database, source, reader, analysts, rejects=rejects, skip=begun.rows_read
        ):
            await _commit(database, begun, batch, rejects, clock())
            told(begun)


def _row_reader(
    wish: Wish, fields: Mapping[Field, str], source: RowSource, columns: Columns, now: datetime
) -> RowReader:
    used = set(fields.values())
    kept = [name for name in source.headers if name not in used and not columns.is_private(name)]
    return RowReader(fields, wish.platform, tuple(kept), now)


async def _judged(
    database: Database,
    source: RowSource,
    reader: RowReader,
    analysts: Analysts,
    *,
    rejects: Rejects,
    skip: int,
) -> AsyncIterator[_Batch]:
    """Yield the batches in order; while one is stored, the next ones are analysed already."""
    ahead: deque[asyncio.Task[_Batch]] = deque()
    try:
        for batch in _batches(source, reader, rejects, skip=skip):
            ahead.append(asyncio.create_task(_judge_batch(database, batch, analysts)))
            if len(ahead) > analysts.count * _AHEAD:
                yield await ahead.popleft()
        while ahead:
            yield await ahead.popleft()
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


def _batches(
    source: RowSource, reader: RowReader, rejects: Rejects, *, skip: int
) -> Iterator[_Batch]:
    batch, done = _Batch(skip, 0, 0.0), 0
    for row in source.rows:
        done += 1
        if done <= skip:
            if done == skip:
                rejects.keep_up_to(row.line)
            continue
        _read(batch, row, reader)
        batch.rows_done, batch.last_line = done, row.line
        if done % AT_ONCE == 0:
            batch.progress = source.position()
            yield batch
            batch = _Batch(done, row.line, 0.0)
    if batch.reads or batch.rejects:
        batch.progress = 1.0
        yield batch


def _read(batch: _Batch, row: RawRow, reader: RowReader) -> None:
    batch.cells[row.line] = row.cells
    if row.problem is not None:
        batch.rejects.append((row.line, row.problem))
        return
    try:
        batch.reads.append(reader.read(row.cells, line=row.line))
    except RowError as error:
        batch.rejects.append((row.line, str(error)))


async def _judge_batch(database: Database, batch: _Batch, analysts: Analysts) -> _Batch:
    """Analyse what is new or changed; what is known as it stands needs no judgement."""
    async with database.read() as session:
        known = await known_hashes(session, batch.reads)
    fresh = [
        read
        for read in batch.reads
        if known.get(content_key(read)) != content_hash(read) or read.follow_up
    ]
    said = [(read.text, read.stars) for read in fresh]
    said += [(read.follow_up, None) for read in fresh if read.follow_up]
    analyses = iter(await analysts.analyse(said))
    firsts = {id(read): judge(next(analyses), stars=read.stars) for read in fresh}
    laters = {
        id(read): judge(next(analyses), stars=None, later=True) for read in fresh if read.follow_up
    }
    batch.judged = [
        JudgedReview(read, firsts.get(id(read)), laters.get(id(read))) for read in batch.reads
    ]
    return batch


async def _commit(
    database: Database, begun: DbReviewImport, batch: _Batch, rejects: Rejects, now: datetime
) -> None:
    async with database.write() as session:
        state = select(DbReviewImport.state).where(DbReviewImport.id == begun.id).with_for_update()
        if await session.scalar(state) == ImportState.PAUSED:
            raise PausedError(wording.PAUSED.format(rows=begun.rows_read))
        landed = await land(
            session, batch.judged, import_id=begun.id, actor=begun.started_by, now=now
        )
        refused = sorted([*batch.rejects, *landed.rejects])
        # Written before the commit: after a crash in between, the next run drops them again.
        rejects.write([(line, reason, batch.cells.get(line, {})) for line, reason in refused])
        _count(begun, landed, len(refused))
        begun.rows_read, begun.progress, begun.touched_at = batch.rows_done, batch.progress, now
        begun.state = ImportState.RUNNING
        await session.merge(begun)


def _count(begun: DbReviewImport, landed: Landed, refused: int) -> None:
    begun.added += landed.added
    begun.changed += landed.changed
    begun.known += landed.known
    begun.bad += landed.bad
    begun.rejected += refused


async def _finish(
    database: Database, begun: DbReviewImport, now: datetime, *, failure: str = ""
) -> None:
    begun.state = ImportState.FAILED if failure else ImportState.DONE
    begun.problem, begun.touched_at, begun.finished_at = failure, now, now
    if not failure:
        begun.progress, begun.rows_total = 1.0, begun.rows_read
    async with database.write() as session:
        await session.merge(begun)
        await audit.record(
            session,
            actor=begun.started_by,
            action="reviews.imported" if not failure else "reviews.import_failed",
            object_type="review_import",
            object_id=begun.id,
            at=now,
            detail={
                "rows": begun.rows_read,
                "added": begun.added,
                "changed": begun.changed,
                "rejected": begun.rejected,
            },
        )
