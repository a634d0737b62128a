"""The console's half of the stage: a scripted desk with rows, messages, commands and the REST beside them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]
ME = {
    "id": "a1",
    "login": "xiaolin",
    "name": "小林",
    "role": "agent",
    "permissions": ["chat", "read_reviews"],
    "csrf": "csrf-1",
}
REASONS = [
    ("solved", "已解决"),
    ("promised", "已答应，后续跟进"),
    ("customer_left", "客户离开"),
    ("duplicate", "重复会话"),
    ("spam", "广告或骚扰"),
]


ORDER = {
    "number": "863233508988667201",
    "title": "水洗亚麻翻领衬衫（男） 雾蓝 L",
    "image": "/assets/shared/products/shirt.svg",
    "state": "shipped",
    "state_text": "已发货",
    "amount_fen": 16900,
    "next_step": "等承运商答复",
}


def iso(minutes: float = 0) -> str:
    """Return the present moment shifted by `minutes`, as the protocol writes it."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row(number: int, name: str, owner: str, last: str, **more: Any) -> Json:
    """Return one row of the lists."""
    return {
        "id": f"c{number}",
        "revision": 1,
        "owner": owner,
        "epoch": 1,
        "agent": None,
        "reason": None,
        "reason_text": None,
        "place": None,
        "customer": {"name": name, "tier": None, "tier_text": None, "birthday": False},
        "skill": None,
        "clock": None,
        "queued_at": None,
        "updated_at": iso(-number),
        "unread": 0,
        "promises_due": 0,
        "closed_at": None,
        "last": {"seq": 4, "sender": "customer", "text": last, "at": iso(-number)},
        "close_reason": None,
        "bot_name": None,
    } | more


def clock(left: float, whole: float = 10) -> Json:
    """Return a clock with `left` of `whole` minutes left."""
    return {
        "name": "human_next_response",
        "text": "下次响应",
        "started_at": iso(left - whole),
        "due_at": iso(left),
        "target_seconds": whole * 60,
    }


def first_rows() -> list[Json]:
    """Return what a busy evening looks like."""
    gold = {"name": "王*", "tier": "gold", "tier_text": "金卡会员", "birthday": False}
    me = {"id": "a1", "name": "小林"}
    return [
        row(
            1,
            "王*",
            "agent",
            "都三天没有更新了，你们到底发没发货？",
            agent=me,
            customer=gold,
            reason="complaint",
            reason_text="投诉",
            unread=2,
            clock=clock(1.5),
            epoch=3,
        ),
        row(
            2,
            "李*",
            "agent",
            "好的我再看看尺码",
            agent=me,
            reason="asked_human",
            reason_text="要求人工",
            epoch=3,
        ),
        row(
            3,
            "张*",
            "queued",
            "杯子漏水把孩子烫到了，你们管不管",
            reason="safety",
            reason_text="人身安全",
            place=1,
            queued_at=iso(-4),
            clock=clock(-2, 1),
            epoch=2,
            customer={"name": "张*", "tier": None, "tier_text": None, "birthday": True},
        ),
        row(
            4,
            "陈*",
            "queued",
            "转人工",
            reason="asked_human",
            reason_text="要求人工",
            place=2,
            queued_at=iso(-1),
            clock=clock(4),
            epoch=2,
        ),
        row(5, "刘*", "bot", "退款什么时候到账"),
        row(
            6,
            "赵*",
            "agent",
            "[图片]",
            agent={"id": "a2", "name": "小周"},
            reason="policy_exception",
            reason_text="需要破例",
            clock=clock(6),
        ),
        row(7, "孙*", "closed", "谢谢", close_reason="solved", closed_at=iso(-90)),
    ]


