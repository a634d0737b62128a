"""Takes the shop's records from its own programs and tells them ours: /api/shop with a key."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field

from server.access import public
from server.keys import DATABASE
from server.problems import Problem
from server.requests import read_body
from shop.intake.changes import changes
from shop.intake.landing import audit_import, land
from shop.intake.records import RecordError, read_record
from storage.program_keys import DbProgramKey, find_key

SCOPE = "shop_records"
AT_MOST = 500
PER_KEY = parse("120/minute")
WRONG_KEYS = parse("10/minute")
LIMITER = web.AppKey("shop_records_limiter", MovingWindowRateLimiter)


class Records(BaseModel):
    """Some records; each is read by itself, so that one bad one costs no other."""

    model_config = ConfigDict(extra="forbid")

    records: list[Any] = Field(min_length=1, max_length=AT_MOST)


def add_routes(app: web.Application) -> None:
    """Add the doors for programs."""
    app[LIMITER] = MovingWindowRateLimiter(MemoryStorage())
    app.router.add_post("/api/shop/records", take_records)
    app.router.add_get("/api/shop/changes", tell_changes)


@public
async def take_records(request: web.Request) -> web.Response:
    """Land the records of a program that holds a key; the same ones again change nothing."""
    key = await _key(request)
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
    await _key(request)
    async with request.app[DATABASE].read() as session:
        told = [change async for change in changes(session)]
    return web.json_response({"changes": told}, headers={"Cache-Control": "no-store"})


async def _key(request: web.Request) -> DbProgramKey:
    """Return the key that the request carries; raises Problem 401 and 429."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    limiter, address = request.app[LIMITER], request.remote or ""
    if not await limiter.test(WRONG_KEYS, "wrong", address):
        raise Problem(429, "密钥错误次数过多，请一分钟后再试", headers={"Retry-After": "60"})
    if kind.lower() == "bearer" and key:
        async with request.app[DATABASE].read() as session:
            found = await find_key(session, key.strip(), scope=SCOPE)
        if found is not None:
            if not await limiter.hit(PER_KEY, "key", found.id):
                raise Problem(429, "推送太频繁，请一分钟后再试", headers={"Retry-After": "60"})
            return found
    await limiter.hit(WRONG_KEYS, "wrong", address)
    raise Problem(401, "密钥不对或已停用", headers={"WWW-Authenticate": "Bearer"})
