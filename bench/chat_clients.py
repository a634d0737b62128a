"""Customers and agents as programs, who follow the chat protocol through every disturbance."""

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

Frame = dict[str, Any]
LONGEST_PAUSE = 1.0
ACK_SECONDS = 3.0


@dataclass
class Client:
    """Keeps a connection alive and knows which messages it has seen."""

    http: ClientSession
    url: str
    random: random.Random
    seen: list[tuple[str, int]] = field(default_factory=list)
    connections: int = 0
    _socket: ClientWebSocketResponse | None = None

    async def run(self, path: str) -> None:
        """Connect again and again, with full-jitter back-off."""
        pause = 0.05
        while True:
            with contextlib.suppress(ClientError, OSError, TimeoutError, ConnectionError):
                async with asyncio.timeout(5):
                    socket = await self.http.ws_connect(
                        self.url + path, headers={"Origin": self.url}, heartbeat=2
                    )
                self.connections += 1
                async with socket:
                    self._socket = socket
                    await self.greet()
                    async for message in socket:
                        if message.type is WSMsgType.TEXT:
                            pause = 0.05
                            await self.hear(json.loads(message.data))
            self._socket = None
            await asyncio.sleep(self.random.uniform(0, pause))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def send(self, **frame: Any) -> bool:
        """Try to send; whether it arrived only an answer tells."""
        socket = self._socket
        if socket is None or socket.closed:
            return False
        try:
            async with asyncio.timeout(2):
                await socket.send_str(json.dumps(frame, ensure_ascii=False))
        except (ClientError, OSError, TimeoutError, ConnectionError, RuntimeError):
            return False
        return True

    async def greet(self) -> None:
        """Say hello."""
        raise NotImplementedError

    async def hear(self, frame: Frame) -> None:
        """Take one frame."""
        raise NotImplementedError


@dataclass
class Customer(Client):
    """Sends texts one after another, each until it is acknowledged; resumes by number."""

    token: str | None = None
    conversation: str | None = None
    cursor: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    shown: list[Frame] = field(default_factory=list)
    owner: str = ""
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _acked: dict[str, asyncio.Event] = field(default_factory=dict)

    async def greet(self) -> None:
        await self.send(
            type="hello",
            token=self.token,
            conversation=self.conversation,
            after=self.cursor,
        )

    async def hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "ready":
                self.token, self.conversation = frame["token"], frame["conversation"]
                self.owner = frame["owner"]
                self._ready.set()
            case "message":
                message = frame["message"]
                self.shown.append(message)
                self.cursor = max(self.cursor, message["seq"])
            case "owner":
                self.owner = frame["owner"]
            case "ack":
                self.acknowledged.setdefault(frame["client_id"], frame["seq"])
                if frame["client_id"] in self._acked:
                    self._acked[frame["client_id"]].set()

    async def deliver(self, **frame: Any) -> str:
        """Send until acknowledged; returns the client id."""
        client_id = uuid.uuid4().hex
        acked = self._acked[client_id] = asyncio.Event()
        await self._ready.wait()
        while not acked.is_set():
            sent = await self.send(client_id=client_id, **frame)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ACK_SECONDS if sent else 0.05):
                    await acked.wait()
        return client_id


@dataclass
class Agent(Client):
    """Takes whoever waits and answers every customer message once, whatever breaks."""

    csrf: str = ""
    answer_to: Callable[[str], str] = lambda text: f"答：{text}"
    cursors: dict[str, int] = field(default_factory=dict)
    shown: dict[str, list[Frame]] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    epochs: dict[str, int] = field(default_factory=dict)
    me: str = ""
    _waiting_for: dict[str, tuple[str, str]] = field(default_factory=dict)
    _watched: set[str] = field(default_factory=set)

    async def greet(self) -> None:
        self._watched.clear()
        await self.send(type="hello", csrf=self.csrf, status="manual")

    async def hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "ready":
                self.me = frame["me"]["id"]
            case "lists":
                for row in frame["rows"]:
                    await self._see(row)
            case "row":
                await self._see(frame["row"])
            case "conversation":
                self.epochs[frame["conversation"]] = frame["row"]["epoch"]
            case "message":
                await self._read(frame["conversation"], frame["message"])
            case "done" if frame["ref"] in self._waiting_for:
                del self._waiting_for[frame["ref"]]
                self.answered[frame["ref"]] = frame["seq"]

    async def _see(self, row: Frame) -> None:
        conversation = row["id"]
        self.epochs[conversation] = row["epoch"]
        is_mine = row["owner"] == "agent" and row["agent"]["id"] == self.me
        if row["owner"] == "queued":
            await self.send(type="take", ref=uuid.uuid4().hex, conversation=conversation)
        elif is_mine and conversation not in self._watched:
            self._watched.add(conversation)
            after = self.cursors.get(conversation, 0)
            await self.send(
                type="watch", ref=uuid.uuid4().hex, conversation=conversation, after=after
            )
            await self._answer_again(conversation)

    async def _read(self, conversation: str, message: Frame) -> None:
        self.shown.setdefault(conversation, []).append(message)
        self.cursors[conversation] = max(self.cursors.get(conversation, 0), message["seq"])
        if message["sender"] == "customer" and message["kind"] == "text":
            ref = f"answer-{conversation[-12:]}-{message['seq']}"
            self._waiting_for[ref] = conversation, self.answer_to(message["text"])
            await self._answer(ref)

    async def _answer_again(self, conversation: str) -> None:
        """After a break: whatever was not confirmed is sent again under the same id."""
        for ref, (where, _text) in list(self._waiting_for.items()):
            if where == conversation:
                await self._answer(ref)

    async def _answer(self, ref: str) -> None:
        conversation, text = self._waiting_for[ref]
        await self.send(
            type="answer",
            ref=ref,
            client_id=ref,
            conversation=conversation,
            epoch=self.epochs.get(conversation, 0),
            text=text,
        )
