"""Brings a database's schema up to date with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def upgrade(url: str) -> None:
    """Run every migration that the database at `url` has not seen yet."""
    database = make_url(url).database
    if url.startswith("sqlite") and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(url), "head")


def config(url: str) -> Config:
    """Return Alembic's configuration for the database at `url`."""
    parsed = make_url(url)
    sync_url = parsed.set(drivername=DRIVERS[parsed.get_backend_name()])
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["url"] = sync_url.render_as_string(hide_password=False)
    return made
