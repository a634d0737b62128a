"""Looks at imported reviews a second time and drafts replies, while the server runs."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import structlog
from aiohttp import web

from review_manager.analysis import Analysis
from review_manager.deepening import (
    Shallow,
    deepen,
    draft_one,
    find_shallow,
    find_undrafted,
)
from review_manager.language_model import ReplyWriter, open_writer
from review_manager.orphans import end_with_parent
from review_manager.own_model import find_own_model, load_model, use_models
from review_manager.promises import break_overdue, has_overdue
from server.keys import DATABASE, SETTINGS
from server.reviews_wording import endpoint_of
from storage.engine import Database

log = structlog.get_logger(__name__)

AT_ONCE = 25
DRAFTS_AT_ONCE = 5
IDLE_SECONDS = 3.0
PAUSE_SECONDS = 0.05
AFTER_FAILURE_SECONDS = 30.0


def add_routes(app: web.Application) -> None:
    """Start the worker with the server; it has no routes of its own."""

    async def at_work(app: web.Application) -> AsyncIterator[None]:
        async with open_writer(endpoint_of(app[SETTINGS])) as writer:
            work = asyncio.create_task(_work(app[DATABASE], writer), name="reviews worker")
            yield
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    use_models(app[SETTINGS].models_dir)
    app.cleanup_ctx.append(at_work)


async def _work(database: Database, writer: ReplyWriter | None) -> None:
    while True:
        try:
            busy = await _draft_some(database, writer)
            busy |= await _look_again(database, writer)
            await _break_promises(database)
            await asyncio.sleep(PAUSE_SECONDS if busy else IDLE_SECONDS)
        except Exception:
            log.exception("the reviews worker failed, and goes on later")
            await asyncio.sleep(AFTER_FAILURE_SECONDS)


async def _break_promises(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.read() as session:
        is_overdue = await has_overdue(session, now=now)
    if is_overdue:
        async with database.write() as session:
            await break_overdue(session, now=now)


async def _draft_some(database: Database, writer: ReplyWriter | None) -> bool:
    async with database.read() as session:
        waiting = await find_undrafted(session, limit=DRAFTS_AT_ONCE)
    for review_id in waiting:
        await draft_one(database, review_id, now=datetime.now(UTC), writer=writer)
        await asyncio.sleep(PAUSE_SECONDS)  # other writers come first
    return bool(waiting)


async def _look_again(database: Database, writer: ReplyWriter | None) -> bool:
    """Analyse a run of reviews in a process of its own, which ends when nothing is left."""
    async with database.read() as session:
        waiting = await find_shallow(session, limit=AT_ONCE)
    if not waiting:
        return False
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, get_context("spawn"), end_with_parent) as analyst:
        while waiting:
            analyses = await loop.run_in_executor(analyst, _analyse, waiting, find_own_model())
            looked_at = list(zip(waiting, analyses, strict=True))
            await deepen(database, looked_at, now=datetime.now(UTC))
            await asyncio.sleep(PAUSE_SECONDS)
            await _draft_some(database, writer)
            async with database.read() as session:
                waiting = await find_shallow(session, limit=AT_ONCE)
    return True


def _analyse(waiting: list[Shallow], own: Path | None) -> list[Analysis]:
    return load_model(own).analyse_many([(one.text, one.stars) for one in waiting])
