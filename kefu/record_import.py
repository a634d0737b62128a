"""Imports a file of the shop's records from the command line, with a progress bar."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from kefu.record_source import (
    Found,
    Reading,
    found_in_lines,
    found_in_table,
    headers_of,
    layout_of,
)
from kefu.spool import Rows
from review_manager.intake.files import FileError, inspect_file
from review_manager.intake.rejects import Rejects
from server.settings import Settings
from shop.intake import wording
from shop.intake.codes import Kind
from shop.intake.landed import Landed
from shop.intake.landing import audit_import, land
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import use_keyring

ACTOR = "cli"
AT_ONCE = 100
_PAUSE = 0.25
"""How long others may write between two batches, as a share of what the last one took."""

_NOTES_KEPT = 1000


@dataclass(frozen=True)
class Options:
    """What the operator said on the command line."""

    kind: Kind | None = None
    columns: dict[str, str] = field(default_factory=dict)
    platform: str | None = None
    rejects: Path | None = None
    as_json: bool = False


@dataclass
class Done:
    """What became of a file; `landed` counts records, `rejected` rows."""

    landed: Landed = field(default_factory=Landed)
    rejected: int = 0
    rejects_file: Path | None = None

    def as_record(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return {
            **self.landed.as_record(),
            "kinds": self.landed.by_kind(),
            "rejected_rows": self.rejected,
            "rejects_file": str(self.rejects_file) if self.rejects_file else None,
            "notes": [note for _, note in self.landed.notes],
        }


class _RejectsFile(Protocol):
    def write(self, rows: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None: ...


class RejectedLines:
    """The lines of JSON Lines that were not taken, with line and reason, ready to be mended."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, rows: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
        """Add (line, reason, record) rows."""
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            for line, reason, record in rows:
                told = {"line": line, "reason": reason, "record": dict(record)}
                file.write(json.dumps(told, ensure_ascii=False) + "\n")


def import_records(file: Path, options: Options) -> Done:
    """Import `file` into the database of the settings; raises FileError."""
    facts = inspect_file(file)
    layout = layout_of(facts, options.kind, options.columns)
    if layout is not None and not options.as_json:
        print(f"{facts.encoding or facts.kind}，{layout.told()}", file=sys.stderr)
    suffix = ".rejects.jsonl" if layout is None else ".rejects.csv"
    path = options.rejects or file.with_name(file.name + suffix)
    if path.resolve() == file.resolve():
        raise FileError(wording.REJECTS_ARE_THE_FILE)
    path.unlink(missing_ok=True)
    rejects: _RejectsFile = (
        RejectedLines(path) if layout is None else Rejects(path, headers_of(facts))
    )
    settings = Settings()
    use_keyring(settings.keyring())
    upgrade(settings.database)
    with _bar(quiet=options.as_json) as bar:
        task = bar.add_task(file.name, total=1.0)

        def told(share: float) -> None:
            bar.update(task, completed=share)

        reading = Reading(facts, options.kind, options.platform, datetime.now(UTC), told)
        found = found_in_lines(reading) if layout is None else found_in_table(reading, layout)
        with closing(found):
            done = asyncio.run(_land(settings.database, found, rejects, source=file.name))
        told(1.0)
    done.rejects_file = path if done.rejected else None
    return done


def print_outcome(done: Done, *, as_json: bool) -> None:
    """Print what became of an import, for a program or for a person."""
    if as_json:
        print(json.dumps(done.as_record(), ensure_ascii=False))
        return
    for kind, ended in done.landed.by_kind().items():
        told = "，".join(f"{wording.OUTCOMES[outcome]} {n}" for outcome, n in ended.items())
        print(f"{wording.KINDS[kind]}：{told}")
    for _, note in done.landed.notes:
        print(f"注意：{note}")
    if done.rejected:
        print(f"{done.rejected} 行没有导入，原因见 {done.rejects_file}")


async def _land(url: str, found: Iterator[Found], rejects: _RejectsFile, *, source: str) -> Done:
    database, done = Database(url), Done()
    try:
        while batch := tuple(islice(found, AT_ONCE)):
            begun = monotonic()
            await _land_batch(database, batch, rejects, done)
            await asyncio.sleep((monotonic() - begun) * _PAUSE)
        async with database.write() as session:
            await audit_import(
                session, done.landed, actor=ACTOR, source=source, now=datetime.now(UTC)
            )
    finally:
        await database.close()
    return done


async def _land_batch(
    database: Database, batch: tuple[Found, ...], rejects: _RejectsFile, done: Done
) -> None:
    placed = [(place, record) for place, one in enumerate(batch) for record in one.records]
    async with database.write() as session:
        landed = await land(session, placed, actor=ACTOR, now=datetime.now(UTC))
    reasons: dict[int, str] = {}
    for place, reason in landed.refused:
        reasons.setdefault(place, reason)
    reasons |= {place: one.reason for place, one in enumerate(batch) if one.reason is not None}
    rows = [row for place in sorted(reasons) for row in _rows(batch[place].rows, reasons[place])]
    if rows:
        rejects.write(rows)
    done.rejected += len(rows)
    landed.refused.clear()
    del landed.notes[max(0, _NOTES_KEPT - len(done.landed.notes)) :]
    done.landed.add(landed)


def _rows(rows: Rows, reason: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Name the reason at the first row of a record; the others point there."""
    first = rows[0][0]
    for line, cells in rows:
        yield line, reason if line == first else wording.SEE_ROW.format(line=first), cells


def _bar(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet,
    )
