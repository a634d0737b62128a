"""The one database, and the one clock, that the actions of this process work with."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from storage.engine import Database, Session
from storage.only_reading import only_reading

Clock = Callable[[], datetime]
_in_use: list[tuple[Database, Clock]] = []


class NoDatabaseError(RuntimeError):
    """No database is in use; call actions.database.use_database() first."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def use_database(database: Database, *, clock: Clock = lambda: datetime.now(UTC)) -> None:
    """Make `database` the one that actions work on, at the time that `clock` tells."""
    _in_use[:] = [(database, clock)]


def transaction() -> AbstractAsyncContextManager[Session]:
    """Open one writing transaction for one action."""
    return _present()[0].write()


def reading() -> AbstractAsyncContextManager[Session]:
    """Open one reading transaction for one action; raises WantsToWriteError if it would write."""
    return only_reading(_present()[0])


def now() -> datetime:
    """Return the present moment."""
    return _present()[1]()


def _present() -> tuple[Database, Clock]:
    if not _in_use:
        raise NoDatabaseError
    return _in_use[0]
