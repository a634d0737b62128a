"""A stage for the pages: the real files and headers, and a scripted desk that speaks the chat protocol from memory."""

import asyncio
import csv
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import console_stage
from aiohttp import WSMsgType, web

from server import static, widget_bundle
from server.headers import add_security_headers
from server.keys import SETTINGS
from server.problems import problem_middleware
from server.settings import Settings

Json = dict[str, Any]
PRODUCTS = Path(__file__).parents[2] / "data/shop/products.csv"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005"
    "0001ff56c72f0d0000000049454e44ae426082"
)


def iso(shift: timedelta = timedelta()) -> str:
    """Return the present moment, shifted, as the protocol writes it."""
    return (datetime.now(UTC) + shift).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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


PARCEL = {
    "type": "parcel",
    "carrier": "顺丰速运",
    "number": "SF1687744957682",
    "state": "in_transit",
    "state_text": "运输中",
    "eta": "2026-11-23",
    "latest": {
        "at": iso(-timedelta(hours=3)),
        "text": "快件已到达【南京转运中心】",
        "place": "南京",
    },
    "events": [
        {"at": iso(-timedelta(hours=3)), "text": "快件已到达【南京转运中心】", "place": "南京"},
        {"at": iso(-timedelta(hours=21)), "text": "快件已从【绍兴集散点】发出", "place": "绍兴"},
        {"at": iso(-timedelta(hours=26)), "text": "商家已揽收", "place": "绍兴"},
    ],
}
ORDER = {
    "type": "order",
    "number": "863233508988667201",
    "title": "水洗亚麻翻领衬衫（男） 雾蓝 L",
    "state": "shipped",
    "image": "/assets/shared/products/shirt.svg",
    "state_text": "已发货",
    "amount_fen": 16900,
    "placed_at": iso(-timedelta(days=2)),
    "next_step": "预计 11月23日 18 点前送达",
}