def first_messages() -> list[Json]:
    """Return a conversation that the bot began and an agent took over."""
    parcel = {
        "type": "parcel",
        "carrier": "中通快递",
        "number": "78464224044759",
        "state": "exception",
        "state_text": "60 小时没有更新",
        "latest": {"at": iso(-3600), "text": "快件已到达【南京转运中心】"},
    }
    said = [
        ("customer", "我的订单到哪了", {}),
        (
            "bot",
            "您的包裹 60 小时没有新的物流信息，已为您登记催件，今天 20 点前给您答复。",
            {"cards": [parcel], "buttons": [{"title": "转人工"}]},
        ),
        ("customer", "转人工", {"kind": "button"}),
        ("system", "人工客服小林为您服务。", {"automatic": True}),
        (
            "agent",
            "王女士您好，包裹卡在南京三天，对不起。我现在联系中通核实。",
            {"name": "小林", "author": {"id": "a1", "name": "小林"}},
        ),
        (
            "agent",
            "已打中通网点，称明早回复，需跟进。",
            {"internal": True, "author": {"id": "a1", "name": "小林"}},
        ),
        ("customer", "都三天没有更新了，你们到底发没发货？", {}),
    ]
    return [
        {
            "seq": place + 1,
            "sender": sender,
            "kind": "text",
            "text": text,
            "at": iso(-20 + place * 2),
            "epoch": 1,
            "buttons": [],
            "cards": [],
            "image": None,
            "client_id": None,
            "automatic": False,
            "internal": False,
            "author": None,
            "masked": False,
        }
        | more
        for place, (sender, text, more) in enumerate(said)
    ]


def card_of(view: Json) -> Json:
    """Return the handoff card of a row."""
    return {
        "row": view,
        "card": {
            "wish": "包裹三天没动，想知道发没发货，要求今天给说法",
            "reason": view["reason"],
            "reason_text": view["reason_text"],
            "order": ORDER,
            "parcel": {
                "carrier": "中通快递",
                "number": "78464224044759",
                "state": "exception",
                "state_text": "60 小时没有更新",
                "latest": {"at": iso(-3600), "text": "快件已到达【南京转运中心】"},
            },
            "verdict": {"text": "未签收，可以拒收退款", "basis": ["消费者权益保护法 第二十五条"]},
            "tried": ["已查物流：60 小时没有更新", "已登记催件，答应今天 20 点前答复"],
            "facts": [{"label": "情绪", "value": "着急"}],
            "summary": None,
        },
        "customer": {
            "known": True,
            "name": "王*",
            "phone": "199****2643",
            "tier": "gold",
            "tier_text": "金卡会员",
            "city": "南京市",
            "since": iso(-612 * 1440),
            "orders": [
                ORDER
                | {"number": "869521132756736669", "title": "羊羔绒居家棉拖", "amount_fen": 4900}
            ],
            "segment": "high_value",
            "birthday": False,
        },
        "earlier": [
            row(9, "王*", "closed", "好的谢谢", close_reason="solved", updated_at=iso(-43200))
        ],
        "reviews": [
            {
                "id": "r1",
                "stars": 2,
                "text": "快递太慢，等了一周",
                "at": iso(-86400),
                "platform": "自营",
            }
        ],
        "promises": [
            {
                "id": "p1",
                "conversation": view["id"],
                "kind": "reply_by",
                "kind_text": "给答复",
                "text": "今天 20 点前给物流答复",
                "amount_fen": None,
                "order": None,
                "made_by": "智能客服",
                "made_at": iso(-20),
                "owner": "小林",
                "due_at": iso(95),
                "state": "open",
            }
        ],
        "rating": None,
        "events": [],
    }


