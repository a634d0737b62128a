"""Somebody else who is writing, for tests of who must wait and who need not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.engine import Database


@asynccontextmanager
async def another_writes(database: Database) -> AsyncIterator[asyncio.Event]:
    """Another task holds a writing transaction, until the event is set or the block ends."""
    begun, end = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.write():
            begun.set()
            await end.wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    try:
        yield end
    finally:
        end.set()
        await writing
