"""The desk under load beside a bare WebSocket echo, in one run on one machine.

Both sides hold the same number of sockets and are driven by the same closed loop: so many workers,
each sending one message, waiting for its answer, and going on with its next socket. For the echo
the answer is the echo; for the desk it is the acknowledgement after the commit, and the message
must also reach the agent.
"""

import asyncio
import contextlib
import itertools
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, TCPConnector, WSMsgType

from bench.desk_population import Seat, populate
from bench.desk_server import ServerProcess, free_port, migrate
from storage.engine import Database
from storage.sealed import Keyring, use_keyring

WATCHED_BY_ONE_AGENT = 20
CONNECT_AT_ONCE = 50
SETTINGS = {"KEFU_CHAT_BURST": "1000", "KEFU_CHAT_PER_SECOND": "1000"}
TEXT = "您好，请问我的订单什么时候能到？"


@dataclass(frozen=True)
class Rates:
    """Messages a second and latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Result:
    """What `kefu bench desk --json` prints."""

    sockets: int
    memory_per_socket_kb: float
    rate_ratio: float
    p99_ratio: float
    lost: int
    doubled: int
    misordered: int
    messages: int
    echo: Rates
    acknowledged: Rates
    relayed: Rates

    def as_record(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self)


def run(*, sockets: int, active: int, workers: int, seconds: float) -> dict[str, Any]:
    """Measure in a folder of its own, on SQLite, and return what `--json` prints."""
    with tempfile.TemporaryDirectory(prefix="kefu-bench-") as folder:
        use_keyring(Keyring.load_or_create(Path(folder) / "secrets" / "keyring.json"))
        measuring = measure(
            Path(folder), sockets=sockets, active=active, workers=workers, seconds=seconds
        )
        return asyncio.run(measuring).as_record()


async def measure(
    folder: Path, *, sockets: int, active: int, workers: int, seconds: float
) -> Result:
    """Run echo and desk one after the other; `active` of the sockets speak."""
    load = {"sockets": sockets, "active": active, "workers": workers}
    before = await _measure_echo(**load, seconds=seconds / 2)
    parts = await _measure_desk(folder, **load, seconds=seconds)
    after = await _measure_echo(**load, seconds=seconds / 2)
    # Echo before and after, so that a machine that slows down meanwhile favours neither.
    echo = _rates([*before, *after], seconds)
    return _result(echo, parts, sockets=sockets, seconds=seconds)


async def _measure_echo(*, sockets: int, active: int, workers: int, seconds: float) -> list[float]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.echo_server", str(port)
    )
    try:
        async with _client() as http:
            await _answers(port)
            opened = await _connect(http, f"http://127.0.0.1:{port}/ws", sockets)

            async def speak(number: int, _turn: int) -> None:
                await opened[number].send_str(TEXT)
                await opened[number].receive()

            latencies = await _closed_loop(speak, active=active, workers=workers, seconds=seconds)
            await asyncio.gather(*(socket.close() for socket in opened))
    finally:
        process.terminate()
        await process.wait()
    return latencies


@dataclass(frozen=True)
class _Measured:
    latencies: list[float]
    customers: "_Customers"
    agents: "_AgentSide"
    memory_per_socket_kb: float


async def _measure_desk(
    folder: Path, *, sockets: int, active: int, workers: int, seconds: float
) -> _Measured:
    database_url = f"sqlite:///{folder}/kefu.db"
    migrate(database_url)
    database = Database(database_url)
    agents = -(-active // WATCHED_BY_ONE_AGENT)
    seats, staff = await populate(database, customers=sockets, active=active, agents=agents)
    await database.close()
    server = ServerProcess(
        folder, database_url, free_port(), SETTINGS | {"KEFU_BOT_PORT": str(free_port())}
    )
    await server.start()
    await server.calm()
    before_kb = _memory_kb(server.pid)
    try:
        async with _client() as http, contextlib.AsyncExitStack() as stack:
            customers = await _arrive(http, server.url, seats)
            per_socket = (_memory_kb(server.pid) - before_kb) / sockets
            agent_side = _AgentSide()
            for cookie, csrf, watched in staff:
                own = await stack.enter_async_context(_client())
                own.cookie_jar.update_cookies({"kefu": cookie})
                await agent_side.open(own, server.url, csrf, watched)
            latencies = await _closed_loop(
                customers.speak, active=active, workers=workers, seconds=seconds
            )
            await agent_side.wait_for(customers.sent)
            await agent_side.close()
            await customers.close()
    finally:
        await server.stop()
    return _Measured(latencies, customers, agent_side, per_socket)


def _result(echo: Rates, parts: _Measured, *, sockets: int, seconds: float) -> Result:
    customers, agents = parts.customers, parts.agents
    acknowledged = _rates(parts.latencies, seconds)
    relayed = _rates(agents.latencies(customers.sent_at), seconds)
    lost, doubled, misordered = agents.count(customers.sent)
    return Result(
        sockets=sockets,
        memory_per_socket_kb=round(parts.memory_per_socket_kb, 1),
        rate_ratio=round(acknowledged.per_second / echo.per_second, 3),
        p99_ratio=round(max(acknowledged.p99_ms, relayed.p99_ms) / echo.p99_ms, 2),
        lost=lost,
        doubled=doubled,
        misordered=misordered,
        messages=len(customers.sent),
        echo=echo,
        acknowledged=acknowledged,
        relayed=relayed,
    )


class _Customers:
    """The customers' sockets; each speaks only after its last word was acknowledged."""

    def __init__(self) -> None:
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
        client_id = f"bench-{number:05d}-{turn:06d}"
        frame = {"type": "message", "client_id": client_id, "text": f"{client_id} {TEXT}"}
        acked = self._acks[client_id] = asyncio.get_running_loop().create_future()
        self.sent_at[client_id] = perf_counter()
        await self._sockets[number].send_str(json.dumps(frame))
        await acked
        self.sent.append(client_id)

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets.values()))

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if message.data.startswith('{"type":"ack"'):
                waiting = self._acks.pop(json.loads(message.data)["client_id"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)
            elif message.data.startswith('{"type":"refused"'):
                for waiting in self._acks.values():
                    if not waiting.done():
                        waiting.set_exception(RuntimeError(message.data))


class _AgentSide:
    """Every agent's console: what reached it, when, in which order."""

    def __init__(self) -> None:
        self._got: dict[str, list[tuple[int, str, float]]] = {}
        self._count = 0
        self._sockets: list[ClientWebSocketResponse] = []
        self._readers: list[asyncio.Task[None]] = []

    async def open(self, http: ClientSession, url: str, csrf: str, watched: Sequence[str]) -> None:
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

    async def wait_for(self, sent: Sequence[str]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while self._count < len(sent):  # noqa: ASYNC110 - a count, not an event
                    await asyncio.sleep(0.05)

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets))

    def latencies(self, sent_at: dict[str, float]) -> list[float]:
        return [at - sent_at[key] for got in self._got.values() for _seq, key, at in got]

    def count(self, sent: Sequence[str]) -> tuple[int, int, int]:
        """Return how many messages were lost, doubled and out of order."""
        keys = [key for got in self._got.values() for _seq, key, _at in got]
        doubled = len(keys) - len(set(keys))
        misordered = sum(
            later[0] <= earlier[0]
            for got in self._got.values()
            for earlier, later in itertools.pairwise(got)
        )
        return len(set(sent) - set(keys)), doubled, misordered

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith('{"type":"message"'):
                frame = json.loads(message.data)
                said = frame["message"]
                if said["sender"] == "customer":
                    key = said["text"].split(" ", 1)[0]
                    got = self._got.setdefault(frame["conversation"], [])
                    got.append((said["seq"], key, perf_counter()))
                    self._count += 1


