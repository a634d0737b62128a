"""What a file looks like before it is imported: its columns, the guess, the first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.intake.columns import (
    ColumnMap,
    Columns,
    Field,
    Profile,
    load_columns,
    with_profiles,
)
from review_manager.intake.files import FileFacts
from review_manager.intake.reading import RowError, RowReader, plain
from review_manager.intake.rows import RawRow, open_rows, sample
from review_manager.tables import DbColumnProfile

_SAMPLES = 5
_SHOWN = 120


@dataclass(frozen=True)
class Preview:
    """The headers of a file with samples of their cells and the guessed mapping."""

    headers: tuple[str, ...]
    samples: Mapping[str, list[str]]
    private: tuple[str, ...]
    guess: ColumnMap
    total: int | None
    rows: Sequence[RawRow]


def preview_file(facts: FileFacts, columns: Columns) -> Preview:
    """Look at the head of a file; raises FileError."""
    with open_rows(facts, columns) as source:
        rows = sample(source, rows=_SAMPLES)
    samples = {
        header: [plain(row.cells.get(header))[:_SHOWN] for row in rows] for header in source.headers
    }
    return Preview(
        headers=source.headers,
        samples=samples,
        private=tuple(name for name in source.headers if columns.is_private(name)),
        guess=columns.guess(source.headers, [row.cells for row in rows]),
        total=source.total,
        rows=rows,
    )


def try_rows(rows: Sequence[RawRow], reader: RowReader) -> list[dict[str, Any]]:
    """Read sample rows under a mapping: the reviews they would become, or why they would not."""
    shown: list[dict[str, Any]] = []
    for row in rows:
        try:
            if row.problem:
                raise RowError(row.problem)
            read = reader.read(row.cells, line=row.line)
        except RowError as error:
            shown.append({"line": row.line, "problem": str(error)})
            continue
        shown.append(
            {
                "line": row.line,
                "platform": read.platform,
                "stars": read.stars,
                "text": read.text[:_SHOWN],
                "posted_at": read.posted_at.isoformat(),
                "review_id": read.external_id,
                "order_number": read.order_number,
            }
        )
    return shown


async def read_columns(session: AsyncSession) -> Columns:
    """Return the shipped names and layouts together with the shop's own layouts."""
    stored = await session.scalars(select(DbColumnProfile).order_by(DbColumnProfile.name))
    own = [
        Profile(
            name=one.name,
            platform=one.platform,
            seen_in=one.saved_by,
            columns={header: Field(field) for field, header in one.mapping.items()},
        )
        for one in stored
    ]
    return with_profiles(load_columns(), own)
