"""The one database that the actions of this process work on."""

from contextlib import AbstractAsyncContextManager

from storage.engine import Database, Session

_in_use: list[Database] = []


class NoDatabaseError(RuntimeError):
    """No database is in use; call actions.database.use_database() first."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def use_database(database: Database) -> None:
    """Make `database` the one that actions work on."""
    _in_use[:] = [database]


def transaction() -> AbstractAsyncContextManager[Session]:
    """Open one transaction for one action."""
    if not _in_use:
        raise NoDatabaseError
    return _in_use[0].write()
