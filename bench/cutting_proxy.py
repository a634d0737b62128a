"""A TCP proxy that cuts, stalls and resets connections, as networks do."""

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import dataclass, field

CHUNK = 4096
STALL_SECONDS = 3.0


@dataclass
class CuttingProxy:
    """Forwards to `port`; every connection lives for a random while and ends badly."""

    port: int
    random: random.Random
    life_seconds: float = 3.0
    listening_on: int = 0
    cuts: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.listening_on = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cut everything and stop."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            _reset(writer)
            return
        pipes = {
            asyncio.create_task(_pipe(reader, far_writer)),
            asyncio.create_task(_pipe(far_reader, writer)),
        }
        life = self.random.expovariate(1 / self.life_seconds)
        try:
            done, _ = await asyncio.wait(pipes, timeout=life, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                self.cuts += 1
                await self._end_badly(pipes, writer, far_writer)
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            far_writer.close()

    async def _end_badly(
        self,
        pipes: set[asyncio.Task[None]],
        writer: asyncio.StreamWriter,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        match self.random.choice(("cut", "reset", "stall")):
            case "reset":
                _reset(writer)
                _reset(far_writer)
            case "stall":  # bytes vanish in both directions, nobody is told
                for pipe in pipes:
                    pipe.cancel()
                await asyncio.sleep(self.random.uniform(0, STALL_SECONDS))
            case _:
                pass


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport = writer.transport
    transport.abort()
