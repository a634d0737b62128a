"""Logging in: who gets a session, how it ends, and what a guesser learns (nothing)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select, update

from server.keys import DATABASE
from server.tables import DbLoginSession
from storage.audit import DbAuditEvent
from storage.staff import DbStaff, Role

PASSWORD = "correct horse battery"
LogIn = Callable[[Role], Awaitable[dict[str, str]]]


async def _change(client: TestClient, table: Any, **values: Any) -> None:
    async with client.app[DATABASE].write() as session:
        await session.execute(update(table).values(**values))


async def test_a_person_logs_in_and_out(client: TestClient, log_in: LogIn) -> None:
    headers = await log_in(Role.MANAGER)
    me = await (await client.get("/api/me")).json()
    assert me["role"] == "manager"
    assert "read_reports" in me["permissions"]
    assert (await client.post("/api/logout", headers=headers)).status == 200
    assert (await client.get("/api/me")).status == 401


async def test_the_cookie_is_out_of_reach_of_scripts(client: TestClient) -> None:
    answer = await client.post("/api/login", json={"login": "agent", "password": PASSWORD})
    cookie = answer.cookies["kefu"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


async def test_the_database_never_sees_the_token(client: TestClient) -> None:
    answer = await client.post("/api/login", json={"login": "agent", "password": PASSWORD})
    token = answer.cookies["kefu"].value
    async with client.app[DATABASE].read() as session:
        stored = (await session.scalars(select(DbLoginSession))).one()
    assert token not in (stored.token_hash, stored.csrf_token)


@pytest.mark.parametrize("login", ["agent", "nobody"])
async def test_wrong_name_and_wrong_password_look_the_same(client: TestClient, login: str) -> None:
    answer = await client.post("/api/login", json={"login": login, "password": "wrong"})
    assert answer.status == 401
    assert (await answer.json())["detail"] == "用户名或密码不对"


async def test_guessing_one_account_is_stopped(client: TestClient) -> None:
    statuses = []
    for _ in range(6):
        answer = await client.post("/api/login", json={"login": "agent", "password": "wrong"})
        statuses.append(answer.status)
    assert statuses == [401] * 5 + [429]


async def test_an_idle_session_ends(client: TestClient, log_in: LogIn) -> None:
    await log_in(Role.AGENT)
    await _change(client, DbLoginSession, seen_at=datetime.now(UTC) - timedelta(hours=9))
    assert (await client.get("/api/me")).status == 401


async def test_a_session_ends_however_busy(client: TestClient, log_in: LogIn) -> None:
    await log_in(Role.AGENT)
    await _change(client, DbLoginSession, expires_at=datetime.now(UTC))
    assert (await client.get("/api/me")).status == 401


async def test_a_disabled_person_is_out_at_once(client: TestClient, log_in: LogIn) -> None:
    await log_in(Role.AGENT)
    await _change(client, DbStaff, disabled_at=datetime.now(UTC))
    assert (await client.get("/api/me")).status == 401


async def test_log_ins_are_audited_without_what_was_typed(client: TestClient) -> None:
    await client.post("/api/login", json={"login": "13800001234", "password": "wrong"})
    async with client.app[DATABASE].read() as session:
        entry = (await session.scalars(select(DbAuditEvent))).one()
    assert entry.action == "login.failed"
    assert "13800001234" not in f"{entry.actor}{entry.object_id}{entry.detail}"
