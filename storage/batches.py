"""Writing many rows at once: whole transactions in one visit to a thread of its own.

The async driver of SQLite visits its thread once for every statement; where the same few statements
run all day, those visits cost more than the statements.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from storage.engine import begin_sqlite, prepare_sqlite

Result = TypeVar("Result")
CACHE_KB = 32 * 1024


class BatchWriter:
    """One thread with one connection; transactions run one after the other."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writing = self._engine.execution_options(begin="IMMEDIATE")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batch-writer")

    async def run(self, work: Callable[[], Result]) -> Result:
        """Let the thread do `work`, which may `write` again and again."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in a transaction, committed when it returns, rolled back when it raises.

        Only in the thread, inside `run`.
        """
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            return work(session)

    async def close(self) -> None:
        """Finish what is under way and close the connection."""
        await asyncio.to_thread(self._thread.shutdown)
        self._engine.dispose()


def _keep_in_memory(connection: Any, _record: object) -> None:
    """Give the one connection that writes all day room for the pages that it writes to.

    What a statement could take back is kept there too: SQLite would copy every page that many rows
    at once change into a temporary file first.
    """
    connection.execute(f"PRAGMA cache_size=-{CACHE_KB}").close()
    connection.execute("PRAGMA temp_store=MEMORY").close()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed.set(drivername="sqlite"), pool_size=1, max_overflow=0)
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "connect", _keep_in_memory)
        event.listen(engine, "begin", begin_sqlite)
        return engine
    driver = parsed.set(drivername="postgresql+psycopg")
    return create_engine(driver, pool_size=1, max_overflow=0, pool_pre_ping=True)
