"""Takes the shop's records from its own programs and tells them ours: /api/shop with a key."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from server.access import public
from server.keys import DATABASE
from server.program_door import ProgramDoor
from server.requests import read_body
from shop.intake.changes import changes
from shop.intake.landing import audit_import, land
from shop.intake.records import RecordError, read_record

SCOPE = "shop_records"
AT_MOST = 500
DOOR = web.AppKey("shop_records_door", ProgramDoor)


class Records(BaseModel):
    """Some records; each is read by itself, so that one bad one costs no other."""

    model_config = ConfigDict(extra="forbid")

    records: list[Any] = Field(min_length=1, max_length=AT_MOST)


def add_routes(app: web.Application) -> None:
    """Add the doors for programs."""
    app[DOOR] = ProgramDoor(SCOPE)
    app.router.add_post("/api/shop/records", take_records)
    app.router.add_get("/api/shop/changes", tell_changes)


@public
async def take_records(request: web.Request) -> web.Response:
    """Land the records of a program that holds a key; the same ones again change nothing."""
    key = await request.app[DOOR].admit(request)
    body = await read_body(request, Records)
    now, actor = datetime.now(UTC), f"key:{key.name}"
    read, refused = [], []
    for place, value in enumerate(body.records):
        try:
            read.append((place, read_record(value, now=now)))
        except RecordError as error:
            refused.append((place, str(error)))
    async with request.app[DATABASE].write() as session:
        landed = await land(session, read, actor=actor, now=now)
        if landed.wrote:
            await audit_import(session, landed, actor=actor, source=request.path, now=now)
    refused += landed.refused
    answer = {
        **landed.as_record(),
        "refused": [{"index": place, "reason": reason} for place, reason in sorted(refused)],
        "notes": [{"index": place, "note": note} for place, note in sorted(landed.notes)],
    }
    return web.json_response(answer)


@public
async def tell_changes(request: web.Request) -> web.Response:
    """Tell what happened here that the program's own system does not say yet."""
    await request.app[DOOR].admit(request)
    async with request.app[DATABASE].read() as session:
        told = [change async for change in changes(session)]
    return web.json_response({"changes": told}, headers={"Cache-Control": "no-store"})
