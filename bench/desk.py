"""The desk under load beside a bare WebSocket echo, in one run on one machine.

Both sides hold the same number of sockets, and the same customers say the same words to both: each
goes on as soon as its last word was answered. For the echo the answer is the echo; for the desk it
is the acknowledgement after the commit, and the message must also reach the agent.
"""

import asyncio
import contextlib
import gc
import itertools
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.desk_people import ECHOED, AgentSide, Customers, arrive, connect, new_client
from bench.desk_population import populate
from bench.desk_server import ServerProcess, cpu_seconds, free_port, migrate
from storage.engine import Database
from storage.sealed import Keyring, use_keyring

WATCHED_BY_ONE_AGENT = 20
SETTINGS = {"KEFU_CHAT_BURST": "1000", "KEFU_CHAT_PER_SECOND": "1000"}


@dataclass(frozen=True)
class Rates:
    """Messages a second and latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Result:
    """What `kefu bench desk --json` prints.

    `..._cpu_us` is processor time of the server for one message, `cpu_ratio` the echo's over the
    desk's: what a machine that others keep busy can still tell.
    """

    sockets: int
    memory_per_socket_kb: float
    rate_ratio: float
    p99_ratio: float
    lost: int
    doubled: int
    misordered: int
    messages: int
    cpu_ratio: float
    echo_cpu_us: float
    desk_cpu_us: float
    echo: Rates
    acknowledged: Rates
    relayed: Rates

    def as_record(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self)


def run(*, sockets: int, active: int, seconds: float) -> dict[str, Any]:
    """Measure in a folder of its own, on SQLite, and return what `--json` prints."""
    with tempfile.TemporaryDirectory(prefix="kefu-bench-") as folder:
        use_keyring(Keyring.load_or_create(Path(folder) / "secrets" / "keyring.json"))
        measuring = measure(Path(folder), sockets=sockets, active=active, seconds=seconds)
        return asyncio.run(measuring).as_record()


async def measure(folder: Path, *, sockets: int, active: int, seconds: float) -> Result:
    """Run echo and desk one after the other; `active` of the sockets speak."""
    load = {"sockets": sockets, "active": active}
    before = await _measure_echo(**load, seconds=seconds / 2)
    parts = await _measure_desk(folder, **load, seconds=seconds)
    after = await _measure_echo(**load, seconds=seconds / 2)
    # Echo before and after, so that a machine that slows down meanwhile favours neither.
    both = _Echoed([*before.latencies, *after.latencies], before.cpu_seconds + after.cpu_seconds)
    return _result(both, parts, sockets=sockets, seconds=seconds)


@dataclass(frozen=True)
class _Echoed:
    latencies: list[float]
    cpu_seconds: float


async def _measure_echo(*, sockets: int, active: int, seconds: float) -> _Echoed:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.echo_server", str(port)
    )
    try:
        async with new_client() as http:
            await _answers(port)
            customers = Customers(answer=ECHOED)
            opened = await connect(http, f"http://127.0.0.1:{port}/ws", sockets)
            for number, socket in enumerate(opened):
                customers.add(number, socket)
            began = cpu_seconds(process.pid)
            latencies = await _closed_loop(customers, active=active, seconds=seconds)
            spent = cpu_seconds(process.pid) - began
            await customers.close()
    finally:
        process.terminate()
        await process.wait()
    return _Echoed(latencies, spent)


@dataclass(frozen=True)
class _Measured:
    latencies: list[float]
    customers: Customers
    agents: AgentSide
    memory_per_socket_kb: float
    cpu_seconds: float


async def _measure_desk(folder: Path, *, sockets: int, active: int, seconds: float) -> _Measured:
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
        async with new_client() as http, contextlib.AsyncExitStack() as stack:
            customers = await arrive(http, server.url, seats)
            per_socket = (_memory_kb(server.pid) - before_kb) / sockets
            agent_side = AgentSide()
            for cookie, csrf, watched in staff:
                own = await stack.enter_async_context(new_client())
                own.cookie_jar.update_cookies({"kefu": cookie})
                await agent_side.open(own, server.url, csrf, watched)
            began = cpu_seconds(server.pid)
            latencies = await _closed_loop(customers, active=active, seconds=seconds)
            spent = cpu_seconds(server.pid) - began
            await agent_side.wait_for(customers.sent)
            await agent_side.close()
            await customers.close()
    finally:
        await server.stop()
    return _Measured(latencies, customers, agent_side, per_socket, spent)


def _result(echoed: _Echoed, parts: _Measured, *, sockets: int, seconds: float) -> Result:
    customers, agents = parts.customers, parts.agents
    echo = _rates(echoed.latencies, seconds)
    echo_cpu = echoed.cpu_seconds / len(echoed.latencies)
    desk_cpu = parts.cpu_seconds / len(parts.latencies)
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
        cpu_ratio=round(echo_cpu / desk_cpu, 3),
        echo_cpu_us=round(echo_cpu * 1e6, 1),
        desk_cpu_us=round(desk_cpu * 1e6, 1),
        echo=echo,
        acknowledged=acknowledged,
        relayed=relayed,
    )


async def _closed_loop(customers: Customers, *, active: int, seconds: float) -> list[float]:
    """Let so many speak at once, again and again; returns the seconds each answer took."""
    latencies: list[float] = []
    gc.collect()
    gc.disable()  # on both sides: this program's own search for garbage is nobody's latency
    until = perf_counter() + seconds

    async def talk(number: int) -> None:
        for turn in itertools.count():
            began = perf_counter()
            if began >= until:
                return
            await customers.speak(number, turn)
            latencies.append(perf_counter() - began)

    try:
        await asyncio.gather(*(talk(number) for number in range(active)))
    finally:
        gc.enable()
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


def _memory_kb(pid: int) -> int:
    """Return the resident memory of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")
