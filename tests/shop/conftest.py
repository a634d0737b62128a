"""A seeded demo shop on SQLite."""

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from shop.seed import seed_demo_shop
from storage.engine import Database
from storage.sealed import Keyring, use_keyring

_SEEDED: dict[str, Path] = {}


@pytest.fixture
async def shop(
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    now: datetime,
) -> AsyncIterator[Database]:
    """The demo shop as it stands at `now`; seeded once and copied for each test."""
    use_keyring(Keyring({1: b"d" * 32}, b"i" * 32))
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
