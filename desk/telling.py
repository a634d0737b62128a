"""Tells what a commit stored, a little in each turn of the event loop.

Whoever is told first can go on while others are told; and between two turns the program hears what
came in meanwhile.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

AT_ONCE = 20

News = Callable[[], None]


class Telling:
    """News in the order in which they came."""

    def __init__(self) -> None:
        self._left: deque[News] = deque()

    def soon(self, news: Iterable[News]) -> None:
        """Tell these from the next turn of the loop on, after all that is still to be told."""
        if not self._left:
            asyncio.get_running_loop().call_soon(self._some)
        self._left.extend(news)

    def all(self) -> None:
        """Tell at once whatever is left."""
        while self._left:
            self._left.popleft()()

    def _some(self) -> None:
        try:
            for _ in range(min(AT_ONCE, len(self._left))):
                self._left.popleft()()
        finally:  # the loop logs what one of them raises; the others are told all the same
            if self._left:
                asyncio.get_running_loop().call_soon(self._some)
