"""The widget's half of the stage: one conversation that speaks the chat protocol from memory."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from console_stage import Json, iso, read_scene


@dataclass
class Chat:
    """One customer's conversation with its two sides."""

    owner: str = "bot"
    epoch: int = 1
    messages: list[Json] = field(default_factory=list)
    customers: set[web.WebSocketResponse] = field(default_factory=set)
    received: list[Json] = field(default_factory=list)
    queue: Json | None = None
    rating: Json | None = None
    agent: str = "小林"
    answers: bool = True
    acknowledges: bool = True
    refuses_pictures: bool = False
    newest: int = 200
    cards: list[Json] = field(default_factory=lambda: read_scene()["cards"])

    async def to_customers(self, frame: Json) -> None:
        for socket in list(self.customers):
            await socket.send_json(frame)

    async def say(self, sender: str, text: str = "", **more: Any) -> Json:
        """Store a message and show it to every open window of the customer."""
        message = {
            "seq": (self.messages[-1]["seq"] if self.messages else 0) + 1,
            "sender": sender,
            "kind": "text",
            "text": text,
            "at": iso(),
            "epoch": self.epoch,
            "buttons": [],
            "cards": [],
            "image": None,
            "client_id": None,
            "automatic": False,
        } | more
        if sender == "agent":
            message.setdefault("name", self.agent)
        self.messages.append(message)
        await self.to_customers({"type": "message", "conversation": "c1", "message": message})
        return message

    async def own(self, owner: str, *, queue: Json | None = None) -> None:
        """Change who may speak and tell the customer."""
        self.owner, self.queue, self.epoch = owner, queue, self.epoch + 1
        await self.to_customers(
            {
                "type": "owner",
                "owner": owner,
                "epoch": self.epoch,
                "answered_by": self.answered_by,
                "at": iso(),
            }
        )
        if queue:
            await self.to_customers({"type": "queue", **queue})

    @property
    def answered_by(self) -> Json:
        kind = {"bot": "bot", "queued": "queue", "agent": "agent"}.get(self.owner, "bot")
        return {"kind": kind, "name": {"bot": "智能客服", "agent": self.agent}.get(kind)}

    async def cut(self) -> None:
        """Break every connection without a word."""
        for socket in list(self.customers):
            self.customers.discard(socket)
            if socket._writer is not None:
                socket._writer.transport.abort()

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        hello = await socket.receive_json()
        self.received.append(hello)
        await socket.send_json(self._ready(hello))
        after = hello["after"] if hello["conversation"] == "c1" else 0
        for message in self.messages[-self.newest :]:
            if message["seq"] > after:
                await socket.send_json(
                    {"type": "message", "conversation": "c1", "message": message}
                )
        self.customers.add(socket)
        try:
            async for raw in socket:
                if raw.type is WSMsgType.TEXT:
                    await self._obey(socket, json.loads(raw.data))
        finally:
            self.customers.discard(socket)
        return socket

    def _ready(self, hello: Json) -> Json:
        return {
            "type": "ready",
            "protocol": 1,
            "token": hello["token"] or "t" * 43,
            "conversation": "c1",
            "fresh": hello["token"] is None,
            "owner": self.owner,
            "epoch": self.epoch,
            "seq": len(self.messages),
            "answered_by": self.answered_by,
            "server_time": iso(),
            "queue": self.queue,
            "rating": self.rating,
            "agent_read": 0,
            "human": {"open": True, "opens_at": None},
            "limits": {
                "text": 2000,
                "image_bytes": 5242880,
                "image_types": ["image/jpeg", "image/png"],
            },
            "choices": [
                {"title": title}
                for title in ("我的订单到哪了", "退换货怎么办", "退款到账了吗", "商品咨询")
            ],
        }

    async def _obey(self, socket: web.WebSocketResponse, frame: Json) -> None:
        self.received.append(frame)
        kind = frame["type"]
        if kind == "ping":
            await socket.send_json({"type": "pong"})
        elif kind == "history":
            earlier = [one for one in self.messages if one["seq"] < frame["before"]]
            newest = earlier[-frame["limit"] :]
            more = len(newest) < len(earlier)
            await socket.send_json({"type": "history", "messages": newest, "more": more})
        elif kind == "rate":
            state = "skipped" if frame["score"] is None else "answered"
            self.rating = {"question": frame["question"], "state": state, "text": ""}
            await self.to_customers({"type": "rating", **self.rating})
        elif "client_id" in frame:
            await self._take(socket, frame)

    async def _take(self, socket: web.WebSocketResponse, frame: Json) -> None:
        client_id = frame["client_id"]
        if not self.acknowledges:
            return
        known = next((m for m in self.messages if m["client_id"] == client_id), None)
        if known:
            await socket.send_json(
                {
                    "type": "ack",
                    "client_id": client_id,
                    "seq": known["seq"],
                    "at": iso(),
                    "replayed": True,
                }
            )
            return
        if frame.get("text", "").startswith("拒绝"):
            await socket.send_json(
                {
                    "type": "refused",
                    "client_id": client_id,
                    "code": "too_long",
                    "text": "这条太长了",
                }
            )
            return
        said = {
            "message": frame.get("text", ""),
            "leave_message": frame.get("text", ""),
            "ask_human": "转人工",
        }.get(frame["type"])
        image = (
            {"url": "/chat-images/i1?key=k", "width": 60, "height": 40}
            if frame.get("kind") == "image"
            else None
        )
        seq = 0
        if said is not None:
            seq = (
                await self.say(
                    "customer",
                    said,
                    client_id=client_id,
                    kind=frame.get("kind", "text"),
                    image=image,
                )
            )["seq"]
        await socket.send_json(
            {"type": "ack", "client_id": client_id, "seq": seq, "at": iso(), "replayed": False}
        )
        await self._answer(frame)

    async def _answer(self, frame: Json) -> None:
        if frame["type"] == "ask_human":
            await self.own(
                "queued",
                queue={
                    "position": 3,
                    "wait_seconds": 200,
                    "wait_text": "预计等待约 4 分钟",
                    "open": True,
                    "opens_at": None,
                    "may_leave_message": True,
                },
            )
        elif frame["type"] == "cancel_wait":
            await self.own("bot")
        elif frame["type"] == "leave_message":
            await self.say(
                "system",
                "留言已收到，客服会在今天20:00前回复您，回复会显示在这里。",
                automatic=True,
            )
        elif self.owner == "bot" and self.answers and frame["type"] == "message":
            await asyncio.sleep(0.05)
            await self.say(
                "bot",
                "您的包裹已到南京转运中心，预计明天（11月23日）18点前送达。",
                cards=self.cards,
                buttons=[{"title": "催一下快递"}, {"title": "改收货地址"}],
            )
