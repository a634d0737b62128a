"""Stand-ins at the product's borders, speaking the real wire formats."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Replies = Sequence[dict[str, Any]]


def text(words: str, **more: Any) -> dict[str, Any]:
    """One reply object as Rasa's REST channel sends it."""
    return {"recipient_id": "x", "text": words, **more}


def custom(**content: Any) -> dict[str, Any]:
    """One reply object with custom JSON."""
    return {"recipient_id": "x", "custom": content}


@dataclass
class FakeBot:
    """A server that speaks Rasa's REST channel; answers by `reply`, after `delay` seconds."""

    reply: Callable[[str], Replies] = lambda said: [text(f"机器人：{said}")]
    delay: float = 0.0
    status: int = 200
    heard: list[dict[str, Any]] = field(default_factory=list)
    reads: dict[str, str] = field(default_factory=dict)
    """Why a line should go to a person, by words in it."""
    read: list[str] = field(default_factory=list)
    _server: TestServer | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        assert self._server.port is not None
        return self._server.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        return [each["message"] for each in self.heard]

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhooks/rest/webhook", self._webhook)
        app.router.add_post("/webhooks/rest/read", self._read)
        self._server = TestServer(app)
        await self._server.start_server()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()

    async def _read(self, request: web.Request) -> web.Response:
        said = (await request.json())["message"]
        self.read.append(said)
        if self.status != 200:
            return web.json_response({"status": "failure"}, status=self.status)
        reasons = (reason for words, reason in self.reads.items() if words in said)
        return web.json_response({"handoff": next(reasons, None)})

    async def _webhook(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.heard.append(body)
        await asyncio.sleep(self.delay)
        if self.status != 200:
            return web.json_response({"status": "failure"}, status=self.status)
        return web.json_response(list(self.reply(body["message"])))
