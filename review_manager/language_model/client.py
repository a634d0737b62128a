"""Asks the model for one text, within the time limit, the budget and the server's patience."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from review_manager.language_model.endpoint import Endpoint
from review_manager.language_model.failure import NoWordingError, Why
from review_manager.language_model.pace import Breaker, HourlyBudget
from review_manager.language_model.policy import CallRules
from review_manager.language_model.wire import Message, read_answer, request_body

LARGEST_ANSWER_BYTES = 256 * 1024
_AGAIN = {408, 429, 500, 502, 503, 504, 529}
_REFUSED = {401: Why.KEY_REFUSED, 403: Why.KEY_REFUSED, 429: Why.RATE_LIMITED}
_FAULTS_OF_SERVER = {
    Why.TIMEOUT, Why.UNREACHABLE, Why.RATE_LIMITED, Why.SERVER_ERROR, Why.BROKEN_ANSWER,
}  # fmt: skip
_LONGEST_WAIT = timedelta(hours=1)


class _TryAgainError(Exception):
    """The server may answer later; `wait` is what it asked for, None where it said nothing."""

    def __init__(self, failure: NoWordingError, wait: timedelta | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.wait = wait


class ChatClient:
    """One endpoint; `complete` gives a text or raises NoWordingError."""

    def __init__(self, endpoint: Endpoint, rules: CallRules) -> None:
        self.endpoint = endpoint
        self._rules = rules
        self._budget = HourlyBudget(rules.calls_per_hour)
        pause = timedelta(seconds=rules.breaker_pause_seconds)
        self._breaker = Breaker(failures=rules.breaker_failures, pause=pause)
        self._http: aiohttp.ClientSession | None = None

    async def complete(self, messages: Sequence[Message]) -> str:
        """Return the model's text; every failure is a NoWordingError, within the time limit."""
        if not self._breaker.may_call(_now()):
            raise NoWordingError(Why.BREAKER)
        try:
            async with asyncio.timeout(self.endpoint.time_limit.total_seconds()):
                text = await self._insist(messages)
        except TimeoutError:
            failure = NoWordingError(Why.TIMEOUT)
        except NoWordingError as error:
            failure = error
        else:
            self._breaker.succeeded()
            return text
        self._note(failure)
        raise failure

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.close()

    async def _insist(self, messages: Sequence[Message]) -> str:
        deadline = _now() + self.endpoint.time_limit
        for attempt in range(1, self._rules.attempts + 1):
            if not self._budget.take(_now()):
                raise NoWordingError(Why.BUDGET)
            try:
                return await self._ask(messages)
            except _TryAgainError as error:
                wait = error.wait if error.wait is not None else _backoff(attempt)
                if attempt == self._rules.attempts or _now() + wait >= deadline:
                    raise error.failure from None
                await asyncio.sleep(wait.total_seconds())
        raise AssertionError("attempts are at least one")

    async def _ask(self, messages: Sequence[Message]) -> str:
        if self._http is None:
            self._http = aiohttp.ClientSession(headers=_headers(self.endpoint))
        body = request_body(
            messages,
            model=self.endpoint.model,
            limit={self._rules.limit_field: self._rules.max_tokens},
            stream=self.endpoint.stream,
        )
        try:
            # a redirect would carry a customer's words to an address that nobody has chosen
            async with self._http.post(self.endpoint.url, json=body, allow_redirects=False) as got:
                if got.status != 200:
                    raise _refusal(got.status, got.headers)
                return read_answer(await _read_limited(got), content_type=got.content_type)
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise _TryAgainError(NoWordingError(Why.UNREACHABLE, type(error).__name__)) from None

    def _note(self, failure: NoWordingError) -> None:
        """Tell the breaker; a refused key does not heal by itself, so it waits longest."""
        now = _now()
        if failure.retry_at is not None:
            self._breaker.wait(failure.retry_at)
        if failure.why is Why.KEY_REFUSED:
            self._breaker.wait(now + timedelta(seconds=self._rules.refused_key_pause_seconds))
        elif failure.why in _FAULTS_OF_SERVER:
            self._breaker.failed(now)
        elif failure.why is not Why.BUDGET:
            self._breaker.succeeded()  # it answered, though not with anything of use


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long a server asks us to wait: seconds, milliseconds or a date; None if it does
    not say (RFC 9110 section 10.2.3; `retry-after-ms` is common among these servers)."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(timedelta(milliseconds=milliseconds), _LONGEST_WAIT)
    told = headers.get("Retry-After")
    seconds = _number(told)
    if seconds is not None:
        return min(timedelta(seconds=seconds), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(told or "")
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), _LONGEST_WAIT)


def _number(told: str | None) -> float | None:
    try:
        number = float(told or "")
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None


def _refusal(status: int, headers: Mapping[str, str]) -> Exception:
    wait = retry_after(headers, now=_now())
    unexplained = Why.SERVER_ERROR if status >= 500 or status in _AGAIN else Why.REQUEST_REFUSED
    failure = NoWordingError(
        _REFUSED.get(status, unexplained),
        f"status {status}",
        retry_at=_now() + wait if wait is not None and status in _AGAIN else None,
    )
    return _TryAgainError(failure, wait) if status in _AGAIN else failure


def _backoff(attempt: int) -> timedelta:
    """Half a second and then twice as long each time, give or take a half."""
    return timedelta(seconds=0.5 * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311


def _headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {"Accept": "application/json, text/event-stream"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    return headers


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_chunked(16 * 1024):
        read += chunk
        if len(read) > LARGEST_ANSWER_BYTES:
            raise NoWordingError(Why.TOO_LARGE)
    return bytes(read)


def _now() -> datetime:
    return datetime.now(UTC)
