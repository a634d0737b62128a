"""Imports a file of reviews from the command line, with a progress bar."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from review_manager import wording
from review_manager.intake.columns import Columns, check_mapping, load_columns
from review_manager.intake.files import FileError, inspect_file
from review_manager.intake.import_states import ImportState
from review_manager.intake.importing import Wish, begin_import, run_import
from review_manager.intake.preview import preview_file
from review_manager.own_model import use_models
from review_manager.tables import DbReviewImport
from server.settings import Settings
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import use_keyring

HOUSE = "house"
ACTOR = "cli"


@dataclass(frozen=True)
class Options:
    """What the operator said on the command line."""

    platform: str | None
    columns: dict[str, str]
    rejects: Path | None
    as_json: bool


def import_file(file: Path, options: Options) -> DbReviewImport:
    """Import `file` into the database of the settings; raises FileError, BusyError, PausedError."""
    columns = load_columns()
    wish = _wish(file, options, columns)
    settings = Settings()
    use_keyring(settings.keyring())
    use_models(settings.models_dir)
    upgrade(settings.database)
    return asyncio.run(_import(settings.database, wish, columns, quiet=options.as_json))


def as_record(done: DbReviewImport) -> dict[str, Any]:
    """Return what became of an import, as one JSON object."""
    return {
        "import": done.id,
        "state": done.state,
        "rows": done.rows_read,
        "added": done.added,
        "changed": done.changed,
        "known": done.known,
        "rejected": done.rejected,
        "bad": done.bad,
        "rejects_file": done.rejects_file if done.rejected else None,
    }


def print_outcome(done: DbReviewImport, *, as_json: bool) -> None:
    """Print what became of an import, for a program or for a person."""
    if as_json:
        print(json.dumps(as_record(done), ensure_ascii=False))
        return
    print(
        f"读了 {done.rows_read} 行：新增 {done.added}（其中待回复或差评 {done.bad}），"
        f"更新 {done.changed}，已有 {done.known}，未能导入 {done.rejected}"
    )
    if done.rejected:
        print(f"未能导入的行和原因：{done.rejects_file}")


def _wish(file: Path, options: Options, columns: Columns) -> Wish:
    facts = inspect_file(file)
    shown = preview_file(facts, columns)
    fields = shown.guess.as_record() | options.columns
    check_mapping(fields, shown.headers)
    platform = options.platform or shown.guess.platform or HOUSE
    if platform not in wording.PLATFORMS:
        known = "、".join(wording.PLATFORMS)
        raise FileError(wording.UNKNOWN_PLATFORM.format(platform=platform, platforms=known))
    if not options.as_json:
        read_as = f"{facts.encoding or facts.kind}，{wording.PLATFORMS[platform]}"
        pairs = (f"{wording.FIELDS[field]}←{header}" for field, header in fields.items())
        print(f"{read_as}：{'，'.join(pairs)}", file=sys.stderr)
    rejects = options.rejects or file.with_name(f"{file.name}.rejects.csv")
    return Wish(facts, fields, platform, ACTOR, rejects)


async def _import(url: str, wish: Wish, columns: Columns, *, quiet: bool) -> DbReviewImport:
    database = Database(url)
    try:
        async with database.write() as session:
            begun = await begin_import(session, wish, now=_now())
        if begun.state == ImportState.DONE:
            return _nothing_new(begun, quiet=quiet)
        with _bar(quiet=quiet) as bar:
            task = bar.add_task(wish.facts.path.name, total=1.0, completed=0, rows=0)
            return await run_import(
                database,
                wish,
                begun,
                columns,
                clock=_now,
                told=lambda now: bar.update(task, completed=now.progress, rows=now.rows_read),
            )
    finally:
        await database.close()


def _nothing_new(done: DbReviewImport, *, quiet: bool) -> DbReviewImport:
    if not quiet:
        at = wording.shop_time(done.finished_at or done.started_at)
        print(wording.SAME_FILE.format(at=at))
    rows = done.rows_read - done.rejected
    return DbReviewImport(
        id=done.id, state=done.state, rows_read=done.rows_read, added=0, changed=0, known=rows,
        rejected=done.rejected, bad=0, rejects_file=done.rejects_file,
    )  # fmt: skip


def _bar(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}% {task.fields[rows]} 行"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
    )


def _now() -> datetime:
    return datetime.now(UTC)
