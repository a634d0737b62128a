"""How often the model may be called: a circuit breaker and an hourly budget."""

from collections import deque
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


class Breaker:
    """Shuts after failures in a row; after the pause one call may try."""

    def __init__(self, *, failures: int, pause: timedelta) -> None:
        self._allowed = failures
        self._pause = pause
        self._failures = 0
        self._shut_until: datetime | None = None
        self._asked_to_wait_until: datetime | None = None

    def may_call(self, now: datetime) -> bool:
        """Say whether to call now; while shut, one caller per pause gets True and tries."""
        if self._asked_to_wait_until is not None and now < self._asked_to_wait_until:
            return False
        if self._shut_until is None:
            return True
        if now < self._shut_until:
            return False
        self._shut_until = now + self._pause
        return True

    def succeeded(self) -> None:
        """Note an answer: every call may pass again, unless the server asked for a pause."""
        self._failures, self._shut_until = 0, None

    def failed(self, now: datetime) -> None:
        """Note a failure; the last one that is allowed shuts the breaker."""
        self._failures += 1
        if self._failures >= self._allowed:
            self._shut_until = now + self._pause

    def wait(self, until: datetime) -> None:
        """Let nobody call before `until`, whatever answers to earlier calls may still come in; an
        earlier moment never shortens the wait."""
        if self._asked_to_wait_until is None or until > self._asked_to_wait_until:
            self._asked_to_wait_until = until


class HourlyBudget:
    """Lets at most `calls` through in any sixty minutes."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._taken: deque[datetime] = deque()

    def take(self, now: datetime) -> bool:
        """Take one call from the budget; False where none is left."""
        while self._taken and self._taken[0] <= now - HOUR:
            self._taken.popleft()
        if len(self._taken) >= self._calls:
            return False
        self._taken.append(now)
        return True
