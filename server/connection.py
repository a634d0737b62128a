"""One WebSocket: a bounded queue and one writer, so that a slow reader slows nobody else."""

import asyncio
import contextlib
import json
import math
import weakref
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from desk.protocol import HELLO_SECONDS, LONGEST_FRAME_BYTES, CloseCode
from server.keys import SETTINGS

log = structlog.get_logger(__name__)
QUEUED_FRAMES = 256
SEND_SECONDS = 10.0
CLOSE_SECONDS = 2.0
LOOK_SECONDS = 0.05  # how often a slow reader is looked at
ROUND_SECONDS = 10.0  # between two rounds of the heartbeat
ASKED_AFTER = 2  # silent rounds; who does not answer until the next one is cut
GATHER_SECONDS = 0.02
_PING = b"\x89\x00"
_ENDS = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)


class ClosedError(Exception):
    """The other side is gone or too slow."""


class Connection:
    """Frames out through one bounded queue, frames in by iteration.

    Frames are written once in a turn of the event loop, all together; what the other side does
    not take stays in the queue, and a task of its own looks after it until it is taken. Where many
    talks come together (`gathers`), what comes within 20 ms is written together.
    """

    def __init__(self, request: web.Request, *, gathers: bool = False) -> None:
        self._request = request
        self._sockets = request.app[SOCKETS]
        self._ask_to_flush = self._sockets.flush_later if gathers else self._sockets.flush_soon
        self._silent_rounds = -math.inf  # nobody is asked for signs of life while being served
        self._socket = web.WebSocketResponse(
            autoping=False,
            max_msg_size=LONGEST_FRAME_BYTES,
            compress=False,
            timeout=CLOSE_SECONDS,
        )
        self._frames: deque[bytes] = deque()
        self._transport: asyncio.WriteTransport | None = None
        self._patience: asyncio.Task[None] | None = None
        self._is_closed = False

    async def open(self) -> web.WebSocketResponse:
        """Shake hands; refuses a foreign Origin before that."""
        check_socket_origin(self._request)
        await self._socket.prepare(self._request)
        self._transport = self._request.transport
        self._sockets.open.add(self)
        return self._socket

    async def first_frame(self) -> str | None:
        """Return the frame that must come first, or None where none came in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HELLO_SECONDS), contextlib.aclosing(self.frames()) as frames:
                return await anext(frames, None)
        return None

    async def frames(self) -> AsyncGenerator[str]:
        """Yield each text frame until the other side closes."""
        while True:
            self._silent_rounds = 0
            message = await self._socket.receive()
            self._silent_rounds = -math.inf
            if message.type is WSMsgType.TEXT:
                yield message.data
            elif message.type in _ENDS:
                return
            elif message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.BINARY:
                await self.close(WSCloseCode.UNSUPPORTED_DATA, "text frames only")

    def offer(self, frame: dict[str, Any]) -> None:
        """Queue a frame; a reader who is 256 frames behind is cut and comes back to read on."""
        self.offer_text(dump(frame))

    def offer_text(self, text: str) -> None:
        """Queue a frame that is JSON already."""
        if self._is_closed:
            return
        if len(self._frames) >= QUEUED_FRAMES:
            self.flush()  # a great burst is not yet a slow reader
        if len(self._frames) >= QUEUED_FRAMES:
            self.cut()
            return
        self._queue(text)

    async def put(self, frame: dict[str, Any]) -> None:
        """Queue a frame, waiting for room; raises ClosedError where there will be none."""
        await self.put_text(dump(frame))

    async def put_text(self, text: str) -> None:
        """Queue a frame that is JSON already, waiting for room; raises ClosedError."""
        while len(self._frames) >= QUEUED_FRAMES and not self._is_closed:  # noqa: ASYNC110 - rare
            await asyncio.sleep(LOOK_SECONDS)  # who does not read at all is cut by `_wait`
        if self._is_closed:
            raise ClosedError
        self._queue(text)

    def cut(self) -> None:
        """End it at once: who does not read would not read a farewell either."""
        self._is_closed = True
        self._frames.clear()
        if self._transport is not None:
            self._transport.abort()

    async def close(self, code: int, reason: str) -> None:
        """Close, by force where the other side does not take part."""
        self.flush()
        self._is_closed = True
        self._frames.clear()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError):
            self.cut()

    async def finish(self) -> None:
        """Give back everything this connection holds."""
        self._is_closed = True
        self._frames.clear()
        if self._patience is not None:
            await self._patience

    def flush(self) -> None:
        """Write all that is queued, or as much as the other side has room for."""
        transport = self._transport
        if not self._frames or self._patience is not None:
            return
        if transport is None or transport.is_closing() or self._socket.closed:
            self._frames.clear()
            return
        if transport.get_write_buffer_size() == 0:
            transport.write(b"".join(self._frames))
            self._frames.clear()
        else:
            self._patience = asyncio.create_task(self._wait(transport))

    def pass_round(self) -> None:
        """Ask who has been silent for a sign of life; cut who was asked and gave none."""
        if self._is_closed or self._transport is None or self._patience is not None:
            return  # who is slow is looked after already
        self._silent_rounds += 1
        if self._silent_rounds == ASKED_AFTER:
            self._transport.write(_PING)
        elif self._silent_rounds > ASKED_AFTER:
            self.cut()

    def _queue(self, text: str) -> None:
        if not self._frames:
            self._ask_to_flush(self)
        self._frames.append(framed(text.encode()))

    async def _wait(self, transport: asyncio.WriteTransport) -> None:
        """Write on once the other side took what it was sent; cut it if it takes nothing more."""
        loop = asyncio.get_running_loop()
        moved_at, left = loop.time(), transport.get_write_buffer_size()
        while left > 0 and not self._is_closed:
            await asyncio.sleep(LOOK_SECONDS)
            before, left = left, transport.get_write_buffer_size()
            if left < before:
                moved_at = loop.time()
            elif loop.time() - moved_at > SEND_SECONDS:
                self.cut()
        self._patience = None
        self.flush()


class Sockets:
    """Every open connection of this server, and those of them that have something to say."""

    def __init__(self) -> None:
        self.open: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._speaking: list[Connection] = []
        self._gathering: list[Connection] = []

    def flush_soon(self, connection: Connection) -> None:
        """Write what this connection has queued at the end of this turn of the event loop."""
        if not self._speaking:
            asyncio.get_running_loop().call_soon(self._flush)
        self._speaking.append(connection)

    def flush_later(self, connection: Connection) -> None:
        """Write what this connection queues in the next 20 ms together."""
        if not self._gathering:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush_gathered)
        self._gathering.append(connection)

    async def heartbeat(self) -> None:
        """Pass one round: one look at each connection costs less than a timer of its own."""
        for connection in list(self.open):
            connection.pass_round()

    def _flush(self) -> None:
        speaking, self._speaking = self._speaking, []
        for connection in speaking:
            connection.flush()

    def _flush_gathered(self) -> None:
        gathering, self._gathering = self._gathering, []
        for connection in gathering:
            connection.flush()


SOCKETS = web.AppKey("sockets", Sockets)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(frame: dict[str, Any]) -> str:
    """Return a frame as compact JSON."""
    return _encode(frame)


def framed(payload: bytes) -> bytes:
    """Return a text as one WebSocket frame of a server: final, unmasked (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 1 << 16:
        return b"\x81\x7e%b%b" % (size.to_bytes(2), payload)
    return b"\x81\x7f%b%b" % (size.to_bytes(8), payload)


def check_socket_origin(request: web.Request) -> None:
    """Refuse a handshake that no page of ours began (ASVS 4.4.2); browsers always say Origin."""
    origin = request.headers.get("Origin", "")
    is_ours = origin == request.app[SETTINGS].url
    if not is_ours and (not origin or urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(reason="foreign Origin")


async def close_all(app: web.Application) -> None:
    """Tell every client that the server stops, so that they come back to the next one."""
    connections = list(app[SOCKETS].open)
    closing = [each.close(CloseCode.GOING_AWAY, "server stops") for each in connections]
    await asyncio.gather(*closing, return_exceptions=True)
