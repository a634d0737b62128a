"""The wire format of what is pushed: signed as Standard Webhooks are, answered by HTTP status.

Format: https://www.standardwebhooks.com (id, timestamp and body under HMAC-SHA256), beside it the
header `Idempotency-Key` of the IETF HTTPAPI draft. The same key always carries the same content.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret is marked, none itself
LONGEST_WORDS = 200
LONGEST_WAIT = timedelta(hours=1)
_LATER = frozenset({202, 408, 409, 425, 429})
_WORDS_IN = ("detail", "message", "error", "title")


class Outcome(StrEnum):
    """What became of one attempt."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Message:
    """One thing to push under its idempotency key."""

    key: str
    type: str
    data: Mapping[str, Any]

    def body(self, *, at: datetime) -> bytes:
        """Return the JSON as it goes out; `at` is when the thing itself happened."""
        told = {"type": self.type, "timestamp": _iso(at), "data": dict(self.data)}
        return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


@dataclass(frozen=True)
class Receipt:
    """How the other side answered; `wait` is what it asked for, `at` when it says it was done."""

    outcome: Outcome
    words: str = ""
    wait: timedelta | None = None
    at: datetime | None = None


def ping(key: str) -> Message:
    """Return a message that asks for nothing, to try an endpoint with."""
    return Message(key, "ping", {})


def headers(body: bytes, *, key: str, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove who sent this, and that it is sent only once."""
    stamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": f'"{key}"',
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(body, key=key, stamp=stamp, secret=secret),
    }


def signature(body: bytes, *, key: str, stamp: str, secret: str) -> str:
    """Return `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = b".".join((key.encode(), stamp.encode(), body))
    digest = hmac.new(_key_bytes(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def read_answer(status: int, told: Mapping[str, str], body: bytes, *, now: datetime) -> Receipt:
    """Return what an answer means; `told` are its headers, whatever their case.

    200-208 but 202: done. 202, 408, 409, 425, 429 and 5xx: not yet, ask again under the same key.
    Anything else will not get better by itself.
    """
    answer = _json(body)
    words = _words(answer) or f"HTTP {status}"
    if 200 <= status < 300 and status not in _LATER:
        return Receipt(Outcome.TAKEN, at=_done_at(answer, now=now))
    if status in _LATER or status >= 500:
        lower = {name.lower(): value for name, value in told.items()}
        return Receipt(Outcome.LATER, words, _wait(lower.get("retry-after", ""), now=now))
    return Receipt(Outcome.REFUSED, words)


def _key_bytes(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _words(answer: Mapping[str, Any]) -> str:
    said = next((answer[name] for name in _WORDS_IN if isinstance(answer.get(name), str)), "")
    return " ".join(str(said).split())[:LONGEST_WORDS]


def _done_at(answer: Mapping[str, Any], *, now: datetime) -> datetime | None:
    told = answer.get("published_at")
    if not isinstance(told, str):
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None and at <= now else None


def _wait(value: str, *, now: datetime) -> timedelta | None:
    if value.isdigit():
        return min(timedelta(seconds=int(value[:6])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
