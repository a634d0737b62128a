"""The web program on a real port over a real database, with one member of staff per role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from server.app import create_app
from server.keys import DATABASE
from server.passwords import hash_password
from server.settings import Settings
from storage.staff import DbStaff, Role

PASSWORD = "correct horse battery"
PASSWORD_HASH = hash_password(PASSWORD)

Client = TestClient
LogIn = Callable[[Role], Awaitable[dict[str, str]]]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """The settings of a test server: its own database and keys."""
    return Settings(_env_file=None, database_url=sqlite_url, var_dir=tmp_path, demo=True)


@pytest.fixture
async def client(settings: Settings, now: datetime) -> AsyncIterator[Client]:
    """A browser-like client (it keeps cookies) of a running server."""
    app = create_app(settings)
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as opened:
        async with app[DATABASE].write() as session:
            session.add_all(_staff(role, now) for role in Role)
        yield opened


@pytest.fixture
def log_in(client: Client) -> LogIn:
    """Log the client in as the member of staff with the given role; returns the CSRF header."""

    async def as_role(role: Role) -> dict[str, str]:
        answer = await client.post("/api/login", json={"login": role, "password": PASSWORD})
        assert answer.status == 200, await answer.text()
        me = await (await client.get("/api/me")).json()
        return {"X-CSRF-Token": me["csrf"]}

    return as_role


@pytest.fixture
async def stranger() -> AsyncIterator[ClientSession]:
    """A client without any cookie."""
    async with ClientSession() as opened:
        yield opened


def _staff(role: Role, now: datetime) -> DbStaff:
    return DbStaff(
        login=role, name=f"测试{role}", role=role, password_hash=PASSWORD_HASH, created_at=now
    )
