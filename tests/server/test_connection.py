"""One connection: frames in order and whole, for the quick, the slow and the silent reader."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from server.connection import QUEUED_FRAMES, SOCKETS, Connection, Sockets, framed
from server.keys import SETTINGS
from server.settings import Settings

Speak = Callable[[Connection], Awaitable[None]]
Open = Callable[[Speak], Awaitable[ClientWebSocketResponse]]


@pytest.fixture
async def open_socket() -> AsyncIterator[Open]:
    """Serve one socket on which the server speaks, and open it."""
    clients: list[TestClient] = []

    async def opened(speak: Speak) -> ClientWebSocketResponse:
        async def serve(request: web.Request) -> web.StreamResponse:
            connection = Connection(request)
            socket = await connection.open()
            await speak(connection)
            async for _frame in connection.frames():
                pass
            await connection.finish()
            return socket

        app = web.Application()
        app[SETTINGS] = Settings(_env_file=None)
        app[SOCKETS] = Sockets()
        app.router.add_get("/ws", serve)
        client = TestClient(TestServer(app))
        clients.append(client)
        await client.start_server()
        origin = f"http://{client.host}:{client.port}"
        return await client.ws_connect("/ws", headers={"Origin": origin}, max_msg_size=0)

    yield opened
    for client in clients:
        await client.close()


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_says_its_length_as_the_standard_does(size: int, head: bytes) -> None:
    assert framed(b"x" * size) == head + b"x" * size


async def test_texts_of_every_size_arrive_whole_and_in_order(open_socket: Open) -> None:
    texts = ["", "在", "a" * 125, "a" * 126, "长" * 30_000, "a" * 65_535, "a" * 65_536, "末"]

    async def speak(connection: Connection) -> None:
        for text in texts:
            connection.offer_text(text)

    socket = await open_socket(speak)
    assert [await socket.receive_str() for _ in texts] == texts
    await socket.close()


async def test_a_great_burst_is_not_a_slow_reader(open_socket: Open) -> None:
    many = QUEUED_FRAMES * 3

    async def speak(connection: Connection) -> None:
        for number in range(many):  # all in one turn of the loop
            connection.offer({"n": number})

    socket = await open_socket(speak)
    assert [(await socket.receive_json())["n"] for _ in range(many)] == list(range(many))
    await socket.close()


async def test_who_stops_reading_for_a_while_misses_nothing(open_socket: Open) -> None:
    texts = [f"{number:03d}" + "长" * 20_000 for number in range(QUEUED_FRAMES)]
    said = asyncio.Event()

    async def speak(connection: Connection) -> None:
        for text in texts:  # 15 MB: more than the kernel keeps
            await connection.put_text(text)
        said.set()

    socket = await open_socket(speak)
    assert socket._response.connection is not None
    transport = socket._response.connection.transport
    assert transport is not None
    transport.pause_reading()
    await asyncio.sleep(0.3)
    transport.resume_reading()
    assert [await socket.receive_str() for _ in texts] == texts
    assert said.is_set()
    await socket.close()


async def test_what_was_offered_before_the_end_arrives_before_it(open_socket: Open) -> None:
    async def speak(connection: Connection) -> None:
        connection.offer_text("再见")
        await connection.close(4401, "log in again")
        connection.offer_text("太晚了")

    socket = await open_socket(speak)
    assert await socket.receive_str() == "再见"
    last = await socket.receive()
    assert (last.type, socket.close_code) == (WSMsgType.CLOSE, 4401)
