"""Customers and consoles as programs that a measurement drives: they send, read and keep count."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from time import perf_counter

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, TCPConnector, WSMsgType

from bench.desk_population import Seat

CONNECT_AT_ONCE = 50
HEARTBEAT_SECONDS = 15
TEXT = "您好，请问我的订单什么时候能到？"
ECHOED = '{"type":"message","client_id":"'
ACKNOWLEDGED = '{"type":"ack","client_id":"'
_SAYING = ECHOED + '%s","text":"%s ' + TEXT + '"}'


class Customers:
    """The customers' sockets; each speaks only after its last word was answered.

    `answer` is how the frame begins that answers, up to the id of what it answers.
    """

    def __init__(self, *, answer: str) -> None:
        self._answer = answer
        self._sockets: dict[int, ClientWebSocketResponse] = {}
        self._acks: dict[str, asyncio.Future[None]] = {}
        self.sent: list[str] = []
        self.sent_at: dict[str, float] = {}
        self._readers: list[asyncio.Task[None]] = []

    def add(self, number: int, socket: ClientWebSocketResponse) -> None:
        """Read from now on: a socket that is not read answers no ping, and the server cuts it."""
        self._sockets[number] = socket
        self._readers.append(asyncio.create_task(self._read(socket)))

    async def speak(self, number: int, turn: int) -> None:
        """Say something and wait for its answer."""
        client_id = f"bench_{number:05d}_{turn:06d}"
        acked = self._acks[client_id] = asyncio.get_running_loop().create_future()
        self.sent_at[client_id] = perf_counter()
        await self._sockets[number].send_str(_SAYING % (client_id, client_id))
        await acked
        self.sent.append(client_id)

    async def close(self) -> None:
        """Hang up."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets.values()))

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if message.data.startswith(self._answer):
                client_id = message.data[len(self._answer) :].split('"', 1)[0]
                waiting = self._acks.pop(client_id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)
            elif message.data.startswith('{"type":"refused"'):
                for waiting in self._acks.values():
                    if not waiting.done():
                        waiting.set_exception(RuntimeError(message.data))


class AgentSide:
    """Every agent's console: what reached it, when, in which order."""

    def __init__(self) -> None:
        # Read after the measurement: what this program does meanwhile, the desk has to wait for.
        self._came: list[tuple[str, float]] = []
        self._sockets: list[ClientWebSocketResponse] = []
        self._readers: list[asyncio.Task[None]] = []

    async def open(self, http: ClientSession, url: str, csrf: str, watched: Sequence[str]) -> None:
        """Open a console and follow these conversations."""
        socket = await http.ws_connect(f"{url}/ws/agent", headers={"Origin": url})
        await socket.send_str(json.dumps({"type": "hello", "csrf": csrf}))
        for number, conversation in enumerate(watched):
            frame = {"type": "watch", "ref": f"watch-{number:06d}", "conversation": conversation}
            await socket.send_str(json.dumps(frame))
        following = 0
        while following < len(watched):
            message = await socket.receive()
            following += message.data.startswith('{"type":"conversation"')
        self._sockets.append(socket)
        self._readers.append(asyncio.create_task(self._read(socket)))
        self._readers.append(asyncio.create_task(_beat(socket)))

    async def wait_for(self, sent: Sequence[str]) -> None:
        """Wait until as many messages have come, at most ten seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while len(self._came) < len(sent):  # noqa: ASYNC110 - a count, not an event
                    await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Hang up."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets))

    def latencies(self, sent_at: dict[str, float]) -> list[float]:
        """Return the seconds from sending to each console."""
        return [at - sent_at[key] for got in self._got().values() for _seq, key, at in got]

    def count(self, sent: Sequence[str]) -> tuple[int, int, int]:
        """Return how many messages were lost, doubled and out of order."""
        by_talk = self._got()
        keys = [key for got in by_talk.values() for _seq, key, _at in got]
        doubled = len(keys) - len(set(keys))
        misordered = sum(
            later[0] <= earlier[0]
            for got in by_talk.values()
            for earlier, later in itertools.pairwise(got)
        )
        return len(set(sent) - set(keys)), doubled, misordered

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith('{"type":"message"'):
                self._came.append((message.data, perf_counter()))

    def _got(self) -> dict[str, list[tuple[int, str, float]]]:
        """Return what customers said by conversation, each with number, client id and time."""
        got: dict[str, list[tuple[int, str, float]]] = {}
        for raw, at in self._came:
            frame = json.loads(raw)
            said = frame["message"]
            if said["sender"] == "customer":
                key = said["text"].split(" ", 1)[0]
                got.setdefault(frame["conversation"], []).append((said["seq"], key, at))
        return got


async def _beat(socket: ClientWebSocketResponse) -> None:
    """Show signs of life, as the console does; without them the desk takes customers back."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        await socket.send_str('{"type":"heartbeat"}')


async def arrive(http: ClientSession, url: str, seats: Sequence[Seat]) -> Customers:
    """Connect a customer for each seat."""
    customers = Customers(answer=ACKNOWLEDGED)

    async def greet(socket: ClientWebSocketResponse, number: int) -> None:
        seat = seats[number]
        frame = {"type": "hello", "token": seat.token, "conversation": seat.conversation}
        await socket.send_str(json.dumps(frame))
        ready = await socket.receive()
        if ready.type is not WSMsgType.TEXT or not ready.data.startswith('{"type":"ready"'):
            raise RuntimeError(f"no ready but {ready!r}")
        customers.add(number, socket)

    await connect(http, f"{url}/ws/customer", len(seats), origin=url, greet=greet)
    return customers


async def connect(
    http: ClientSession,
    url: str,
    count: int,
    *,
    origin: str = "",
    greet: Callable[[ClientWebSocketResponse, int], Awaitable[None]] | None = None,
) -> list[ClientWebSocketResponse]:
    """Open `count` sockets, fifty at a time, each greeted where there is a greeting."""
    room = asyncio.Semaphore(CONNECT_AT_ONCE)

    async def one(number: int) -> ClientWebSocketResponse:
        async with room:
            socket = await http.ws_connect(url, headers={"Origin": origin})
            if greet is not None:
                await greet(socket, number)
            return socket

    return list(await asyncio.gather(*(one(number) for number in range(count))))


@contextlib.asynccontextmanager
async def new_client() -> AsyncIterator[ClientSession]:
    """Open an HTTP client without a limit of connections."""
    async with ClientSession(
        connector=TCPConnector(limit=0), cookie_jar=CookieJar(unsafe=True)
    ) as http:
        yield http
