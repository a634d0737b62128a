"""A shop's own endpoint that answers as it is told, for tests of what is pushed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SECRET = "whsec_" + base64.b64encode(b"a key of the shop").decode()
Answer = Callable[[web.Request], Any]


@dataclass
class Shop:
    """What arrived at the endpoint, and how it answers next; the last answer is repeated."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    @property
    def keys(self) -> list[str]:
        return [told["webhook-id"] for told, _ in self.got]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        told, body = dict(request.headers), await request.read()
        self.got.append(({name.lower(): value for name, value in told.items()}, body))
        self.check_signature(*self.got[-1])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    def check_signature(self, told: dict[str, str], body: bytes) -> None:
        """Verify as a receiver does, from the description alone."""
        signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
        digest = hmac.new(b"a key of the shop", signed, hashlib.sha256).digest()
        assert told["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def says(status: int, body: Any = None, **headers: str) -> Answer:
    """An answer of this status; a body that is text is sent as it is."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body or {})
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=told)

    return answer
