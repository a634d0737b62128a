"""Serves the files of pages/: the HTML of each page, and scripts, styles and pictures."""

import mimetypes
from pathlib import Path

from aiohttp import web

from server.access import Permission, public, staff_only
from server.problems import Problem

PAGES = Path(__file__).parents[1] / "pages"
# The browser asks each time and gets 304 while nothing changed: an update shows at once.
REVALIDATE = {"Cache-Control": "no-cache"}
mimetypes.add_type("text/javascript", ".js")


def add_routes(app: web.Application) -> None:
    """Add the pages and their assets."""
    app.router.add_get("/assets/{path:.+}", asset)
    app.router.add_get("/widget", widget)
    app.router.add_get("/login", login)
    app.router.add_get("/shop", shop)
    app.router.add_get("/console", console)
    app.router.add_get("/reviews", reviews)
    app.router.add_get("/dashboard", dashboard)
    app.router.add_get("/", front_door)


@public
async def asset(request: web.Request) -> web.StreamResponse:
    """Serve one file of pages/ by its path."""
    return _file(request.match_info["path"])


@public
async def widget(_request: web.Request) -> web.StreamResponse:
    """Serve the document inside the widget's frame."""
    return _file("widget/index.html")


@public
async def login(_request: web.Request) -> web.StreamResponse:
    """Serve the log-in page."""
    return _file("login/index.html")


@public
async def shop(_request: web.Request) -> web.StreamResponse:
    """Serve the demo shop's page with the widget on it."""
    return _file("shop/index.html")


@public
async def front_door(_request: web.Request) -> web.StreamResponse:
    """Send a visitor of the bare address to the demo shop."""
    raise web.HTTPFound("/shop")


@staff_only(Permission.CHAT)
async def console(_request: web.Request) -> web.StreamResponse:
    """Serve the agents' console."""
    return _file("console/index.html")


@staff_only(Permission.READ_REVIEWS)
async def reviews(_request: web.Request) -> web.StreamResponse:
    """Serve the operators' reviews page."""
    return _file("reviews/index.html")


@staff_only(Permission.READ_REPORTS)
async def dashboard(_request: web.Request) -> web.StreamResponse:
    """Serve the managers' dashboard."""
    return _file("dashboard/index.html")


def _file(name: str) -> web.FileResponse:
    path = (PAGES / name).resolve()
    if not path.is_relative_to(PAGES) or not path.is_file():
        raise Problem(404, "没有这个页面")
    return web.FileResponse(path, headers=REVALIDATE)
