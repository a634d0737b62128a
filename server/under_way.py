"""What one socket has handed to the intake and not heard of yet."""

import asyncio


class UnderWay:
    """Counts messages that are being stored; others wait for them or for room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._over: asyncio.Future[None] | None = None

    async def begin(self) -> None:
        """Count one more, as soon as there is room for it."""
        if self._count >= self._most:
            await self.over()
        self._count += 1

    def ended(self) -> None:
        """One was stored, or refused."""
        self._count -= 1
        if not self._count and self._over is not None:
            if not self._over.done():  # cancelled with its connection
                self._over.set_result(None)
            self._over = None

    async def over(self) -> None:
        """Wait until none is under way: what is asked after them must not overtake them."""
        if self._count:
            self._over = asyncio.get_running_loop().create_future()
            await self._over
