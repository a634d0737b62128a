"""Uploads of review files: preview, mapping, the import in the background, its rejects."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from review_manager import wording
from review_manager.intake.columns import Field as Column
from review_manager.intake.columns import check_mapping
from review_manager.intake.files import FileError, FileFacts, inspect_file
from review_manager.intake.importing import (
    BusyError,
    ImportState,
    Wish,
    begin_import,
    run_import,
)
from review_manager.intake.preview import Preview, preview_file, read_columns, try_rows
from review_manager.intake.reading import RowReader
from review_manager.tables import DbColumnProfile, DbReviewImport
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE, SETTINGS
from server.problems import Problem
from server.requests import read_body, read_query
from server.reviews_views import actor_of, iso
from storage.engine import Database
from storage.tables import new_id

log = structlog.get_logger(__name__)

LARGEST_UPLOAD = 1024**3
CHUNK = 1 << 18
ID = "{id:[0-9a-f-]{36}}"
NAMES = r"^[^/\\\x00-\x1f]{1,200}$"
JOBS = web.AppKey("review_imports", set[asyncio.Task[None]])
STOPPING = web.AppKey("review_imports_stopping", Event)


class Upload(BaseModel):
    """The name under which a file was uploaded."""

    name: str = Field(pattern=NAMES)


class Start(BaseModel):
    """An uploaded file with the mapping that the operator settled on."""

    model_config = ConfigDict(extra="forbid")

    upload: str = Field(pattern=r"^[0-9a-f-]{36}$")
    platform: str = Field(max_length=20)
    mapping: dict[str, str]
    keep_as: str | None = Field(default=None, min_length=1, max_length=60)


class Try(BaseModel):
    """A mapping to try on the first rows."""

    model_config = ConfigDict(extra="forbid")

    platform: str = Field(max_length=20)
    mapping: dict[str, str]


def add_routes(app: web.Application) -> None:
    """Add uploads and imports."""
    app[JOBS], app[STOPPING] = set(), Event()
    app.router.add_post("/api/reviews/uploads", upload)
    app.router.add_post(f"/api/reviews/uploads/{ID}/try", try_mapping)
    app.router.add_post("/api/reviews/imports", start)
    app.router.add_get("/api/reviews/imports", imports)
    app.router.add_get(f"/api/reviews/imports/{ID}", one_import)
    app.router.add_get(f"/api/reviews/imports/{ID}/rejects", rejects)
    app.cleanup_ctx.append(_stop_jobs)


@staff_only(Permission.WRITE_REVIEWS)
async def upload(request: web.Request) -> web.Response:
    """Take the raw bytes of a file and answer with its columns and how they were understood."""
    name = read_query(request, Upload).name
    upload_id, path = new_id(), _folder(request) / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    suffix = Path(name).suffix.lower()[:10]
    stored = path / f"{new_id()}{suffix}"
    await _receive(request, stored)
    try:
        facts = await asyncio.to_thread(inspect_file, stored)
        async with request.app[DATABASE].read() as session:
            columns = await read_columns(session)
        shown = await asyncio.to_thread(preview_file, facts, columns)
    except FileError as error:
        stored.unlink(missing_ok=True)
        raise Problem(422, str(error)) from None
    now, actor = _now(), actor_of(request[PERSON])
    async with request.app[DATABASE].write() as session:
        session.add(
            DbReviewImport(
                id=upload_id,
                file_name=name or stored.name,
                file_hash=facts.hash,
                stored_path=str(stored),
                state=ImportState.UPLOADED,
                started_by=actor.label,
                started_at=now,
                touched_at=now,
            )
        )
    return web.json_response(_preview_view(upload_id, name, facts, shown, columns.profiles))


@staff_only(Permission.WRITE_REVIEWS)
async def try_mapping(request: web.Request) -> web.Response:
    """Show what the first rows become under a mapping."""
    body = await read_body(request, Try)
    uploaded = await _uploaded(request, request.match_info["id"])
    async with request.app[DATABASE].read() as session:
        columns = await read_columns(session)
    try:
        facts = await asyncio.to_thread(inspect_file, Path(uploaded.stored_path))
        shown = await asyncio.to_thread(preview_file, facts, columns)
        fields = check_mapping(_chosen(body.mapping), shown.headers)
    except FileError as error:
        raise Problem(422, str(error)) from None
    reader = RowReader(fields, _platform(body.platform), (), _now())
    return web.json_response({"rows": try_rows(shown.rows, reader)})


@staff_only(Permission.WRITE_REVIEWS)
async def start(request: web.Request) -> web.Response:
    """Begin the import of an uploaded file in the background."""
    body, now = await read_body(request, Start), _now()
    uploaded, actor = await _uploaded(request, body.upload), actor_of(request[PERSON])
    platform, database = _platform(body.platform), request.app[DATABASE]
    try:
        facts = await asyncio.to_thread(inspect_file, Path(uploaded.stored_path))
        async with database.read() as session:
            columns = await read_columns(session)
        shown = await asyncio.to_thread(preview_file, facts, columns)
        fields = check_mapping(_chosen(body.mapping), shown.headers)
        mapping = {str(field): header for field, header in fields.items()}
        rejects_to = _folder(request) / "rejects" / f"{uploaded.id}.csv"
        wish = Wish(facts, mapping, platform, actor.label, rejects_to)
        async with database.write() as session:
            begun = await begin_import(session, wish, now=now)
            begun.file_name = uploaded.file_name
            if body.keep_as:
                await _keep_profile(session, body.keep_as, wish, now)
    except (FileError, BusyError) as error:
        raise Problem(422, str(error)) from None
    if begun.state != ImportState.DONE:
        _run(request.app, wish, begun)
    return web.json_response(
        import_view(begun, repeated=begun.state == ImportState.DONE), status=202
    )


@staff_only(Permission.READ_REVIEWS)
async def imports(request: web.Request) -> web.Response:
    """Return the newest imports."""
    query = (
        select(DbReviewImport)
        .where(DbReviewImport.state != ImportState.UPLOADED)
        .order_by(DbReviewImport.started_at.desc())
        .limit(20)
    )
    async with request.app[DATABASE].read() as session:
        found = (await session.scalars(query)).all()
    return web.json_response({"imports": [import_view(one) for one in found]})


@staff_only(Permission.READ_REVIEWS)
async def one_import(request: web.Request) -> web.Response:
    """Return how far an import is."""
    return web.json_response(import_view(await _import(request)))


@staff_only(Permission.WRITE_REVIEWS)
async def rejects(request: web.Request) -> web.StreamResponse:
    """Return the rows of an import that could not be taken, with line and reason."""
    done = await _import(request)
    path = Path(done.rejects_file or "")
    if not done.rejected or not await asyncio.to_thread(path.is_file):
        raise Problem(404, "这次导入没有被拒绝的行")
    name = f"rejects-{done.id[:8]}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.FileResponse(path, headers=disposition)


def import_view(one: DbReviewImport, *, repeated: bool = False) -> dict[str, Any]:
    """Return an import as the page shows it."""
    return {
        "id": one.id,
        "file_name": one.file_name,
        "platform": one.platform,
        "state": one.state,
        "problem": one.problem,
        "progress": one.progress,
        "rows": one.rows_read,
        "added": one.added,
        "changed": one.changed,
        "known": one.known,
        "rejected": one.rejected,
        "bad": one.bad,
        "repeated": repeated,
        "started_by": one.started_by.removeprefix("staff:"),
        "started_at": iso(one.started_at),
        "finished_at": iso(one.finished_at),
    }


def _preview_view(
    upload_id: str, name: str, facts: FileFacts, shown: Preview, profiles: Any
) -> dict[str, Any]:
    profile = shown.guess.profile
    return {
        "upload": upload_id,
        "file_name": name,
        "encoding": facts.encoding or facts.kind,
        "bytes": facts.size,
        "total": shown.total,
        "columns": [
            {
                "header": header,
                "samples": shown.samples[header],
                "private": header in shown.private,
            }
            for header in shown.headers
        ],
        "mapping": shown.guess.as_record(),
        "platform": shown.guess.platform,
        "profile": {"name": profile.name, "seen_in": profile.seen_in} if profile else None,
        "profiles": [{"name": one.name, "seen_in": one.seen_in} for one in profiles],
        "fields": [{"name": str(field), "title": wording.FIELDS[field]} for field in Column],
        "platforms": [{"name": code, "title": title} for code, title in wording.PLATFORMS.items()],
    }


async def _receive(request: web.Request, path: Path) -> None:
    size = 0
    try:
        with path.open("wb") as file:
            async for chunk in request.content.iter_chunked(CHUNK):
                size += len(chunk)
                if size > LARGEST_UPLOAD:
                    raise Problem(413, f"文件超过 {LARGEST_UPLOAD // 1024**2} MB，请分开导入")
                await asyncio.to_thread(file.write, chunk)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise


async def _uploaded(request: web.Request, upload_id: str) -> DbReviewImport:
    async with request.app[DATABASE].read() as session:
        found = await session.get(DbReviewImport, upload_id)
    path = Path(found.stored_path) if found and found.stored_path else None
    if found is None or path is None or not await asyncio.to_thread(path.is_file):
        raise Problem(404, "上传的文件已经不在了，请重新上传")
    return found


async def _import(request: web.Request) -> DbReviewImport:
    async with request.app[DATABASE].read() as session:
        found = await session.get(DbReviewImport, request.match_info["id"])
    if found is None:
        raise Problem(404, "没有这次导入")
    return found


def _chosen(mapping: dict[str, str]) -> dict[str, str]:
    return {field: header for field, header in mapping.items() if header}


def _platform(platform: str) -> str:
    if platform not in wording.PLATFORMS:
        known = "、".join(wording.PLATFORMS)
        raise Problem(422, wording.UNKNOWN_PLATFORM.format(platform=platform, platforms=known))
    return platform


async def _keep_profile(session: Any, name: str, wish: Wish, now: datetime) -> None:
    query = select(DbColumnProfile).where(DbColumnProfile.name == name)
    profile = await session.scalar(query) or DbColumnProfile(name=name)
    profile.platform, profile.mapping = wish.platform, dict(wish.fields)
    profile.saved_by, profile.saved_at = wish.actor, now
    session.add(profile)


class _StoppedError(RuntimeError):
    """The server stops; the import goes on from here when the file is imported again."""


def _run(app: web.Application, wish: Wish, begun: DbReviewImport) -> None:
    url, stopping = app[SETTINGS].database, app[STOPPING]
    job = asyncio.create_task(
        asyncio.to_thread(_import_apart, url, wish, begun, stopping), name=f"import {begun.id}"
    )
    app[JOBS].add(job)
    job.add_done_callback(app[JOBS].discard)


def _import_apart(url: str, wish: Wish, begun: DbReviewImport, stopping: Event) -> None:
    """Import in a thread with an event loop of its own, so that chats never wait for a batch."""

    def told(_begun: DbReviewImport) -> None:
        if stopping.is_set():
            raise _StoppedError

    async def run() -> None:
        database = Database(url)
        try:
            async with database.read() as session:
                columns = await read_columns(session)
            await run_import(database, wish, begun, columns, clock=_now, told=told)
        finally:
            await database.close()

    try:
        asyncio.run(run())
    except FileError as error:
        log.warning("import failed", file=begun.file_name, reason=str(error))
    except _StoppedError:
        log.info("import interrupted", file=begun.file_name, rows=begun.rows_read)
    except Exception:
        log.exception("import broke off; the same file goes on from there", file=begun.file_name)


async def _stop_jobs(app: web.Application) -> AsyncIterator[None]:
    yield
    app[STOPPING].set()
    await asyncio.gather(*app[JOBS], return_exceptions=True)


def _folder(request: web.Request) -> Path:
    return request.app[SETTINGS].var_dir / "reviews"


def _now() -> datetime:
    return datetime.now(UTC)
