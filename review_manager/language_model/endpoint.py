"""Which language model is asked, and with which key; nothing here talks to it."""

import ipaddress
import stat
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

SHARED = stat.S_IRWXG | stat.S_IRWXO


class BadEndpointError(ValueError):
    """The settings of the language model cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Endpoint:
    """A server that speaks the Chat Completions format below `base_url` (…/v1).

    `time_limit` is that of one wording with all its retries. `stream` asks for the answer in
    pieces, which some servers insist on. Raises BadEndpointError for an address to which a
    customer's words may not go in the clear.
    """

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    time_limit: timedelta = timedelta(seconds=8)
    stream: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadEndpointError(f"{self.base_url!r} is no http(s) address")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise BadEndpointError("the address may hold no password, query or fragment")
        if parts.scheme == "http" and not _is_near(parts.hostname):
            raise BadEndpointError(f"{parts.hostname} is not in this network: use https")
        if not _is_header(self.key):
            raise BadEndpointError("the key holds characters that no key has")
        if not self.model:
            raise BadEndpointError("an address of a language model needs the name of a model")

    @property
    def url(self) -> str:
        """Where completions are asked for."""
        return f"{self.base_url.rstrip('/')}/chat/completions"


def read_key(path: Path) -> str:
    """Read the key from a file that only its owner may read; raises BadEndpointError."""
    try:
        if path.stat().st_mode & SHARED:
            raise BadEndpointError(f"{path} may be read by others; run: chmod 600 {path}")
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadEndpointError(f"{path} cannot be read: {error.strerror}") from None
    if not key or not _is_header(key):
        raise BadEndpointError(f"{path} holds no key")
    return key


def _is_header(key: str) -> bool:
    return key.isascii() and key.isprintable()


def _is_near(host: str) -> bool:
    """Whether a host is this machine, one of its private network, or a container beside it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(".localhost")
    return address.is_private or address.is_loopback
