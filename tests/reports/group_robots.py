"""Stand-ins for the group robots of three vendors: true formats, signatures, limits and answers."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = "SEC-test"


@dataclass
class GroupRobots:
    """Answers as the vendors do: after `a_minute` messages each says that it is too fast."""

    a_minute: int = 20
    status: int = 200
    heard: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    _server: TestServer | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/robot/send", self._dingtalk)
        app.router.add_post("/open-apis/bot/v2/hook/{token}", self._feishu)
        app.router.add_post("/cgi-bin/webhook/send", self._wecom)
        self._server = TestServer(app)
        await self._server.start_server()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()

    def url(self, vendor: str) -> str:
        assert self._server is not None
        path = {
            "dingtalk": "/robot/send?access_token=t",
            "feishu": "/open-apis/bot/v2/hook/t",
            "wecom": "/cgi-bin/webhook/send?key=t",
        }[vendor]
        return str(self._server.make_url("/")).rstrip("/") + path

    async def _dingtalk(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        timestamp = request.query.get("timestamp", "")
        if request.query.get("sign") != _sign(SECRET.encode(), f"{timestamp}\n{SECRET}"):
            return web.json_response({"errcode": 310000, "errmsg": "sign not match"})
        if body.get("msgtype") != "markdown" or not {"title", "text"} <= body["markdown"].keys():
            return web.json_response({"errcode": 400013, "errmsg": "format"})
        if self._too_fast(request):
            return web.json_response(
                {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
            )
        return web.json_response({"errcode": 0, "errmsg": "ok"}, status=self.status)

    async def _feishu(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        wanted = _sign(f"{body.get('timestamp')}\n{SECRET}".encode(), "")
        if body.get("sign") != wanted:
            return web.json_response(
                {
                    "code": 19021,
                    "msg": "sign match fail or timestamp is not within one hour from current time",
                }
            )
        card = body.get("card", {})
        if body.get("msg_type") != "interactive" or card["elements"][0]["tag"] != "markdown":
            return web.json_response({"code": 19002, "msg": "params error, msg_type need"})
        if self._too_fast(request):
            return web.json_response({"code": 11232, "msg": "frequency limited psm"})
        return web.json_response({"code": 0, "msg": "success", "data": {}})

    async def _wecom(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        content = body.get("markdown", {}).get("content", "")
        if body.get("msgtype") != "markdown" or not 0 < len(content.encode()) <= 4096:
            return web.json_response(
                {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
            )
        if self._too_fast(request):
            return web.json_response({"errcode": 45009, "errmsg": "api freq out of limit"})
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _body(self, request: web.Request) -> Mapping[str, Any]:
        return json.loads(await request.text())

    def _too_fast(self, request: web.Request) -> bool:
        if len(self.heard) >= self.a_minute:
            return True
        self.heard.append(json.loads(request._read_bytes or b"{}"))
        self.keys.append(request.headers.get("Idempotency-Key"))
        return False


def _sign(key: bytes, words: str) -> str:
    return base64.b64encode(hmac.new(key, words.encode(), hashlib.sha256).digest()).decode()
