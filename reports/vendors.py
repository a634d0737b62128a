"""The group robots of 钉钉, 飞书 and 企业微信: their message formats, signatures, limits, answers.

Sources: open.dingtalk.com custom robot (20 messages a minute, then ten minutes of silence; sign =
base64 of HMAC-SHA256(secret, "timestamp\\nsecret")); open.feishu.cn custom bot (100 a minute, 5 a
second, 20 KB; sign = base64 of HMAC-SHA256("timestamp\\nsecret", "")); developer.work.weixin.qq.com
group robot (20 a minute, markdown up to 4096 bytes). A card of 飞书 in its first structure, which
every client shows, knows no headings in Markdown.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]


class Vendor(StrEnum):
    """Whose robot it is."""

    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WECOM = "wecom"


class Verdict(StrEnum):
    """What the vendor made of a message."""

    TAKEN = "taken"
    TOO_FAST = "too_fast"
    REFUSED = "refused"


@dataclass(frozen=True)
class Limits:
    """How many messages a minute and a second we send, a little under what the vendor allows."""

    a_minute: int
    a_second: int
    silence: timedelta
    most_bytes: int


LIMITS: Mapping[Vendor, Limits] = {
    Vendor.DINGTALK: Limits(18, 5, timedelta(minutes=10), 18_000),
    Vendor.FEISHU: Limits(90, 4, timedelta(minutes=1), 18_000),
    Vendor.WECOM: Limits(18, 5, timedelta(minutes=1), 4_000),
}
# The codes with which each says "too fast".
TOO_FAST: Mapping[Vendor, frozenset[int]] = {
    Vendor.DINGTALK: frozenset({130101, 410100}),
    Vendor.FEISHU: frozenset({11232, 9499}),
    Vendor.WECOM: frozenset({45009, 45033}),
}


@dataclass(frozen=True)
class Robot:
    """One group robot: whose, where, and the secret that signs (企业微信 has none)."""

    vendor: Vendor
    url: str
    secret: str = ""

    @property
    def name(self) -> str:
        """The channel's name; it holds nothing secret."""
        digest = hashlib.sha256(self.url.encode()).hexdigest()[:8]
        return f"{self.vendor}-{digest}"


@dataclass(frozen=True)
class Letter:
    """A message ready to be posted as JSON."""

    url: str
    body: Json


def write(robot: Robot, *, title: str, text: str, now: datetime) -> Letter:
    """Put a title and a text in Markdown into the vendor's format, cut to its limit."""
    cut = _cut(text, LIMITS[robot.vendor].most_bytes)
    match robot.vendor:
        case Vendor.DINGTALK:
            body = {"msgtype": "markdown", "markdown": {"title": title, "text": cut}}
            return Letter(_signed_url(robot, now), body)
        case Vendor.FEISHU:
            return Letter(robot.url, _feishu_card(title, cut) | _feishu_signature(robot, now))
        case Vendor.WECOM:
            return Letter(robot.url, {"msgtype": "markdown", "markdown": {"content": cut}})


def read_answer(vendor: Vendor, status: int, body: object) -> tuple[Verdict, str]:
    """Say what the vendor made of a message, with its own words."""
    if not isinstance(body, Mapping):
        verdict = Verdict.TOO_FAST if status == 429 else Verdict.REFUSED
        return verdict, f"HTTP {status}"
    names = ("code", "msg") if vendor is Vendor.FEISHU else ("errcode", "errmsg")
    code = body.get(names[0], body.get("StatusCode"))
    words = f"{code} {body.get(names[1], '')}".strip()
    if code == 0 and status == 200:
        return Verdict.TAKEN, words
    if code in TOO_FAST[vendor] or status == 429:
        return Verdict.TOO_FAST, words
    return Verdict.REFUSED, words


def dingtalk_sign(secret: str, timestamp: int) -> str:
    """Sign for 钉钉: milliseconds and secret under the secret."""
    words = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), words, hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, timestamp: int) -> str:
    """Sign for 飞书: nothing, under seconds and secret."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def _signed_url(robot: Robot, now: datetime) -> str:
    if not robot.secret:
        return robot.url
    timestamp = int(now.timestamp() * 1000)
    signed = urlencode({"timestamp": timestamp, "sign": dingtalk_sign(robot.secret, timestamp)})
    return f"{robot.url}{'&' if '?' in robot.url else '?'}{signed}"


def _feishu_signature(robot: Robot, now: datetime) -> Json:
    if not robot.secret:
        return {}
    timestamp = int(now.timestamp())
    return {"timestamp": str(timestamp), "sign": feishu_sign(robot.secret, timestamp)}


def _feishu_card(title: str, text: str) -> Json:
    content = text.removeprefix(f"### {title}\n\n")  # the card's own head says it
    content = _HEADING.sub(r"**\1**", content)
    return {
        "msg_type": "interactive",
        "card": {
            "header": {"title": {"tag": "plain_text", "content": title}, "template": "orange"},
            "elements": [{"tag": "markdown", "content": content}],
        },
    }


_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _cut(text: str, most_bytes: int) -> str:
    content = text.encode()
    if len(content) <= most_bytes:
        return text
    return content[: most_bytes - 4].decode(errors="ignore") + "…"
