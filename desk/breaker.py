"""The circuit breaker before the bot: after failures in a row nobody waits for it for a while."""

from datetime import datetime, timedelta


class Breaker:
    """Closed lets every call through; open lets none; after the pause one call may try."""

    def __init__(self, *, failures: int, pause: timedelta) -> None:
        self._failures_allowed = failures
        self._pause = pause
        self._failures = 0
        self._shut_until: datetime | None = None

    def may_call(self, now: datetime) -> bool:
        """Say whether to call now; while open, one caller per pause gets True and tries."""
        if self._shut_until is None:
            return True
        if now < self._shut_until:
            return False
        self._shut_until = now + self._pause
        return True

    def succeeded(self) -> None:
        """Note an answer: every call may pass again."""
        self._failures = 0
        self._shut_until = None

    def failed(self, now: datetime) -> None:
        """Note a failure; the last one that is allowed opens the breaker."""
        self._failures += 1
        if self._failures >= self._failures_allowed:
            self._shut_until = now + self._pause
