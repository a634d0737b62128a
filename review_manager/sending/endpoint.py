"""An address of the shop's own that takes what is pushed, and one attempt at sending to it."""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp

from review_manager.sending.wire import Message, Outcome, Receipt, headers, read_answer

LARGEST_ANSWER_BYTES = 64 * 1024
SHORTEST_SECRET = 16


class BadAddressError(ValueError):
    """The address or secret for what is pushed cannot be used; the message says why."""


@dataclass(frozen=True)
class Endpoint:
    """Where messages are pushed.

    Raises BadAddressError for an address in the clear, and for a missing or short secret.
    """

    url: str
    secret: str = field(repr=False)
    time_limit: timedelta = timedelta(seconds=10)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadAddressError(f"{self.url!r} is no http(s) address")
        if parts.username or parts.password or parts.fragment:
            raise BadAddressError("the address may hold no password and no fragment")
        if parts.scheme == "http" and not _is_near(parts.hostname):
            raise BadAddressError(f"{parts.hostname} is not in this network: use https")
        if len(self.secret) < SHORTEST_SECRET or not self.secret.isascii():
            raise BadAddressError(
                f"KEFU_PUSH_SECRET must hold at least {SHORTEST_SECRET} ASCII characters"
            )

    async def send(self, message: Message, *, happened_at: datetime, now: datetime) -> Receipt:
        """Make one attempt; whatever the network does, a Receipt comes back in time."""
        body = message.body(at=happened_at)
        signed = headers(body, key=message.key, secret=self.secret, now=now)
        limit = aiohttp.ClientTimeout(total=self.time_limit.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as client,
                client.post(self.url, data=body, headers=signed, allow_redirects=False) as answer,
            ):
                told = await answer.content.read(LARGEST_ANSWER_BYTES)
                return read_answer(answer.status, answer.headers, told, now=now)
        except TimeoutError:
            seconds = self.time_limit.total_seconds()
            return Receipt(Outcome.LATER, f"no answer within {seconds:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return Receipt(Outcome.LATER, type(error).__name__)


def _is_near(host: str) -> bool:
    """Whether a host is this machine, one of its private network, or a container beside it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(".localhost")
    return address.is_private or address.is_loopback
