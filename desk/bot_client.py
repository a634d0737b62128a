"""Talks with the Rasa server over its REST channel; distrusts whatever comes back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from desk.breaker import Breaker
from desk.policy import BotRules
from desk.states import HandoffReason

LARGEST_ANSWER_BYTES = 256 * 1024
LONGEST_ANSWER = 20


class BotUnavailableError(Exception):
    """The bot did not answer in a way that can be shown."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{self.__doc__} ({why})")
        self.why = why


class BotClient:
    """One Rasa server; `ask` gives its raw replies or raises BotUnavailableError."""

    def __init__(self, url: str, *, timeout: timedelta, rules: BotRules) -> None:
        self._url = f"{url.rstrip('/')}/webhooks/rest/webhook"
        self._read_url = f"{url.rstrip('/')}/webhooks/rest/read"
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        pause = timedelta(seconds=rules.breaker_pause_seconds)
        self._breaker = Breaker(failures=rules.breaker_failures, pause=pause)
        self._http: aiohttp.ClientSession | None = None

    async def ask(
        self, sender: str, text: str, *, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Send one message; returns at least one reply object."""
        if not self._breaker.may_call(datetime.now(UTC)):
            raise BotUnavailableError("breaker open")
        try:
            replies = _replies(
                await self._post(
                    self._url, {"sender": sender, "message": text, "metadata": metadata}
                )
            )
        except BotUnavailableError:
            self._breaker.failed(datetime.now(UTC))
            raise
        self._breaker.succeeded()
        if not replies:
            raise BotUnavailableError("empty answer")
        return replies

    async def read(self, text: str) -> HandoffReason | None:
        """Return why one line should go to a person, None if not; the bot says and keeps nothing.

        Raises BotUnavailableError; the breaker is left to those who wait for an answer.
        """
        found = await self._post(self._read_url, {"message": text})
        reason = found.get("handoff") if isinstance(found, dict) else None
        return HandoffReason(reason) if reason in set(HandoffReason) else None

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.close()

    async def _post(self, url: str, body: Mapping[str, Any]) -> Any:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        try:
            async with self._http.post(url, json=body, timeout=self._timeout) as response:
                if response.status != 200:
                    raise BotUnavailableError(f"status {response.status}")
                raw = await _read_limited(response)
            return json.loads(raw)
        except TimeoutError:
            raise BotUnavailableError("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise BotUnavailableError(type(error).__name__) from None
        except (ValueError, RecursionError):
            raise BotUnavailableError("not JSON") from None


def _replies(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(reply, dict) for reply in answer):
        raise BotUnavailableError("not a list of replies")
    return answer[:LONGEST_ANSWER]


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_chunked(16 * 1024):
        read += chunk
        if len(read) > LARGEST_ANSWER_BYTES:
            raise BotUnavailableError("answer too large")
    return bytes(read)
