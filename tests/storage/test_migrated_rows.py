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
CHAT = """
    INSERT INTO conversation (id, visitor_id, owner, owner_epoch, revision, last_seq,
        last_customer_seq, bot_done_seq, bot_session, customer_read_seq, agent_read_seq, unread,
        last_text, created_at, updated_at)
    VALUES (:id, 'v', :owner, 1, 1, 2, :spoke, 0, 1, 0, 0, 0, '正在为您转接',
        '2026-11-20 04:00:00', '2026-11-20 04:00:00')
"""
VISITOR = """
    INSERT INTO visitor (id, token_hash, created_at, seen_at)
    VALUES ('v', 'v', '2026-11-20 04:00:00', '2026-11-20 04:00:00')
"""
SAID = """
    INSERT INTO message (id, conversation_id, seq, sender, kind, text, internal, automatic, epoch,
        at)
    VALUES (:id, :id, 1, 'customer', 'text', :text, false, false, 1, '2026-11-20 04:00:00')
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


def test_who_is_in_a_conversation_gets_the_words_that_she_said_last(stand_at: StandAt) -> None:
    url = stand_at("0016")
    engine = _engine(url)
    with engine.begin() as connection:
        connection.execute(text(VISITOR))
        for key, owner, spoke in (("w", "queued", 1), ("s", "bot", 0), ("c", "closed", 1)):
            connection.execute(text(CHAT), {"id": key, "owner": owner, "spoke": spoke})
        for key in ("w", "c"):
            connection.execute(text(SAID), {"id": key, "text": "锅" * 200})
    upgrade(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, customer_text FROM conversation ORDER BY id"))
        assert [tuple(row) for row in found] == [("c", ""), ("s", ""), ("w", "锅" * 80)]
    engine.dispose()


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
