"""One WebSocket: a bounded queue and one writer, so that a slow reader slows nobody else."""

import asyncio
import contextlib
import json
import weakref
from collections.abc import AsyncIterator
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
HEARTBEAT_SECONDS = 20.0


class ClosedError(Exception):
    """The other side is gone or too slow."""


class Connection:
    """Frames out through one queue, frames in by iteration."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS,
            max_msg_size=LONGEST_FRAME_BYTES,
            compress=False,
            timeout=CLOSE_SECONDS,
        )
        self._frames: asyncio.Queue[str] = asyncio.Queue(QUEUED_FRAMES)
        self._writer: asyncio.Task[None] | None = None
        self._is_closed = False
        self._sending_since: float | None = None

    async def open(self) -> web.WebSocketResponse:
        """Shake hands and begin to write; refuses a foreign Origin before that."""
        check_socket_origin(self._request)
        await self._socket.prepare(self._request)
        self._request.app[SOCKETS].open.add(self)
        self._writer = asyncio.create_task(self._write())
        return self._socket

    async def first_frame(self) -> str | None:
        """Return the frame that must come first, or None where none came in time."""
        with contextlib.suppress(TimeoutError, TypeError):
            message = await self._socket.receive(timeout=HELLO_SECONDS)
            if message.type is WSMsgType.TEXT:
                return str(message.data)
        return None

    async def frames(self) -> AsyncIterator[str]:
        """Yield each text frame until the other side closes."""
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                yield message.data
            elif message.type is WSMsgType.BINARY:
                await self.close(WSCloseCode.UNSUPPORTED_DATA, "text frames only")

    def offer(self, frame: dict[str, Any]) -> None:
        """Queue a frame; a reader who is 256 frames behind is cut and comes back to read on."""
        self.offer_text(dump(frame))

    def offer_text(self, text: str) -> None:
        """Queue a frame that is JSON already."""
        if self._is_closed:
            return
        try:
            self._frames.put_nowait(text)
        except asyncio.QueueFull:
            self.cut()

    async def put(self, frame: dict[str, Any]) -> None:
        """Queue a frame, waiting for room; raises ClosedError where there will be none."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._frames.put(dump(frame))
        except TimeoutError:
            self.cut()
            raise ClosedError from None
        if self._is_closed:
            raise ClosedError

    def cut(self) -> None:
        """End it at once: who does not read would not read a farewell either."""
        self._is_closed = True
        if self._writer is not None:
            self._writer.cancel()
        self._forget_frames()
        if self._request.transport is not None:
            self._request.transport.abort()

    def _forget_frames(self) -> None:
        while not self._frames.empty():  # wakes whoever waits for room
            self._frames.get_nowait()

    async def close(self, code: int, reason: str) -> None:
        """Close, by force where the other side does not take part."""
        self._is_closed = True
        if self._writer is not None:
            self._writer.cancel()
        self._forget_frames()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError):
            self.cut()

    async def finish(self) -> None:
        """Give back everything this connection holds."""
        self._is_closed = True
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                text = await self._frames.get()
                self._sending_since = loop.time()
                await self._socket.send_str(text)
                self._sending_since = None
        except (ConnectionError, RuntimeError):
            self.cut()

    def cut_if_stuck(self, now: float) -> None:
        """Cut a connection whose other side has not taken a frame for too long."""
        since = self._sending_since
        if since is not None and now - since > SEND_SECONDS:
            self.cut()


class Sockets:
    """Every open connection of this server."""

    def __init__(self) -> None:
        self.open: weakref.WeakSet[Connection] = weakref.WeakSet()

    async def cut_stuck(self) -> None:
        """Look at all of them; one look a second is cheaper than a timer for every frame."""
        now = asyncio.get_running_loop().time()
        for connection in list(self.open):
            connection.cut_if_stuck(now)


SOCKETS = web.AppKey("sockets", Sockets)


def dump(frame: dict[str, Any]) -> str:
    """Return a frame as compact JSON."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


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
