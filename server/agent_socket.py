"""The console's WebSocket: from its hello, which proves the page, to its end."""

from hmac import compare_digest

import structlog
from aiohttp import web

from desk.agent_frames import AgentHello, agent_frame
from desk.presence import arrive_at_desk
from desk.protocol import BadFrameError, CloseCode
from server.access import Permission, staff_only
from server.agent_commands import AgentCommands
from server.agent_view import AgentView
from server.connection import ClosedError, Connection
from server.desk_office import DESK
from server.guard import PERSON
from server.sessions import Person

log = structlog.get_logger(__name__)


def add_routes(app: web.Application) -> None:
    """Add the console's socket."""
    app.router.add_get("/ws/agent", agent_socket)


@staff_only(Permission.CHAT)
async def agent_socket(request: web.Request) -> web.StreamResponse:
    """Serve one console from its hello to its end."""
    connection = Connection(request, gathers=True)
    socket = await connection.open()
    person = request[PERSON]
    try:
        hello = await _hello(connection)
        if hello is None:
            await connection.close(CloseCode.POLICY, "hello expected")
        elif not compare_digest(hello.csrf.encode(), person.csrf_token.encode()):
            await connection.close(CloseCode.FORBIDDEN, "wrong csrf token")
        else:
            await _serve(request, connection, person, hello)
    except (ClosedError, ConnectionError):
        pass
    except Exception:
        log.exception("agent socket failed")
        await connection.close(1011, "internal error")
    finally:
        await connection.finish()
    return socket


async def _hello(connection: Connection) -> AgentHello | None:
    raw = await connection.first_frame()
    try:
        frame = agent_frame(raw) if raw is not None else None
    except BadFrameError:
        return None
    return frame if isinstance(frame, AgentHello) else None


async def _serve(
    request: web.Request, connection: Connection, person: Person, hello: AgentHello
) -> None:
    desk = request.app[DESK]
    office = desk.office
    async with office.write() as pen:
        presence = await arrive_at_desk(
            pen.session, person.id, office.policy, status=hello.status, now=pen.now
        )
    view = AgentView(connection, desk, person)
    try:
        await view.begin(status=presence.status, capacity=presence.capacity)
        agent = AgentCommands(request, connection, desk, person, view)
        async for raw in connection.frames():
            await agent.obey(raw)
    finally:
        await view.end()
