"""A session that reads until something would write: for work that seldom writes, but may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState

from storage.engine import Database


class WantsToWriteError(BaseException):
    """Work that was to read only is about to write; begin it anew in `Database.write()`.

    No Exception, so that nothing on the way takes it for a failure of its own.
    """


@asynccontextmanager
async def only_reading(database: Database) -> AsyncIterator[AsyncSession]:
    """Open one reading transaction, which waits for no writer.

    What is added or changed is not written before a flush. Flushing it, or a statement that
    changes rows, raises WantsToWriteError before anything is written.
    """
    async with database.read() as session:
        event.listen(session.sync_session, "before_flush", _refuse_flush)
        event.listen(session.sync_session, "do_orm_execute", _refuse_change)
        yield session


def _refuse_flush(*_: object) -> None:
    raise WantsToWriteError


def _refuse_change(state: ORMExecuteState) -> None:
    if not state.is_select:
        raise WantsToWriteError
