"""Imports of uploaded review files: begun, run in the background, followed, their rejects."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from review_manager.intake.columns import check_mapping
from review_manager.intake.files import FileError, inspect_file
from review_manager.intake.import_states import (
    ImportState,
    NotRunningError,
    PausedError,
    pause_import,
)
from review_manager.intake.importing import BusyError, Wish, begin_import, run_import
from review_manager.intake.preview import preview_file, read_columns
from review_manager.tables import DbColumnProfile, DbReviewImport
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE, SETTINGS
from server.problems import Problem
from server.requests import read_body
from server.reviews_edge import ID
from server.reviews_surroundings import iso
from server.reviews_uploads import chosen, find_upload, folder, known_platform
from server.reviews_views import actor_of
from storage.engine import Database

log = structlog.get_logger(__name__)

JOBS = web.AppKey("review_imports", set[asyncio.Task[None]])
STOPPING = web.AppKey("review_imports_stopping", Event)


class Start(BaseModel):
    """An uploaded file with the mapping that the operator settled on."""

    model_config = ConfigDict(extra="forbid")

    upload: str = Field(pattern=r"^[0-9a-f-]{36}$")
    platform: str = Field(max_length=20)
    mapping: dict[str, str]
    keep_as: str | None = Field(default=None, min_length=1, max_length=60)


def add_routes(app: web.Application) -> None:
    """Add imports."""
    app[JOBS], app[STOPPING] = set(), Event()
    app.router.add_post("/api/reviews/imports", start)
    app.router.add_get("/api/reviews/imports", imports)
    app.router.add_get(f"/api/reviews/imports/{ID}", one_import)
    app.router.add_get(f"/api/reviews/imports/{ID}/rejects", rejects)
    app.router.add_post(f"/api/reviews/imports/{ID}/pause", pause)
    app.router.add_post(f"/api/reviews/imports/{ID}/resume", resume)
    app.cleanup_ctx.append(_stop_jobs)


@staff_only(Permission.WRITE_REVIEWS)
async def start(request: web.Request) -> web.Response:
    """Begin the import of an uploaded file in the background."""
    body, now = await read_body(request, Start), _now()
    uploaded, actor = await find_upload(request, body.upload), actor_of(request[PERSON])
    platform, database = known_platform(body.platform), request.app[DATABASE]
    try:
        facts = await asyncio.to_thread(inspect_file, Path(uploaded.stored_path))
        async with database.read() as session:
            columns = await read_columns(session)
        shown = await asyncio.to_thread(preview_file, facts, columns)
        fields = check_mapping(chosen(body.mapping), shown.headers)
        mapping = {str(field): header for field, header in fields.items()}
        rejects_to = folder(request) / "rejects" / f"{uploaded.id}.csv"
        wish = Wish(facts, mapping, platform, actor.label, rejects_to)
        async with database.write() as session:
            begun = await begin_import(session, wish, now=now)
            begun.file_name, begun.stored_path = uploaded.file_name, uploaded.stored_path
            begun.rejects_file = begun.rejects_file or str(rejects_to)
            wish = replace(wish, rejects=Path(begun.rejects_file))
            if body.keep_as:
                await _keep_profile(session, body.keep_as, wish, now)
    except (FileError, BusyError) as error:
        raise Problem(422, str(error)) from None
    if begun.state != ImportState.DONE:
        _run(request.app, wish, begun)
    return web.json_response(
        import_view(begun, repeated=begun.state == ImportState.DONE), status=202
    )


@staff_only(Permission.WRITE_REVIEWS)
async def pause(request: web.Request) -> web.Response:
    """Let an import stop before its next batch."""
    try:
        async with request.app[DATABASE].write() as session:
            paused = await pause_import(session, request.match_info["id"], now=_now())
            return web.json_response(import_view(paused))
    except NotRunningError:
        raise Problem(409, "这次导入没有在进行，不用暂停") from None


@staff_only(Permission.WRITE_REVIEWS)
async def resume(request: web.Request) -> web.Response:
    """Let a paused or broken-off import of an uploaded file go on from where it stopped."""
    stopped = await _import(request)
    uploaded = await find_upload(request, stopped.id)
    if stopped.state == ImportState.DONE:
        raise Problem(409, "这次导入已经完成")
    try:
        facts = await asyncio.to_thread(inspect_file, Path(uploaded.stored_path))
        rejects_to = Path(stopped.rejects_file or "")
        wish = Wish(facts, stopped.mapping, stopped.platform, stopped.started_by, rejects_to)
        async with request.app[DATABASE].write() as session:
            begun = await begin_import(session, wish, now=_now())
    except (FileError, BusyError) as error:
        raise Problem(422, str(error)) from None
    _run(request.app, wish, begun)
    return web.json_response(import_view(begun), status=202)


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


async def _import(request: web.Request) -> DbReviewImport:
    async with request.app[DATABASE].read() as session:
        found = await session.get(DbReviewImport, request.match_info["id"])
    if found is None:
        raise Problem(404, "没有这次导入")
    return found


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
    except PausedError:
        log.info("import paused", file=begun.file_name, rows=begun.rows_read)
    except _StoppedError:
        log.info("import interrupted", file=begun.file_name, rows=begun.rows_read)
    except Exception:
        log.exception("import broke off; the same file goes on from there", file=begun.file_name)


async def _stop_jobs(app: web.Application) -> AsyncIterator[None]:
    yield
    app[STOPPING].set()
    await asyncio.gather(*app[JOBS], return_exceptions=True)


def _now() -> datetime:
    return datetime.now(UTC)
