"""Lists on the command line what happened here that the shop's own system does not say yet."""

import asyncio
from typing import Any

from server.settings import Settings
from shop.intake.changes import changes
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import use_keyring


def list_changes() -> list[dict[str, Any]]:
    """Return every change, orders first, oldest first."""
    settings = Settings()
    use_keyring(settings.keyring())
    upgrade(settings.database)
    return asyncio.run(_list(settings.database))


def told(change: dict[str, Any]) -> str:
    """Return a change as one line for a person."""
    facts = (f"{name}={value}" for name, value in change.items() if name != "kind" and value)
    return f"{change['kind']:<11}{' '.join(facts)}"


async def _list(url: str) -> list[dict[str, Any]]:
    database = Database(url)
    try:
        async with database.read() as session:
            return [change async for change in changes(session)]
    finally:
        await database.close()
