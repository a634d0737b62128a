"""The migrations build exactly the tables that the code declares, on both databases."""

import importlib
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from storage.migrate import UnusableDatabaseError, config, upgrade
from storage.tables import Base

ROOT = Path(__file__).parents[2]
ROOMS = ("storage", "shop", "desk", "review_manager", "sla", "reports", "server")


def _import_every_table() -> None:
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            if "migrations" not in file.parts and "mapped_column" in file.read_text():
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def test_the_schema_is_what_the_code_declares(database_url: str) -> None:
    _import_every_table()
    url = make_url(database_url)
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    engine = create_engine(url.set(drivername=drivers[url.get_backend_name()]))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_running_the_migrations_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url)
    output = io.StringIO()
    made = config(database_url)
    made.stdout = output
    command.current(made)
    assert "(head)" in output.getvalue()


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def _someone_elses(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE customer (a INTEGER)")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_newer, "Can't locate revision identified by '9999'"),
        (_someone_elses, "table customer already exists"),
        (lambda file: file.write_bytes(b"no database at all" * 100), "file is not a database"),
    ],
)
def test_a_database_that_is_not_ours_is_told_in_one_line(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(tmp_path / "kefu.db")
    with pytest.raises(UnusableDatabaseError) as told:
        upgrade(f"sqlite:///{tmp_path / 'kefu.db'}")
    assert reason in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    with pytest.raises(UnusableDatabaseError) as told:
        upgrade("postgresql://kefu:hunter2@127.0.0.1:1/kefu")
    assert "Connection refused" in str(told.value)
    assert "127.0.0.1:1" in str(told.value)
    assert "hunter2" not in str(told.value)
