"""Whether the product is up: for the supervisor, a load balancer, and a person in doubt."""

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from server.access import public
from server.keys import DATABASE, SETTINGS

TIMEOUT = ClientTimeout(total=2)


def add_routes(app: web.Application) -> None:
    """Add /healthz (this process lives) and /readyz (database and bot answer)."""
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)


@public
async def alive(_request: web.Request) -> web.Response:
    """Answer as long as the process serves."""
    return web.json_response({"status": "ok"})


@public
async def ready(request: web.Request) -> web.Response:
    """Say of each part whether it answers; 503 if the database does not.

    A bot that is down does not make the product unready: customers are queued for people.
    """
    database = await _database_answers(request.app)
    bot = await _bot_answers(request.app)
    parts = {"database": database, "bot": bot}
    return web.json_response(parts, status=200 if database else 503)


async def _database_answers(app: web.Application) -> bool:
    try:
        async with app[DATABASE].read() as session:
            return bool(await session.scalar(text("SELECT 1")))
    except SQLAlchemyError:
        return False


async def _bot_answers(app: web.Application) -> bool:
    try:
        async with (
            ClientSession(timeout=TIMEOUT) as client,
            client.get(f"{app[SETTINGS].bot_url}/webhooks/rest/") as response,
        ):
            return bool(response.status == 200)
    except (ClientError, TimeoutError):
        return False
