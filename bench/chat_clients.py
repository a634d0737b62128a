"""Customers and agents as programs, who follow the chat protocol through every disturbance."""

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

Frame = dict[str, Any]
LONGEST_PAUSE = 1.0
ACK_SECONDS = 3.0
HEARTBEAT_SECONDS = 15.0


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


@dataclass(frozen=True)
class Words:
    """An answer that an agent sends under one id until it is confirmed, as the console does."""

    conversation: str
    epoch: int
    to: int
    text: str


@dataclass
class Agent(Client):
    """Takes whoever waits and answers each text of her customers once, whatever breaks.

    She answers what is hers, after she has read all that was said before it became hers. An
    answer that came too late, and was kept as a note, is said again by whoever owns the talk then.
    Before so many of her answers as `passes_on` says she gives the talk to one of `colleagues`.
    """

    csrf: str = ""
    answer_to: Callable[[str], str] = lambda text: f"答：{text}"
    cursors: dict[str, int] = field(default_factory=dict)
    shown: dict[str, list[Frame]] = field(default_factory=dict)
    confirmed: dict[str, tuple[str, int]] = field(default_factory=dict)
    me: str = ""
    colleagues: Sequence[str] = ()
    passes_on: float = 0.0
    _rows: dict[str, Frame] = field(default_factory=dict)
    _unanswered: dict[str, dict[int, str]] = field(default_factory=dict)
    _unconfirmed: dict[str, Words] = field(default_factory=dict)
    _too_old: dict[str, int] = field(default_factory=dict)
    _watched: set[str] = field(default_factory=set)

    async def run(self, path: str) -> None:
        """Connect again and again, and show signs of life meanwhile."""
        beating = asyncio.create_task(self._beat())
        try:
            await super().run(path)
        finally:
            beating.cancel()

    async def greet(self) -> None:
        self._watched.clear()
        await self.send(type="hello", csrf=self.csrf, status="manual")

    async def hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "ready":
                self.me = frame["me"]["id"]
                for ref in list(self._unconfirmed):
                    await self._send_words(ref)
            case "lists":
                for row in frame["rows"]:
                    await self._see(row)
            case "row" | "conversation":
                await self._see(frame["row"])
            case "message":
                await self._read(frame["conversation"], frame["message"])
            case "done" if frame["ref"] in self._unconfirmed:
                await self._confirm(frame)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self.send(type="heartbeat")

    async def _see(self, row: Frame) -> None:
        conversation = row["id"]
        known = self._rows.get(conversation)
        if known is not None and known["revision"] > row["revision"]:
            return
        self._rows[conversation] = row
        if row["owner"] == "queued":
            await self.send(type="take", ref=uuid.uuid4().hex, conversation=conversation)
        elif self._is_mine(conversation) and conversation not in self._watched:
            self._watched.add(conversation)
            after = self.cursors.get(conversation, 0)
            await self.send(
                type="watch", ref=uuid.uuid4().hex, conversation=conversation, after=after
            )
        await self._answer(conversation)

    async def _read(self, conversation: str, message: Frame) -> None:
        self.shown.setdefault(conversation, []).append(message)
        self.cursors[conversation] = max(self.cursors.get(conversation, 0), message["seq"])
        unanswered = self._unanswered.setdefault(conversation, {})
        if message["sender"] == "customer" and message["kind"] == "text":
            unanswered[message["seq"]] = self.answer_to(message["text"])
        elif message["sender"] == "agent" and not message["internal"]:
            for seq in [seq for seq, text in unanswered.items() if text == message["text"]]:
                del unanswered[seq]
        await self._answer(conversation)

    async def _answer(self, conversation: str) -> None:
        """Answer what nobody has answered yet, if it is hers and she has read so far."""
        row = self._rows.get(conversation)
        if row is None or not self._is_mine(conversation):
            return
        if self.cursors.get(conversation, 0) < row["last"]["seq"]:
            return
        if row["epoch"] <= self._too_old.get(conversation, 0):
            return
        under_way = {(words.conversation, words.to) for words in self._unconfirmed.values()}
        for seq, text in list(self._unanswered.get(conversation, {}).items()):
            if (conversation, seq) not in under_way:
                ref = uuid.uuid4().hex
                self._unconfirmed[ref] = Words(conversation, row["epoch"], seq, text)
                if self.colleagues and self.random.random() < self.passes_on:
                    await self._pass_on(conversation, epoch=row["epoch"])
                await self._send_words(ref)

    async def _confirm(self, frame: Frame) -> None:
        words = self._unconfirmed.pop(frame["ref"])
        self.confirmed[frame["ref"]] = words.conversation, frame["seq"]
        if frame["kept_as_note"] is None:
            self._unanswered[words.conversation].pop(words.to, None)
        else:
            before = self._too_old.get(words.conversation, 0)
            self._too_old[words.conversation] = max(before, words.epoch)
        await self._answer(words.conversation)

    async def _pass_on(self, conversation: str, *, epoch: int) -> None:
        await self.send(
            type="transfer",
            ref=uuid.uuid4().hex,
            conversation=conversation,
            epoch=epoch,
            to_agent=self.random.choice(self.colleagues),
        )

    def _is_mine(self, conversation: str) -> bool:
        row = self._rows[conversation]
        return bool(row["owner"] == "agent" and row["agent"]["id"] == self.me)

    async def _send_words(self, ref: str) -> None:
        words = self._unconfirmed[ref]
        await self.send(
            type="answer",
            ref=ref,
            client_id=ref,
            conversation=words.conversation,
            epoch=words.epoch,
            text=words.text,
        )
