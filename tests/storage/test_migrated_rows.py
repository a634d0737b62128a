"""A shop that runs already: what it stored before a migration is still found after it."""

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import URL, Engine, create_engine, make_url, text

from shop.order_numbers import canonical
from storage.engine import Database
from storage.migrate import DRIVERS, config, upgrade
from storage.program_keys import find_key

NUMBERS = ("231118-4455667788", "tb 2026_11/22.7", "869521132756736669")
ORDER = """
    INSERT INTO "order" (id, number, platform, status, placed_at, goods_fen, shipping_fen,
        discount_fen, payable_fen, paid_fen, payment_method, cancel_reason, remark,
        exclusion_confirmed)
    VALUES (:id, :number, 'house', 'paid', '2026-11-20 04:00:00', 0, 0, 0, 0, 0, '', '', '', false)
"""
KEY = """
    INSERT INTO review_key (id, name, key_hash, created_at, revoked_at)
    VALUES (:id, 'erp', :hash, '2026-11-20 04:00:00', :revoked)
"""

StandAt = Callable[[str], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def stand_at(request: pytest.FixtureRequest, tmp_path: Path) -> StandAt:
    """A function that makes a database as it stood at a revision; returns its address."""

    def stand(revision: str) -> str:
        url = f"sqlite:///{tmp_path / 'old.db'}"
        if request.param == "postgresql":
            url = _new_postgresql(make_url(request.getfixturevalue("migrated_postgresql")))
        command.upgrade(config(url), revision)
        return url

    return stand


def test_orders_from_before_get_their_canonical_number(stand_at: StandAt) -> None:
    url = stand_at("0010")
    engine = _engine(url)
    with engine.begin() as connection:
        for place, number in enumerate(NUMBERS):
            connection.execute(text(ORDER), {"id": str(place), "number": number})
    upgrade(url)
    with engine.connect() as connection:
        found = connection.execute(
            text('SELECT number, canonical_number FROM "order" ORDER BY id')
        ).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [(number, canonical(number)) for number in NUMBERS]


async def test_keys_of_programs_that_push_reviews_go_on_opening_their_door(
    stand_at: StandAt,
) -> None:
    url = stand_at("0012")
    engine = _engine(url)
    keys = {"kr_used": None, "kr_ended": "2026-11-21 04:00:00"}
    with engine.begin() as connection:
        for key, revoked in keys.items():
            row = {"id": key, "hash": hashlib.sha256(key.encode()).hexdigest(), "revoked": revoked}
            connection.execute(text(KEY), row)
    engine.dispose()
    upgrade(url)
    database = Database(url)
    async with database.read() as session:
        assert await find_key(session, "kr_used", scope="reviews") is not None
        assert await find_key(session, "kr_used", scope="shop_records") is None
        assert await find_key(session, "kr_ended", scope="reviews") is None
    await database.close()


def _new_postgresql(server: URL) -> str:
    name = f"old_{uuid.uuid4().hex}"
    engine = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


def _engine(address: str) -> Engine:
    url = make_url(address)
    return create_engine(url.set(drivername=DRIVERS[url.get_backend_name()]))
