"""The evidence chain: each snapshot holds the hash of the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

FIRST = "0" * 64


def link_hash(number: int, at: str, content: Mapping[str, Any], previous: str) -> str:
    """Return the SHA-256 over a link: canonical JSON of [number, at, content, previous hash]."""
    packed = json.dumps(
        [number, at, content, previous], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(packed.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """Return an instant as it is hashed: UTC, to the microsecond."""
    return at.isoformat(timespec="microseconds")


def find_break(links: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the number of the first link that is not what it was, None if all hold."""
    previous = FIRST
    for place, link in enumerate(links, start=1):
        expected = link_hash(link["number"], link["at"], link["content"], previous)
        fits = link["number"] == place and link["previous_hash"] == previous
        if not fits or link["hash"] != expected:
            return place
        previous = link["hash"]
    return None
