"""Uploads of review files: taken in, their columns understood, a mapping tried on some rows."""

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from review_manager import wording
from review_manager.intake.columns import Field as Column
from review_manager.intake.columns import check_mapping
from review_manager.intake.files import FileError, FileFacts, inspect_file
from review_manager.intake.import_states import ImportState
from review_manager.intake.preview import Preview, preview_file, read_columns, try_rows
from review_manager.intake.reading import RowReader
from review_manager.tables import DbReviewImport
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE, SETTINGS
from server.problems import Problem
from server.requests import read_body, read_query
from server.reviews_edge import ID, utc_now
from server.reviews_views import actor_of
from storage.tables import new_id

LARGEST_UPLOAD = 1024**3
CHUNK = 1 << 18
NAMES = r"^[^/\\\x00-\x1f]{1,200}$"


class Upload(BaseModel):
    """The name under which a file was uploaded."""

    name: str = Field(pattern=NAMES)


class Try(BaseModel):
    """A mapping to try on the first rows."""

    model_config = ConfigDict(extra="forbid")

    platform: str = Field(max_length=20)
    mapping: dict[str, str]


def add_routes(app: web.Application) -> None:
    """Add uploads."""
    app.router.add_post("/api/reviews/uploads", upload)
    app.router.add_post(f"/api/reviews/uploads/{ID}/try", try_mapping)


@staff_only(Permission.WRITE_REVIEWS)
async def upload(request: web.Request) -> web.Response:
    """Take the raw bytes of a file and answer with its columns and how they were understood."""
    name = read_query(request, Upload).name
    upload_id, path = new_id(), folder(request) / "uploads"
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
    now, actor = utc_now(), actor_of(request[PERSON])
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
    uploaded = await find_upload(request, request.match_info["id"])
    async with request.app[DATABASE].read() as session:
        columns = await read_columns(session)
    try:
        facts = await asyncio.to_thread(inspect_file, Path(uploaded.stored_path))
        shown = await asyncio.to_thread(preview_file, facts, columns)
        fields = check_mapping(chosen(body.mapping), shown.headers)
    except FileError as error:
        raise Problem(422, str(error)) from None
    reader = RowReader(fields, known_platform(body.platform), (), utc_now())
    return web.json_response({"rows": try_rows(shown.rows, reader)})


async def find_upload(request: web.Request, upload_id: str) -> DbReviewImport:
    """Return an upload whose file is still there; raises Problem."""
    async with request.app[DATABASE].read() as session:
        found = await session.get(DbReviewImport, upload_id)
    path = Path(found.stored_path) if found and found.stored_path else None
    if found is None or path is None or not await asyncio.to_thread(path.is_file):
        raise Problem(404, "上传的文件已经不在了，请重新上传")
    return found


def chosen(mapping: dict[str, str]) -> dict[str, str]:
    """Return the fields that a column was chosen for."""
    return {field: header for field, header in mapping.items() if header}


def known_platform(platform: str) -> str:
    """Return the platform; raises Problem for one that nobody knows."""
    if platform not in wording.PLATFORMS:
        known = "、".join(wording.PLATFORMS)
        raise Problem(422, wording.UNKNOWN_PLATFORM.format(platform=platform, platforms=known))
    return platform


def folder(request: web.Request) -> Path:
    """Return where uploads and rejects lie."""
    return request.app[SETTINGS].var_dir / "reviews"


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