async def _arrive(http: ClientSession, url: str, seats: Sequence[Seat]) -> _Customers:
    customers = _Customers()

    async def greet(socket: ClientWebSocketResponse, number: int) -> None:
        seat = seats[number]
        frame = {"type": "hello", "token": seat.token, "conversation": seat.conversation}
        await socket.send_str(json.dumps(frame))
        ready = await socket.receive()
        if ready.type is not WSMsgType.TEXT or not ready.data.startswith('{"type":"ready"'):
            raise RuntimeError(f"no ready but {ready!r}")
        customers.add(number, socket)

    await _connect(http, f"{url}/ws/customer", len(seats), origin=url, greet=greet)
    return customers


async def _connect(
    http: ClientSession,
    url: str,
    count: int,
    *,
    origin: str = "",
    greet: Callable[[ClientWebSocketResponse, int], Awaitable[None]] | None = None,
) -> list[ClientWebSocketResponse]:
    room = asyncio.Semaphore(CONNECT_AT_ONCE)

    async def one(number: int) -> ClientWebSocketResponse:
        async with room:
            socket = await http.ws_connect(url, headers={"Origin": origin})
            if greet is not None:
                await greet(socket, number)
            return socket

    return list(await asyncio.gather(*(one(number) for number in range(count))))


async def _closed_loop(
    speak: Callable[[int, int], Awaitable[None]], *, active: int, workers: int, seconds: float
) -> list[float]:
    """Let each worker go round its own sockets; returns the seconds each answer took."""
    latencies: list[float] = []
    until = perf_counter() + seconds

    async def work(worker: int) -> None:
        for turn in itertools.count():
            for number in range(worker, active, workers):
                began = perf_counter()
                if began >= until:
                    return
                await speak(number, turn)
                latencies.append(perf_counter() - began)

    await asyncio.gather(*(work(worker) for worker in range(workers)))
    return latencies


async def _answers(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"nobody listens on {port}")


def _rates(latencies: Sequence[float], seconds: float) -> Rates:
    ordered = sorted(latencies)
    return Rates(
        per_second=round(len(ordered) / seconds, 1),
        p50_ms=round(ordered[len(ordered) // 2] * 1000, 1),
        p99_ms=round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
    )


@contextlib.asynccontextmanager
async def _client() -> AsyncIterator[ClientSession]:
    async with ClientSession(
        connector=TCPConnector(limit=0), cookie_jar=CookieJar(unsafe=True)
    ) as http:
        yield http


def _memory_kb(pid: int) -> int:
    """Return the resident memory of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")
