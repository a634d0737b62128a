"""The migrations build exactly the tables that the code declares, on both databases."""

import importlib
import io
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from storage.migrate import config, upgrade
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
