"""One message of a conversation at a time, the next one at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError


@dataclass
class _Door:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted_by: int = 0


class ConversationLocks(InMemoryLockStore):
    """A lock for each conversation of this process.

    Rasa's own store looks once a second whether it is the next message's turn; here the next
    message goes on when the one before is done.
    """

    def __init__(self, **_settings: Any) -> None:
        super().__init__()
        self._doors: dict[str, _Door] = {}

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 1,
    ) -> AsyncIterator[None]:
        """Hold the conversation; raises LockError after `lock_lifetime` seconds of waiting."""
        door = self._doors.setdefault(conversation_id, _Door())
        door.wanted_by += 1
        try:
            await _acquire(door.lock, conversation_id, seconds=lock_lifetime)
            try:
                yield
            finally:
                door.lock.release()
        finally:
            door.wanted_by -= 1
            if not door.wanted_by:
                self._doors.pop(conversation_id, None)


async def _acquire(lock: asyncio.Lock, conversation_id: str, *, seconds: float) -> None:
    try:
        await asyncio.wait_for(lock.acquire(), seconds)
    except asyncio.TimeoutError:  # noqa: UP041 - two classes on Python 3.10
        raise LockError(f"the message before in {conversation_id} takes too long") from None
