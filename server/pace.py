"""How fast one client may send: a bucket of tokens that fills again with time."""

import time
from collections.abc import Callable


class Pace:
    """`burst` frames at once, then `per_second`."""

    def __init__(
        self, *, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._tokens = burst
        self._at = clock()

    def wait_seconds(self) -> float:
        """Take one token and return 0, or return how long to wait for the next one."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second
