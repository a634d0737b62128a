"""Puts the web program together: middlewares, the routes of every module, start and stop."""

from collections.abc import AsyncIterator, Callable

from aiohttp import web

from server import (
    agent_socket,
    alarms,
    chat_images,
    customer_socket,
    demo_shop,
    desk_api,
    desk_canned,
    desk_cards,
    desk_office,
    desk_promises,
    health,
    login,
    reports_api,
    reports_deep,
    reports_desk,
    reports_roster,
    reports_rounds,
    reviews_api,
    reviews_decisions,
    reviews_evidence,
    reviews_import,
    reviews_insights,
    reviews_invite,
    reviews_push,
    reviews_sending,
    reviews_tables,
    reviews_uploads,
    reviews_worker,
    shop_records,
    static,
    widget_bundle,
)
from server.access import check_every_route
from server.guard import guard_middleware
from server.headers import add_security_headers
from server.keys import DATABASE, SETTINGS
from server.problems import problem_middleware
from server.settings import Settings
from storage.engine import Database
from storage.sealed import use_keyring

MAX_BODY_BYTES = 64 * 1024**2

FEATURES: tuple[Callable[[web.Application], None], ...] = (
    health.add_routes,
    login.add_routes,
    static.add_routes,
    widget_bundle.add_routes,
    desk_office.add_routes,
    demo_shop.add_routes,
    customer_socket.add_routes,
    agent_socket.add_routes,
    chat_images.add_routes,
    desk_api.add_routes,
    desk_canned.add_routes,
    desk_cards.add_routes,
    desk_promises.add_routes,
    reports_desk.open_reports,
    reports_api.add_routes,
    reports_deep.add_routes,
    reports_roster.add_routes,
    alarms.add_routes,
    reports_rounds.add_rounds,
    reviews_api.add_routes,
    reviews_decisions.add_routes,
    reviews_evidence.add_routes,
    reviews_import.add_routes,
    reviews_insights.add_routes,
    reviews_invite.add_routes,
    reviews_push.add_routes,
    reviews_sending.add_routes,
    reviews_tables.add_routes,
    reviews_uploads.add_routes,
    reviews_worker.add_routes,
    shop_records.add_routes,
)


def create_app(settings: Settings) -> web.Application:
    """Return the application; every route has declared who may call it."""
    use_keyring(settings.keyring())
    app = web.Application(
        middlewares=[problem_middleware, guard_middleware], client_max_size=MAX_BODY_BYTES
    )
    app[SETTINGS] = settings
    app[DATABASE] = Database(settings.database)
    app.on_response_prepare.append(add_security_headers)
    app.cleanup_ctx.append(_close_database)
    for add_routes in FEATURES:
        add_routes(app)
    check_every_route(app)
    return app


async def _close_database(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[DATABASE].close()