class Stage:
    """The application; `chat` is the one conversation, `staff` what the console's script uses."""

    def __init__(self) -> None:
        self.chat = Chat()
        self.url = self.elsewhere_url = ""
        self.app = web.Application(middlewares=[problem_middleware], client_max_size=8 * 1024**2)
        self.app[SETTINGS] = Settings(widget_origins=["http://localhost:*", "http://127.0.0.1:*"])
        self.app.on_response_prepare.append(add_security_headers)
        widget_bundle.add_routes(self.app)
        static.add_routes(self.app)
        self.app.router.add_get("/ws/customer", self.customer)
        self.app.router.add_post("/api/chat/attachments", self.attach)
        self.app.router.add_get("/chat-images/{id}", self.image)
        self.app.router.add_get("/api/shop/demo", self.shop)
        self.app.router.add_get("/api/shop/demo/ticket", self.ticket)
        self.desk = console_stage.ConsoleDesk()
        self.desk.add_routes(self.app)
        self.elsewhere = web.Application()
        self.elsewhere.router.add_get("/host", self.host)
        self.app.router.add_get("/blank", self.blank)

    async def blank(self, _request: web.Request) -> web.Response:
        """An empty page of the family, under its policy, for parts that have no page of their own."""
        sheets = "".join(
            f'<link rel="stylesheet" href="/assets/shared/{name}.css">'
            for name in ("tokens", "parts", "charts/charts")
        )
        page = (
            f'<!doctype html><html lang="zh-CN"><title>空白页</title>{sheets}'
            '<link rel="icon" href="data:,"><main><h1 class="unseen">空白页</h1></main>'
        )
        return web.Response(text=page, content_type="text/html")

    async def host(self, request: web.Request) -> web.Response:
        """A shop's page of another origin with hostile styles and its own message handler."""
        origin = request.query.get("kefu", "")
        page = f"""<!doctype html><html lang="zh-CN"><title>别家的店</title><link rel="icon" href="data:,">
        <style>*{{color:red!important;font-size:40px!important}}</style><h1>别家的店</h1>
        <script src="{origin}/widget.js" async data-shop="test"></script>
        <script>window.heard=[];window.onmessage=(e)=>heard.push(e.data)</script>"""
        return web.Response(text=page, content_type="text/html")

    async def customer(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        hello = await socket.receive_json()
        self.chat.received.append(hello)
        await socket.send_json(self._ready(hello))
        after = hello["after"] if hello["conversation"] == "c1" else 0
        for message in self.chat.messages:
            if message["seq"] > after:
                await socket.send_json(
                    {"type": "message", "conversation": "c1", "message": message}
                )
        self.chat.customers.add(socket)
        try:
            async for raw in socket:
                if raw.type is WSMsgType.TEXT:
                    await self._obey(socket, json.loads(raw.data))
        finally:
            self.chat.customers.discard(socket)
        return socket

    def _ready(self, hello: Json) -> Json:
        chat = self.chat
        return {
            "type": "ready",
            "protocol": 1,
            "token": hello["token"] or "t" * 43,
            "conversation": "c1",
            "fresh": hello["token"] is None,
            "owner": chat.owner,
            "epoch": chat.epoch,
            "seq": len(chat.messages),
            "answered_by": chat.answered_by,
            "server_time": iso(),
            "queue": chat.queue,
            "rating": chat.rating,
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
        chat = self.chat
        chat.received.append(frame)
        kind = frame["type"]
        if kind == "ping":
            await socket.send_json({"type": "pong"})
        elif kind == "rate":
            state = "skipped" if frame["score"] is None else "answered"
            chat.rating = {"question": frame["question"], "state": state, "text": ""}
            await chat.to_customers({"type": "rating", **chat.rating})
        elif "client_id" in frame:
            await self._take(socket, frame)

    async def _take(self, socket: web.WebSocketResponse, frame: Json) -> None:
        chat, client_id = self.chat, frame["client_id"]
        if not chat.acknowledges:
            return
        known = next((m for m in chat.messages if m["client_id"] == client_id), None)
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
                await chat.say(
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
        chat = self.chat
        if frame["type"] == "ask_human":
            await chat.own(
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
            await chat.own("bot")
        elif frame["type"] == "leave_message":
            await chat.say(
                "system",
                "留言已收到，客服会在今天20:00前回复您，回复会显示在这里。",
                automatic=True,
            )
        elif chat.owner == "bot" and chat.answers and frame["type"] == "message":
            await asyncio.sleep(0.05)
            await chat.say(
                "bot",
                "您的包裹已到南京转运中心，预计明天（11月23日）18点前送达。",
                cards=[PARCEL, ORDER],
                buttons=[{"title": "催一下快递"}, {"title": "改收货地址"}],
            )

    async def attach(self, request: web.Request) -> web.Response:
        self.chat.received.append(
            {
                "type": "upload",
                "authorization": request.headers.get("Authorization"),
                "bytes": len(await request.read()),
            }
        )
        return web.json_response(
            {"id": "i1", "url": "/chat-images/i1?key=k", "width": 60, "height": 40}
        )

    async def image(self, _request: web.Request) -> web.Response:
        return web.Response(body=PNG, content_type="image/png")

    async def shop(self, _request: web.Request) -> web.Response:
        with PRODUCTS.open(encoding="utf-8") as file:
            rows = [row | {"picture": row["image"]} for row in csv.DictReader(file)]
        for row in rows:
            for name in ("price_fen", "stock", "warranty_months"):
                row[name] = int(row[name] or 0)
        names = {"C0001": ("王芳", "包裹 60 小时没有更新"), "C0002": ("李强", "八天前签收")}
        customers = [
            {"id": key, "name": name, "about": about} for key, (name, about) in names.items()
        ]
        return web.json_response({"products": rows, "customers": customers})

    async def ticket(self, request: web.Request) -> web.Response:
        return web.json_response({"identity": f"ticket-of-{request.query['customer']}"})


async def main(port: int) -> None:
    """Serve the stage, and the other origin's page on the next port, until stopped (for looking by hand)."""
    stage = Stage()
    for shift, app in enumerate((stage.app, stage.elsewhere)):
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port + shift).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import sys

    asyncio.run(main(int(sys.argv[1])))
