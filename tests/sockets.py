"""A widget and a console as programs: they speak the protocol over a real WebSocket."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, Self

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient

Frame = dict[str, Any]
_ids = itertools.count(1)


def client_id() -> str:
    """An id that no other frame of this test run has."""
    return f"test-{next(_ids):08d}"


class Socket:
    """Keeps every frame that came, and waits for the ones that a test wants."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self._came = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def send(self, **frame: Any) -> None:
        await self.socket.send_str(json.dumps(frame, ensure_ascii=False))

    async def wait_for(self, wanted: Callable[[Frame], bool], *, seconds: float = 30) -> Frame:
        """Return the first frame that fits, come already or yet to come."""
        async with asyncio.timeout(seconds):
            while True:
                found = next(filter(wanted, self.frames), None)
                if found is not None:
                    return found
                self._came.clear()
                await self._came.wait()

    async def frame(self, kind: str, **facts: Any) -> Frame:
        """Return the first frame of this type that carries these facts."""
        return await self.wait_for(
            lambda frame: frame["type"] == kind and facts.items() <= frame.items()
        )

    async def message(self, text: str) -> Frame:
        """Return the first message that contains this text."""
        frame = await self.wait_for(
            lambda frame: frame["type"] == "message" and text in frame["message"]["text"]
        )
        return dict(frame["message"])

    def messages(self) -> list[Frame]:
        return [frame["message"] for frame in self.frames if frame["type"] == "message"]

    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages()]

    async def closed(self) -> int | None:
        """Wait until the server has closed; returns its code."""
        await asyncio.wait_for(self._reader, 10)
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is WSMsgType.TEXT:
                self.frames.append(json.loads(message.data))
                self._came.set()


class Widget(Socket):
    """A customer's side."""

    async def hello(self, **known: Any) -> Frame:
        await self.send(type="hello", **known)
        return await self.frame("ready")

    async def say(self, text: str, *, id: str | None = None) -> Frame:
        """Send a text and return its acknowledgement."""
        id = id or client_id()
        await self.send(type="message", client_id=id, text=text)
        return await self.frame("ack", client_id=id)

    async def ask_human(self) -> Frame:
        id = client_id()
        await self.send(type="ask_human", client_id=id)
        return await self.frame("ack", client_id=id)


class Console(Socket):
    """An agent's side."""

    async def hello(self, csrf: str, **more: Any) -> Frame:
        await self.send(type="hello", csrf=csrf, **more)
        await self.frame("ready")
        return await self.frame("lists")

    async def ask(self, kind: str, **facts: Any) -> Frame:
        """Send a command and return `done` or `refused`."""
        ref = client_id()
        await self.send(type=kind, ref=ref, **facts)
        return await self.wait_for(
            lambda frame: frame.get("ref") == ref and frame["type"] in ("done", "refused")
        )

    async def answer(self, conversation: str, text: str, epoch: int, **more: Any) -> Frame:
        facts = {"conversation": conversation, "text": text, "epoch": epoch, **more}
        facts.setdefault("client_id", client_id())
        return await self.ask("answer", **facts)

    async def row(self, conversation: str, **facts: Any) -> Frame:
        """Return the newest row of this conversation once it carries these facts."""

        def fits(frame: Frame) -> bool:
            return any(
                row["id"] == conversation and facts.items() <= row.items() for row in _rows(frame)
            )

        frame = await self.wait_for(fits)
        return next(row for row in _rows(frame) if row["id"] == conversation)


def _rows(frame: Frame) -> list[Frame]:
    if frame["type"] == "lists":
        return list(frame["rows"])
    return [frame["row"]] if frame["type"] == "row" else []


async def open_widget(client: TestClient, *, origin: str | None = "same") -> Widget:
    return Widget(await _connect(client, "/ws/customer", origin))


async def open_console(client: TestClient, *, origin: str | None = "same") -> Console:
    return Console(await _connect(client, "/ws/agent", origin))


async def _connect(client: TestClient, path: str, origin: str | None) -> ClientWebSocketResponse:
    ours = f"http://{client.host}:{client.port}"
    headers = {} if origin is None else {"Origin": ours if origin == "same" else origin}
    return await client.ws_connect(path, headers=headers)
