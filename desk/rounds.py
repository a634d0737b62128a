"""Work that repeats until the server stops, work begun on the side, and work that a stop must
not break off half-way.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Rounds:
    """Does one piece of work again and again; a failed round is logged and the next one comes."""

    def __init__(self, work: Callable[[], Awaitable[object]], *, every: float, name: str) -> None:
        self._work = work
        self._every = every
        self._name = name
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_stopping(self) -> bool:
        """Say whether the work under way should come to its end."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin; the first round comes at once."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End after the round that is under way."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._work()
            except Exception:
                log.exception("round failed", work=self._name)
            try:
                async with asyncio.timeout(self._every):
                    await self._stopping.wait()
            except TimeoutError:
                pass


class Errands:
    """Tasks begun on the side; a stop ends them all and waits for the last one."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Begin one; it is forgotten when it is over."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Cancel what is under way and wait until it is over, `unbroken` work included."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def unbroken(work: Coroutine[Any, Any, Result]) -> Result:
    """Await `work`; when cancelled meanwhile, finish it first (a half-made database connection,
    unlike a transaction, is not cleaned up by anybody).
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
