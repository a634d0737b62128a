"""Every route is guarded as it declares: log-in, permission, CSRF token, origin, headers."""

import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient

from server.access import PERMISSIONS, Access, UndeclaredAccessError, access_of, check_every_route
from storage.staff import Role

LogIn = Callable[[Role], Awaitable[dict[str, str]]]


def _guarded_routes(client: TestClient) -> list[tuple[str, str, Access]]:
    found = []
    for route in client.app.router.routes():
        access = access_of(route.handler)
        assert access is not None
        if not access.public and route.method != "HEAD" and route.resource is not None:
            found.append((route.method, _path_of(route.resource), access))
    return found


def _path_of(resource: web.AbstractResource) -> str:
    """Return a path that the resource answers: ids of every form that routes ask for."""
    for value in ("01234567-89ab-7def-8123-456789abcdef", "1", "x"):
        path = re.sub(r"{[^}]+}", value, resource.canonical)
        pattern = resource.get_info().get("pattern")
        if pattern is None or pattern.fullmatch(path):
            return path
    raise AssertionError(f"no path for {resource.canonical}")


async def test_no_guarded_route_answers_a_stranger(
    client: TestClient, stranger: ClientSession
) -> None:
    routes = _guarded_routes(client)
    assert routes
    for method, path, _access in routes:
        answer = await stranger.request(method, client.make_url(path), allow_redirects=False)
        assert answer.status == 401, (method, path)


@pytest.mark.parametrize("role", list(Role))
async def test_no_role_passes_a_route_it_has_no_permission_for(
    client: TestClient, log_in: LogIn, role: Role
) -> None:
    headers = await log_in(role)
    for method, path, access in _guarded_routes(client):
        if access.permission is not None and access.permission not in PERMISSIONS[role]:
            answer = await client.request(method, path, headers=headers, allow_redirects=False)
            assert answer.status == 403, (method, path)


async def test_a_change_needs_the_csrf_token(client: TestClient, log_in: LogIn) -> None:
    await log_in(Role.AGENT)
    assert (await client.post("/api/logout")).status == 403
    assert (await client.post("/api/logout", headers={"X-CSRF-Token": "x"})).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_send_a_change(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = await client.post("/api/login", json={}, headers=headers)
    assert answer.status == 403


async def test_our_own_page_can(client: TestClient) -> None:
    origin = str(client.make_url("/")).rstrip("/")
    answer = await client.post("/api/login", json={}, headers={"Origin": origin})
    assert answer.status == 422


async def test_a_page_sends_a_stranger_to_the_log_in(client: TestClient) -> None:
    answer = await client.get(
        "/dashboard?from=7d", headers={"Accept": "text/html"}, allow_redirects=False
    )
    assert answer.status == 302
    assert answer.headers["Location"] == "/login?next=/dashboard?from%3D7d"


def test_an_undeclared_route_stops_the_start() -> None:
    async def forgotten(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/forgotten", forgotten)
    with pytest.raises(UndeclaredAccessError, match="/forgotten"):
        check_every_route(app)


@pytest.mark.parametrize("path", ["/healthz", "/api/me", "/nowhere"])
async def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/assets/../server/app.py", "/assets/%2e%2e/server/app.py", "/assets/..%2fserver/app.py"],
)
async def test_assets_never_leave_their_folder(client: TestClient, path: str) -> None:
    assert (await client.get(path)).status == 404
