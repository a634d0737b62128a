"""A server that speaks the Chat Completions format in every mood, and a bad review to answer."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from review_manager.analysis.findings import (
    Analysis,
    Aspect,
    AspectFinding,
    Polarity,
    Sentiment,
)
from review_manager.drafting import DraftOrder
from review_manager.replies import CustomerFacts, Fault, ReturnRight, ReviewCase

KEY = "sk-test-1"
MODEL = "test-model"
SLOT = re.compile(r"⟦[^⟦⟧]*⟧")

Mood = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class FakeModel:
    """Answers with the moods in turn, the last one for ever; keeps what it was asked."""

    url: str = ""
    moods: list[Mood] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def sent(self) -> str:
        """Everything that ever left for the model, as one text."""
        return json.dumps(self.asked, ensure_ascii=False)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Authorization", ""))
        if self.keys[-1] != f"Bearer {KEY}":
            return failed(401, "invalid_api_key")
        body = await request.json()
        self.asked.append(body)
        if not _is_request(body):
            return failed(400, "invalid_request_error")
        mood = self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]
        return await mood(request, body)


def says(text: str | Callable[[str], str], *, finish: str | None = "stop") -> Mood:
    """The mood in which all goes well; streams if it is asked to."""

    async def mood(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        content = text(body["messages"][-1]["content"]) if callable(text) else text
        if not body["stream"]:
            return web.json_response(completion(content, finish=finish))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in events(content, finish=finish):
            raw = event.encode()
            for start in range(0, len(raw), 7):  # cuts characters in two, as networks do
                await response.write(raw[start : start + 7])
        return response

    return mood


def refuses(status: int, code: str = "server_error", **headers: str) -> Mood:
    """The mood of an error status."""

    async def mood(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return failed(status, code, named)

    return mood


def sends(raw: bytes, content_type: str = "application/json") -> Mood:
    """The mood of a status 200 with whatever body."""

    async def mood(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=raw, content_type=content_type)

    return mood


async def hangs(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
    """The mood of a server that never answers."""
    await asyncio.sleep(30)
    return web.Response()


async def cuts(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """The mood of a connection that breaks in the middle of the answer."""
    raw = json.dumps(completion("对不起")).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(raw)
    await response.prepare(request)
    await response.write(raw[: len(raw) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response


async def trickles(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
    """The mood of a server that keeps the connection busy and says nothing."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for _ in range(300):
        await response.write(b": keep-alive\n\n")
        await asyncio.sleep(0.1)
    return response


def completion(content: str | None, *, finish: str | None = "stop") -> dict[str, Any]:
    """A whole answer, in the shape of the published reference."""
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    usage = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1795000000,
        "model": MODEL,
        "choices": [choice],
        "usage": usage,
        "system_fingerprint": None,
    }


def events(content: str, *, finish: str | None = "stop") -> list[str]:
    """A streamed answer: a comment, the role, the pieces, the end, the usage, the mark."""
    pieces = [content[start : start + 4] for start in range(0, len(content), 4)]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in pieces]
    chunks = [_chunk([{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas]
    if finish is not None:
        chunks.append(_chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
    usage = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
    chunks.append({**_chunk([]), "usage": usage})
    lines = [f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in chunks]
    return [": processing\n\n", *lines, "data: [DONE]\n\n"]


def failed(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error, in the shape of the published reference."""
    error = {"message": "no", "type": "error", "param": None, "code": code}
    return web.json_response({"error": error}, status=status, headers=headers)


def slots_of(prompt: str) -> list[str]:
    """The placeholders of the draft, in its order."""
    draft = re.search(r"<草稿 \w+>\n(.*?)\n</草稿", prompt, re.DOTALL)
    assert draft, prompt
    return SLOT.findall(draft[1])


def polite(prompt: str) -> str:
    """What a good model writes: every placeholder once, and own words round them."""
    slots = slots_of(prompt)
    fixed = [slot for slot in slots if slot.startswith("⟦安排")]
    inner = [slot for slot in slots if slot not in fixed]
    if not fixed:
        return f"{''.join(inner)}，读到这些字，忙了半晌的同事都笑了，谢谢您肯花心思写下来。"
    named = "，".join(inner)
    opening = "真对不住您的这份期待" if "先说" in prompt else "拆开包裹的那份高兴被打断了"
    apology = f"{opening}，{named}，换作是我们自己也会窝着火，对不起。"
    return f"{apology}{''.join(fixed)}谢谢您愿意把实情讲给我们听。"


def _chunk(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1795000000,
        "model": MODEL,
        "choices": choices,
    }


def _is_request(body: dict[str, Any]) -> bool:
    roles = [message.get("role") for message in body.get("messages", [])]
    contents = [message.get("content") for message in body.get("messages", [])]
    asked = set(body) == {"model", "messages", "max_tokens", "stream"}
    told = roles == ["system", "user"] and all(isinstance(one, str) and one for one in contents)
    return asked and told and body["model"] == MODEL and isinstance(body["stream"], bool)


REVIEW = (
    "物流倒是快，可是杯盖漏水，包里的书全湿了。我叫王芳，电话13812345678，"
    "微信wangfang88，订单号2026112012345，地址是文一西路998号3幢201室。"
)
PERSONAL = ("王芳", "13812345678", "2026112012345", "文一西路998号3幢201室")


def order_of(
    text: str = REVIEW,
    *,
    review_id: str = "r1",
    recent: tuple[str, ...] = (),
    safety: bool = False,
    happy: bool = False,
    platform: str = "tmall",
    product: str = "保温杯",
) -> DraftOrder:
    """王芳's cup leaks (or, `happy`, is well made): what drafts are made from."""
    praise = AspectFinding(Aspect.LOGISTICS, Polarity.POSITIVE, "物流倒是快", 0, 5)
    blame = AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "杯盖漏水", 8, 12)
    well = AspectFinding(Aspect.QUALITY, Polarity.POSITIVE, "做工扎实", 0, 4)
    analysis = Analysis(
        polarity=Polarity.POSITIVE if happy else Polarity.NEGATIVE,
        p_negative=0.03 if happy else 0.93,
        sentiment=Sentiment.POSITIVE if happy else Sentiment.NEGATIVE,
        aspects=(well,) if happy else (praise, blame),
        safety=safety,
        threat=False,
        misclick=False,
        hidden_bad=False,
    )
    facts = CustomerFacts(
        order_value_fen=19900,
        fault=Fault.SELLER,
        return_right=ReturnRight.GRANTED,
        seller_pays_freight=True,
        refund_fen=19900,
        address="王女士",
        order_number="2026112012345",
    )
    stars = 5 if happy else 1
    case = ReviewCase(review_id, platform, product, stars, analysis, edible=False)
    return DraftOrder(
        review_id, 1, case, facts, recent, 500_000, review_text=text, personal=PERSONAL
    )
