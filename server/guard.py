"""The guard before every handler: who asks, may they, and did their own page send it."""

from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from server.access import access_of
from server.keys import DATABASE, SETTINGS
from server.problems import Problem
from server.sessions import SEEN_EVERY, Person, find_person, touch_session

PERSON = web.RequestKey("person", Person)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


@web.middleware
async def guard_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check origin, log-in, permission and CSRF token before the handler runs."""
    access = access_of(request.match_info.handler)
    if access is None:  # no such route, or the wrong method: aiohttp's own answer
        return await handler(request)
    if request.method not in SAFE_METHODS:
        check_origin(request)
    if not access.public:
        person = await logged_in(request)
        if person is None:
            return _ask_to_log_in(request)
        if not person.may(access.permission):
            raise Problem(403, "您的角色没有这个权限，请联系管理员")
        _check_csrf(request, person)
        request[PERSON] = person
    return await handler(request)


async def logged_in(request: web.Request) -> Person | None:
    """Return the member of staff whose session cookie the request carries, or None."""
    settings = request.app[SETTINGS]
    token = request.cookies.get(cookie_name(request.app))
    if not token:
        return None
    now = datetime.now(UTC)
    idle = timedelta(minutes=settings.session_idle_minutes)
    async with request.app[DATABASE].read() as session:
        person = await find_person(session, token, now=now, idle=idle)
    if person is not None and now - person.seen_at > SEEN_EVERY:
        async with request.app[DATABASE].write() as session:
            await touch_session(session, person, now=now)
    return person


def check_origin(request: web.Request) -> None:
    """Refuse what another site's page sent (ASVS 3.5, 4.4.2); programs send no Origin."""
    origin = request.headers.get("Origin")
    if origin is None:
        site = request.headers.get("Sec-Fetch-Site", "none")
        if site in ("none", "same-origin"):
            return
    elif origin == request.app[SETTINGS].url or urlsplit(origin).netloc == request.host:
        return
    raise Problem(403, "请求来自其他网站，已拒绝")


def cookie_name(app: web.Application) -> str:
    """Return the session cookie's name; over https the browser binds `__Host-` to this host."""
    return "__Host-kefu" if app[SETTINGS].url.startswith("https://") else "kefu"


def _check_csrf(request: web.Request, person: Person) -> None:
    if request.method in SAFE_METHODS:
        return
    sent = request.headers.get(CSRF_HEADER, "")
    if not compare_digest(sent.encode(), person.csrf_token.encode()):
        raise Problem(403, f"缺少或错误的 {CSRF_HEADER}，请刷新页面后重试")


def _ask_to_log_in(request: web.Request) -> web.StreamResponse:
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPFound(f"/login?next={quote(request.path_qs)}")
    raise Problem(401, "请先登录")
