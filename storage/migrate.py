"""Brings a database's schema up to date with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


class UnusableDatabaseError(RuntimeError):
    """The database cannot be brought up to date; the message is one line, with the mend."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"the database {make_url(url).render_as_string()} cannot be used: {reason}. Check that "
            "it runs and that KEFU_DATABASE_URL names it; one that a newer kefu wrote needs that "
            "kefu, and a damaged one its backup"
        )


def upgrade(url: str) -> None:
    """Run every migration that the database at `url` has not seen yet.

    Raises:
        UnusableDatabaseError: it cannot be reached, is damaged, or is not of this kefu.
    """
    database = make_url(url).database
    if url.startswith("sqlite") and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    try:
        command.upgrade(config(url), "head")
    except (SQLAlchemyError, CommandError) as error:
        reason = str(error).partition("\n")[0].strip()
        raise UnusableDatabaseError(url, reason) from error


def config(url: str) -> Config:
    """Return Alembic's configuration for the database at `url`."""
    parsed = make_url(url)
    sync_url = parsed.set(drivername=DRIVERS[parsed.get_backend_name()])
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["url"] = sync_url.render_as_string(hide_password=False)
    return made
