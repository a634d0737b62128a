"""A shop that runs already: its orders are found under the spelling that people type."""

import uuid
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, make_url, text

from shop.order_numbers import canonical
from storage.migrate import DRIVERS, config, upgrade

NUMBERS = ("231118-4455667788", "tb 2026_11/22.7", "869521132756736669")
ORDER = """
    INSERT INTO "order" (id, number, platform, status, placed_at, goods_fen, shipping_fen,
        discount_fen, payable_fen, paid_fen, payment_method, cancel_reason, remark,
        exclusion_confirmed)
    VALUES (:id, :number, 'house', 'paid', '2026-11-20 04:00:00', 0, 0, 0, 0, 0, '', '', '', false)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as it stood before records came in."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if request.param == "postgresql":
        server = make_url(request.getfixturevalue("migrated_postgresql"))
        name = f"old_{uuid.uuid4().hex}"
        engine = create_engine(
            server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = server.set(database=name).render_as_string(hide_password=False)
    command.upgrade(config(url), "0010")
    return url


def test_orders_from_before_get_their_canonical_number(old_url: str) -> None:
    url = make_url(old_url)
    engine = create_engine(url.set(drivername=DRIVERS[url.get_backend_name()]))
    with engine.begin() as connection:
        for place, number in enumerate(NUMBERS):
            connection.execute(text(ORDER), {"id": str(place), "number": number})
    upgrade(old_url)
    with engine.connect() as connection:
        found = connection.execute(
            text('SELECT number, canonical_number FROM "order" ORDER BY id')
        ).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [(number, canonical(number)) for number in NUMBERS]
