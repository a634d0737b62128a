"""The console's half of the stage: a scripted desk over scene.json, and the REST beside it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]
SCENE = Path(__file__).with_name("scene.json")


def iso(minutes: float = 0) -> str:
    """Return the present moment shifted by `minutes`, as the protocol writes it."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_scene() -> Json:
    """Return a busy evening; a time written as "@-20" is twenty minutes ago."""
    return _timed(json.loads(SCENE.read_text("utf-8")))  # type: ignore[no-any-return]


def _timed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_timed(each) for each in value]
    if isinstance(value, str) and value.startswith("@"):
        return iso(float(value[1:]))
    return value


class ConsoleDesk:
    """What the scripted desk holds; tests look into `received` and call `push`."""

    def __init__(self) -> None:
        self.scene = read_scene()
        self.rows: dict[str, Json] = {row["id"]: row for row in self.scene["rows"]}
        self.messages: dict[str, list[Json]] = {"c1": self.scene["messages"]}
        self.received: list[Json] = []
        self.sockets: set[web.WebSocketResponse] = set()
        self.silent = False
        self.shows_newest = 200
        self.promises_due: int | None = None

    def add_routes(self, app: web.Application) -> None:
        """Add the socket and every route that the console asks."""
        app.router.add_get("/ws/agent", self.socket)
        for path, answer in (
            ("/api/me", lambda _request: self.scene["me"]),
            ("/api/desk/conversations", self._closed),
            ("/api/desk/conversations/{id}", self._card),
            ("/api/desk/conversations/{id}/actions", self._part("actions")),
            ("/api/desk/conversations/{id}/messages", self._older),
            ("/api/desk/agents", self._agents),
            ("/api/desk/canned", self._canned),
            ("/api/desk/promises", self._promises),
            ("/api/desk/search", self._search),
        ):
            app.router.add_get(path, _json(answer))
        for path in (
            "/api/desk/check",
            "/api/desk/canned",
            "/api/desk/conversations/{id}/{what:reveal|actions|promises|clock}",
            "/api/desk/promises/{id}/{what:keep|withdraw}",
        ):
            app.router.add_post(path, self.post)
        app.router.add_put("/api/desk/canned/{id}", self.post)
        app.router.add_put("/api/desk/conversations/{id}/order", self.link)
        app.router.add_delete("/api/desk/canned/{id}", self.remove)

    def _part(self, name: str) -> Any:
        return lambda _request: {name: self.scene[name]}

    def _agents(self, _request: web.Request) -> Json:
        return {"agents": self.scene["agents"], "returns_after_seconds": 45}

    def _card(self, request: web.Request) -> Json:
        return {**self.scene["card"], "row": self.rows[request.match_info["id"]]}

    def _older(self, request: web.Request) -> Json:
        log = self.messages[request.match_info["id"]]
        before, limit = int(request.query["before"]), int(request.query["limit"])
        found = [one for one in log if one["seq"] < before]
        return {"messages": found[-limit:], "more": len(found) > limit}

    def _canned(self, request: web.Request) -> Json:
        query = request.query.get("q", "")
        known = self.scene["canned"]
        return {"replies": [one for one in known if query in one["title"] + one["initials"]]}

    def _closed(self, request: web.Request) -> Json:
        self.received.append({"path": request.path, **request.query})
        return {
            "rows": [one for one in self.rows.values() if one["owner"] == "closed"],
            "next": None,
        }

    def _promises(self, request: web.Request) -> Json:
        is_open = request.query["state"] == "open"
        return {"promises": self.scene["card"]["promises"] if is_open else []}

    def _search(self, request: web.Request) -> Json:
        query, log = request.query["q"], self.scene["messages"]
        said = next((one for one in log if query in one["text"]), log[-1])
        start = said["text"].find(query)
        hit = {"row": self.rows["c1"], "seq": said["seq"], "text": said["text"], "at": said["at"]}
        found = [hit | {"ranges": [[start, start + len(query)]]}] if start >= 0 else []
        return {"hits": found, "next": None}

    async def post(self, request: web.Request) -> web.Response:
        if request.headers.get("X-CSRF-Token") != self.scene["me"]["csrf"]:
            return web.json_response({"detail": "缺少令牌", "status": 403}, status=403)
        body = await request.json()
        self.received.append({"path": request.path, **body})
        if request.path.endswith("/clock"):
            return web.json_response({"row": self._clocked(request.match_info["id"], body)})
        if request.path.endswith("/check"):
            return web.json_response(verdict_of(body["text"]))
        return web.json_response(
            {"value": "19900002643"} if request.path.endswith("reveal") else {"id": "p2"}
        )

    async def remove(self, request: web.Request) -> web.Response:
        self.received.append({"path": request.path, "removed": True})
        return web.json_response({})

    async def link(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.received.append({"path": request.path, **body})
        if body["phone_tail"] not in ("", "5678"):
            problem = {"status": 409, "detail": "订单和这位客户对不上"}
            return web.json_response(problem, status=409)
        self.scene["card"]["customer"] = {"known": bool(body["phone_tail"]), "name": "王*"}
        return web.json_response({"proved": bool(body["phone_tail"])})

    def _clocked(self, conversation: str, body: Json) -> Json:
        row = self.rows[conversation]
        clock = None if body["action"] == "dismiss" else self.scene["rows"][0]["clock"]
        return row | {"clock": clock, "revision": row["revision"] + 1}

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        hello = await socket.receive_json()
        self.received.append(hello)
        if hello["csrf"] != self.scene["me"]["csrf"]:
            await socket.close(code=4403, message=b"wrong csrf token")
            return socket
        self.sockets.add(socket)
        await socket.send_json(
            {
                "type": "ready",
                "protocol": 1,
                "me": {"id": "a1", "name": "小林", "role": "agent"},
                "status": "manual",
                "capacity": 5,
                "server_time": iso(),
                "heartbeat_seconds": 15,
                "undo_seconds": 10,
                "reply_within_seconds": 60,
                "close_reasons": self.scene["close_reasons"],
            }
        )
        await socket.send_json(
            {"type": "lists", "counts": self.counts, "rows": list(self.rows.values())}
        )
        try:
            async for raw in socket:
                if raw.type is WSMsgType.TEXT:
                    await self._obey(socket, raw.json())
        finally:
            self.sockets.discard(socket)
        return socket

    @property
    def counts(self) -> Json:
        promised = self.scene["card"]["promises"]
        owners = [(view["owner"], (view["agent"] or {}).get("id")) for view in self.rows.values()]
        return {
            "mine": owners.count(("agent", "a1")),
            "waiting": owners.count(("queued", None)),
            "promises": len(promised) if self.promises_due is None else self.promises_due,
            "promises_open": len(promised),
            "all": sum(owner != "closed" for owner, _ in owners),
            "closed": sum(owner == "closed" for owner, _ in owners),
        }

    async def push(self, frame: Json) -> None:
        for socket in list(self.sockets):
            await socket.send_json(frame)

    async def change(self, conversation: str, **facts: Any) -> Json:
        """Change a row and show it."""
        view = self.rows[conversation]
        view.update(facts, revision=view["revision"] + 1, epoch=view["epoch"] + 1)
        await self.push({"type": "row", "row": view, "counts": self.counts})
        return view

    async def say(self, conversation: str, sender: str, text: str, **more: Any) -> Json:
        """Store a message and show it."""
        log = self.messages.setdefault(conversation, [])
        message = {
            "seq": len(log) + 1,
            "sender": sender,
            "kind": "text",
            "text": text,
            "at": iso(),
            "epoch": 1,
            "buttons": [],
            "cards": [],
            "image": None,
            "client_id": None,
            "automatic": False,
            "internal": False,
            "author": None,
            "masked": False,
        } | more
        log.append(message)
        await self.push({"type": "message", "conversation": conversation, "message": message})
        return message

    async def cut(self) -> None:
        """Break every connection without a word."""
        for socket in list(self.sockets):
            self.sockets.discard(socket)
            if socket._writer is not None:
                socket._writer.transport.abort()

    async def _obey(self, socket: web.WebSocketResponse, frame: Json) -> None:
        self.received.append(frame)
        kind, ref, id_ = frame["type"], frame.get("ref"), frame.get("conversation")
        if self.silent or kind in ("heartbeat", "ping", "read", "typing", "unwatch"):
            return
        if kind == "watch":
            log = self.messages.get(id_, [])
            await socket.send_json(
                {
                    "type": "conversation",
                    "ref": ref,
                    "conversation": id_,
                    "row": self.rows[id_],
                    "after": frame["after"],
                    "seq": len(log),
                    "customer_read": 5,
                    "agent_read": 5,
                    "customer_online": True,
                }
            )
            for message in log[frame["after"] :][-self.shows_newest :]:
                await socket.send_json({"type": "message", "conversation": id_, "message": message})
            return
        if kind in ("answer", "note"):
            await self._written(socket, frame)
            return
        me = {"id": "a1", "name": "小林"}
        facts: Json = {
            "take": {"owner": "agent", "agent": me, "place": None},
            "reopen": {"owner": "agent", "agent": me, "close_reason": None},
            "hand_back": {"owner": "bot", "agent": None},
            "transfer": {"agent": {"id": "a2", "name": "小周"}},
            "close": {
                "owner": "closed",
                "agent": None,
                "close_reason": frame.get("reason"),
                "close_reason_text": self._reason_text(frame.get("reason")),
            },
            "undo": {"owner": "agent", "agent": me, "close_reason": None},
        }.get(kind, {})
        if facts:
            view = await self.change(id_, **facts)
            await socket.send_json({"type": "done", "ref": ref, "epoch": view["epoch"]})
        else:
            await socket.send_json({"type": "done", "ref": ref, "status": frame.get("status")})

    def _reason_text(self, reason: str | None) -> str | None:
        texts = {one["id"]: one["text"] for one in self.scene["close_reasons"]}
        return texts.get(reason or "")

    async def _written(self, socket: web.WebSocketResponse, frame: Json) -> None:
        verdict = verdict_of(frame.get("text", ""))
        if (
            frame["type"] == "answer"
            and verdict["level"] != "ok"
            and not frame.get("despite_warning")
        ):
            await socket.send_json(
                {
                    "type": "refused",
                    "ref": frame["ref"],
                    "code": "wording",
                    "text": "用词需要改",
                    "verdict": verdict,
                }
            )
            return
        known = next(
            (
                one
                for one in self.messages.get(frame["conversation"], [])
                if one["client_id"] == frame["client_id"]
            ),
            None,
        )
        message = known or await self.say(
            frame["conversation"],
            "agent",
            frame.get("text", ""),
            client_id=frame["client_id"],
            internal=frame["type"] == "note",
            author={"id": "a1", "name": "小林"},
            name="小林",
        )
        await socket.send_json(
            {
                "type": "done",
                "ref": frame["ref"],
                "seq": message["seq"],
                "at": message["at"],
                "kept_as_note": None,
            }
        )


def _json(answer: Any) -> Any:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(answer(request))

    return handler


def verdict_of(text: str) -> Json:
    """Object to one word, so that both outcomes can be shown."""
    if "最好" not in text:
        return {"level": "ok", "findings": []}
    start = text.index("最好")
    return {
        "level": "warn",
        "rewrite": text.replace("最好", "很受欢迎"),
        "findings": [
            {
                "rule": "absolute",
                "text": "最好",
                "start": start,
                "end": start + 2,
                "advice": "很受欢迎",
                "basis": "广告法 第九条",
            }
        ],
    }