class ConsoleDesk:
    """What the scripted desk holds; tests look into `received` and call `push`."""

    def __init__(self) -> None:
        self.rows = {view["id"]: view for view in first_rows()}
        self.messages: dict[str, list[Json]] = {"c1": first_messages()}
        self.received: list[Json] = []
        self.sockets: set[web.WebSocketResponse] = set()
        self.silent = False
        self.undone = 0

    def add_routes(self, app: web.Application) -> None:
        """Add the socket and every route that the console asks."""
        route = app.router
        route.add_get("/api/me", self._json(lambda _request: ME))
        route.add_get("/ws/agent", self.socket)
        route.add_get(
            "/api/desk/conversations/{id}",
            self._json(lambda request: card_of(self.rows[request.match_info["id"]])),
        )
        route.add_get(
            "/api/desk/conversations/{id}/actions",
            self._json(
                lambda _request: {
                    "actions": [
                        {
                            "kind": "refund",
                            "title": "退款",
                            "fields": [{"name": "amount_fen"}, {"name": "reason"}],
                            "limit_fen": 5000,
                            "allowed": True,
                        },
                        {
                            "kind": "resend",
                            "title": "补发",
                            "fields": [{"name": "reason"}],
                            "allowed": True,
                        },
                        {
                            "kind": "coupon",
                            "title": "送优惠券",
                            "fields": [{"name": "amount_fen"}, {"name": "reason"}],
                            "limit_fen": 2000,
                            "allowed": True,
                        },
                        {
                            "kind": "approve_return",
                            "title": "同意退货",
                            "fields": [],
                            "allowed": False,
                            "why_not": "包裹还没有签收",
                        },
                    ]
                }
            ),
        )
        route.add_get(
            "/api/desk/agents",
            self._json(
                lambda _request: {
                    "agents": [
                        {
                            "id": "a1",
                            "name": "小林",
                            "status": "manual",
                            "present": True,
                            "load": 2,
                            "capacity": 5,
                            "skills": [],
                        },
                        {
                            "id": "a2",
                            "name": "小周",
                            "status": "accepting",
                            "present": True,
                            "load": 1,
                            "capacity": 5,
                            "skills": ["售后"],
                        },
                    ]
                }
            ),
        )
        route.add_get("/api/desk/canned", self._json(self._canned))
        route.add_get(
            "/api/desk/promises",
            self._json(
                lambda request: {
                    "promises": card_of(self.rows["c1"])["promises"]
                    if request.query["state"] == "open"
                    else []
                }
            ),
        )
        route.add_get(
            "/api/desk/search",
            self._json(
                lambda request: {
                    "hits": [
                        {
                            "row": self.rows["c1"],
                            "seq": 7,
                            "text": "都三天没有更新了，你们到底发没发货？",
                            "at": iso(-8),
                            "ranges": [[1, 3]],
                        }
                    ]
                    if request.query["q"] == "三天"
                    else [],
                    "next": None,
                }
            ),
        )
        for path in (
            "/api/desk/check",
            "/api/desk/conversations/{id}/{what:reveal|actions|promises}",
            "/api/desk/promises/{id}/{what:keep|withdraw}",
        ):
            route.add_post(path, self.post)

    def _json(self, answer: Any) -> Any:
        async def handler(request: web.Request) -> web.Response:
            return web.json_response(answer(request))

        return handler

    def _canned(self, request: web.Request) -> Json:
        all_ = [
            (
                "道歉·物流停滞",
                "物流",
                "包裹停在{{快递公司}}没有更新，对不起。我现在联系他们核实，今天 20 点前给您答复。",
                "cu",
            ),
            ("退款到账时间", "退款", "退款已原路退回，支付宝一般 1 个工作日内到账。", "tk"),
        ]
        query = request.query.get("q", "")
        return {
            "replies": [
                {
                    "id": title,
                    "title": title,
                    "group": group,
                    "text": text,
                    "filled": text.replace("{{快递公司}}", "中通快递"),
                    "missing": [],
                }
                for title, group, text, initials in all_
                if not query or query in title or initials.startswith(query)
            ]
        }

    async def post(self, request: web.Request) -> web.Response:
        if request.headers.get("X-CSRF-Token") != ME["csrf"]:
            return web.json_response({"detail": "缺少令牌", "status": 403}, status=403)
        body = await request.json()
        self.received.append({"path": request.path, **body})
        if request.path.endswith("/check"):
            return web.json_response(verdict_of(body["text"]))
        return web.json_response(
            {"value": "19900002643"} if request.path.endswith("reveal") else {"id": "p2"}
        )

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.received.append(await socket.receive_json())
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
                "close_reasons": [{"id": key, "text": text} for key, text in REASONS],
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
        owners = [(view["owner"], (view["agent"] or {}).get("id")) for view in self.rows.values()]
        return {
            "mine": owners.count(("agent", "a1")),
            "waiting": owners.count(("queued", None)),
            "promises": 1,
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
            for message in log[frame["after"] :]:
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
            "close": {"owner": "closed", "agent": None, "close_reason": frame.get("reason")},
            "undo": {"owner": "agent", "agent": me, "close_reason": None},
        }.get(kind, {})
        if facts:
            view = await self.change(id_, **facts)
            await socket.send_json({"type": "done", "ref": ref, "epoch": view["epoch"]})
        else:
            await socket.send_json({"type": "done", "ref": ref, "status": frame.get("status")})

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
                "advice": "改用可以证明的说法",
                "basis": "广告法 第九条",
            }
        ],
    }
