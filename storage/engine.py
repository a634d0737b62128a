"""How the product talks to its database: SQLite by default, PostgreSQL by one setting."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

BUSY_TIMEOUT_MS = 5_000
# Pages (of 4 kB) that wait beside the database before they move into it: whoever commits then has
# to move them, and a page that was written often meanwhile is moved once.
MOVE_AT_PAGES = 4_000

Session = AsyncSession
"""What rooms that hold no SQL of their own call the session that they pass down."""


class NestedWriteError(RuntimeError):
    """A task that writes already asked to write again; pass the first session on instead."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Database:
    """One database; `write()` and `read()` each hand out a session over one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url)
        self._writing = self.engine.execution_options(begin="IMMEDIATE")
        # SQLite's own wait for its one writer polls, and who polls may lose again and again to
        # who comes back at once; a queue of our own is quick and fair.
        self._turn = asyncio.Lock() if self.dialect == "sqlite" else None
        self._waiting = 0
        self._writer: asyncio.Task[Any] | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for a turn to write; whoever has it for long should give it up."""
        return self._waiting > 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open one writing transaction; committed at the end, rolled back on an error.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that two writers queue
        instead of failing half-way.
        """
        async with (
            self.turn(),
            AsyncSession(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for this process's turn to write, where the database has only one writer.

        For who writes past `write()`, such as storage.batches; `write()` takes its turn itself.
        Raises NestedWriteError to a task that would wait for itself.
        """
        if self._turn is None:
            yield
            return
        task = asyncio.current_task()
        if self._writer is task:
            raise NestedWriteError
        await self._wait(self._turn)
        self._writer = task
        try:
            yield
        finally:
            self._writer = None
            self._turn.release()

    async def _wait(self, turn: asyncio.Lock) -> None:
        self._waiting += 1
        try:
            await turn.acquire()
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open one reading transaction, which is never committed.

        On SQLite it sees one moment; on PostgreSQL each statement sees what is committed before it.
        """
        async with AsyncSession(self.engine, autoflush=False) as session:
            yield session

    async def close(self) -> None:
        """Close every connection; warns of those still in use, which nobody will close."""
        pool = self.engine.pool
        in_use = pool.checkedout() if isinstance(pool, QueuePool) else 0
        await self.engine.dispose()
        if in_use:
            warnings.warn(f"{in_use} connections are still in use", ResourceWarning, stacklevel=2)


def create_engine(url: str) -> AsyncEngine:
    """Create the async engine for `sqlite:///path` or `postgresql://...`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"))
        event.listen(engine.sync_engine, "connect", prepare_sqlite)
        event.listen(engine.sync_engine, "begin", begin_sqlite)
        return engine
    return create_async_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Give a new SQLite connection the settings that everything here relies on."""
    # The driver's own BEGIN comes too late and is never IMMEDIATE; begin_sqlite says it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={MOVE_AT_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    # An acknowledged message must survive a power cut, so every commit reaches the disk.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """Begin as the engine's options say: DEFERRED to read, IMMEDIATE to write."""
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
