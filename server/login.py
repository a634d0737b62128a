"""Staff log in, log out and ask who they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, Field
from sqlalchemy import select

from server.access import public, staff_only
from server.guard import PERSON, cookie_name
from server.keys import DATABASE, SETTINGS
from server.passwords import password_matches
from server.problems import Problem
from server.requests import read_body
from server.sessions import end_session, start_session
from storage import audit
from storage.staff import DbStaff

# Two keys, as an attacker has many addresses or many names but seldom few of both.
PER_ADDRESS = parse("20/minute")
PER_ACCOUNT = parse("5/minute")
LIMITER = web.AppKey("login_limiter", MovingWindowRateLimiter)


class LoginForm(BaseModel):
    """What the log-in page sends."""

    login: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=200)


def add_routes(app: web.Application) -> None:
    """Add log-in, log-out and who-am-I."""
    app[LIMITER] = MovingWindowRateLimiter(MemoryStorage())
    app.router.add_post("/api/login", log_in)
    app.router.add_post("/api/logout", log_out)
    app.router.add_get("/api/me", me)


@public
async def log_in(request: web.Request) -> web.Response:
    """Start a session; wrong name and wrong password get one identical answer."""
    form = await read_body(request, LoginForm)
    await _limit(request, form.login)
    staff = await _find_staff(request, form.login)
    matches = await password_matches(form.password, staff.password_hash if staff else None)
    await _audit_login(request, form.login, staff, succeeded=matches)
    if staff is None or not matches:
        raise Problem(401, "用户名或密码不对")
    settings = request.app[SETTINGS]
    now = datetime.now(UTC)
    lasts = timedelta(hours=settings.session_hours)
    async with request.app[DATABASE].write() as session:
        token = await start_session(session, staff, now=now, lasts=lasts)
    response = web.json_response({"name": staff.name, "role": staff.role})
    response.set_cookie(
        cookie_name(request.app),
        token,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.url.startswith("https://"),
        path="/",
    )
    return response


@staff_only()
async def log_out(request: web.Request) -> web.Response:
    """End this session at once, on the server too."""
    async with request.app[DATABASE].write() as session:
        await end_session(session, request[PERSON])
    response = web.json_response({})
    response.del_cookie(cookie_name(request.app), path="/")
    return response


@staff_only()
async def me(request: web.Request) -> web.Response:
    """Say who is logged in, what they may do, and their CSRF token."""
    person = request[PERSON]
    answer: dict[str, Any] = {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "permissions": sorted(person.permissions),
        "csrf": person.csrf_token,
    }
    return web.json_response(answer)


async def _limit(request: web.Request, login: str) -> None:
    limiter = request.app[LIMITER]
    by_address = await limiter.hit(PER_ADDRESS, "address", request.remote or "")
    by_account = await limiter.hit(PER_ACCOUNT, "account", login.casefold())
    if not (by_address and by_account):
        raise Problem(429, "尝试次数过多，请一分钟后再试", headers={"Retry-After": "60"})


async def _find_staff(request: web.Request, login: str) -> DbStaff | None:
    query = select(DbStaff).where(DbStaff.login == login, DbStaff.disabled_at.is_(None))
    async with request.app[DATABASE].read() as session:
        found: DbStaff | None = await session.scalar(query)
        return found


async def _audit_login(
    request: web.Request, login: str, staff: DbStaff | None, *, succeeded: bool
) -> None:
    async with request.app[DATABASE].write() as session:
        await audit.record(
            session,
            actor=f"staff:{staff.login}" if staff else "unknown",
            action="login.succeeded" if succeeded else "login.failed",
            object_type="staff",
            object_id=staff.id if staff else "",
            at=datetime.now(UTC),
            detail={} if staff else {"login_length": len(login)},
        )
