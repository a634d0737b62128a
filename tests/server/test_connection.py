"""One connection: frames in order and whole, for the quick, the slow and the silent reader."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from server.connection import (
    ASKED_AFTER,
    QUEUED_FRAMES,
    SOCKETS,
    Connection,
    Sockets,
    framed,
)
from server.keys import SETTINGS
from server.settings import Settings

Speak = Callable[[Connection], Awaitable[None]]
Open = Callable[..., Awaitable[ClientWebSocketResponse]]


@pytest.fixture
async def open_socket() -> AsyncIterator[Open]:
    """Serve one socket on which the server speaks, and open it."""
    clients: list[TestClient] = []

    async def opened(
        speak: Speak, *, gathers: bool = False, autoping: bool = True
    ) -> ClientWebSocketResponse:
        async def serve(request: web.Request) -> web.StreamResponse:
            connection = Connection(request, gathers=gathers)
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
        return await client.ws_connect(
            "/ws", headers={"Origin": origin}, max_msg_size=0, autoping=autoping
        )

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


async def test_a_gathering_connection_writes_what_came_in_many_turns_at_once(
    open_socket: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connection.GATHER_SECONDS", 600.0)
    held: list[int] = []

    async def speak(connection: Connection) -> None:
        for number in range(5):
            connection.offer_text(str(number))
            await asyncio.sleep(0)
            held.append(len(connection._frames))
        connection._sockets._flush_gathered()
        held.append(len(connection._frames))

    socket = await open_socket(speak, gathers=True)
    assert [await socket.receive_str() for _ in range(5)] == list("01234")
    assert held == [1, 2, 3, 4, 5, 0]
    await socket.close()


async def test_a_gathering_connection_writes_by_itself_again_and_again(open_socket: Open) -> None:
    watched = _Watched()
    socket = await open_socket(watched.speak, gathers=True)
    connection = await watched.listens()
    for text in ("一", "二", "三"):
        connection.offer_text(text)
        assert (await socket.receive(timeout=30)).data == text
    await socket.close()


async def test_what_a_gathering_connection_still_holds_arrives_before_its_end(
    open_socket: Open,
) -> None:
    async def speak(connection: Connection) -> None:
        connection.offer_text("再见")
        await connection.close(4401, "log in again")

    socket = await open_socket(speak, gathers=True)
    assert await socket.receive_str() == "再见"
    assert (await socket.receive()).type is WSMsgType.CLOSE


class _Watched:
    """A connection's server side, seen from the test."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    async def speak(self, connection: Connection) -> None:
        self.connection = connection

    async def listens(self) -> Connection:
        """Return the connection once it waits for the next frame."""
        async with asyncio.timeout(30):
            while self.connection is None or self.connection._silent_rounds != 0:
                await asyncio.sleep(0.01)
        return self.connection


async def test_who_is_silent_is_asked_and_lives_on_by_answering(open_socket: Open) -> None:
    watched = _Watched()
    socket = await open_socket(watched.speak, autoping=False)
    connection = await watched.listens()
    for _ in range(3):  # times over
        for _ in range(ASKED_AFTER):
            connection.pass_round()
        assert (await socket.receive(timeout=30)).type is WSMsgType.PING
        await socket.pong()
        await watched.listens()
    connection.offer_text("在")
    assert await socket.receive_str() == "在"
    await socket.close()


async def test_who_gives_no_sign_of_life_is_cut(open_socket: Open) -> None:
    watched = _Watched()
    socket = await open_socket(watched.speak, autoping=False)
    connection = await watched.listens()
    for _ in range(ASKED_AFTER):
        connection.pass_round()
    assert (await socket.receive(timeout=30)).type is WSMsgType.PING
    connection.pass_round()
    assert (await socket.receive(timeout=30)).type in (WSMsgType.CLOSED, WSMsgType.ERROR)


async def test_who_speaks_is_not_asked(open_socket: Open) -> None:
    watched = _Watched()
    socket = await open_socket(watched.speak, autoping=False)
    connection = await watched.listens()
    for _ in range(3):
        for _ in range(ASKED_AFTER - 1):
            connection.pass_round()
        await socket.send_str("在吗")
        await watched.listens()
    connection.offer_text("在")
    assert (await socket.receive(timeout=30)).data == "在"
    await socket.close()


async def test_who_is_being_served_is_not_cut_for_silence(open_socket: Open) -> None:
    async def speak(connection: Connection) -> None:
        for _ in range(ASKED_AFTER * 3):  # as when the database keeps an order waiting
            connection.pass_round()
        connection.offer_text("好了")

    socket = await open_socket(speak, autoping=False)
    assert await socket.receive_str() == "好了"
    await socket.close()


async def test_a_ping_is_answered_with_what_it_says(open_socket: Open) -> None:
    socket = await open_socket(_Watched().speak, autoping=False)
    await socket.ping(b"there?")
    answer = await socket.receive(timeout=30)
    assert (answer.type, answer.data) == (WSMsgType.PONG, b"there?")
    await socket.close()


async def test_a_round_of_the_heartbeat_passes_every_connection(open_socket: Open) -> None:
    watched = _Watched()
    socket = await open_socket(watched.speak, autoping=False)
    connection = await watched.listens()
    for _ in range(ASKED_AFTER):
        await connection._sockets.heartbeat()
    assert (await socket.receive(timeout=30)).type is WSMsgType.PING
    await socket.close()
