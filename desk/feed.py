"""Tells everybody in this process who watches what changed; the database stays the truth.

A lost or late notice costs nothing: watchers compare numbers and read what they miss.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from desk.pen import Change


@dataclass(frozen=True)
class Signal:
    """Something that passes and is never stored: somebody types, somebody read up to here."""

    conversation: str
    kind: str
    facts: dict[str, Any]


Notice = Change | Signal
Listener = Callable[[Notice], None]
Stop = Callable[[], None]


class Feed:
    """Listeners by conversation, and listeners to all; they must not block and must not raise."""

    def __init__(self) -> None:
        self._by_conversation: dict[str, set[Listener]] = {}
        self._to_all: set[Callable[[Change], None]] = set()

    def listen(self, conversation: str, listener: Listener) -> Stop:
        """Call `listener` at every notice of one conversation; returns how to stop."""
        self._by_conversation.setdefault(conversation, set()).add(listener)

        def stop() -> None:
            listeners = self._by_conversation.get(conversation, set())
            listeners.discard(listener)
            if not listeners:
                self._by_conversation.pop(conversation, None)

        return stop

    def listen_to_all(self, listener: Callable[[Change], None]) -> Stop:
        """Call `listener` at every change of any conversation; returns how to stop."""
        self._to_all.add(listener)
        return lambda: self._to_all.discard(listener)

    @property
    def followed(self) -> list[str]:
        """The conversations that somebody here follows."""
        return list(self._by_conversation)

    def publish(self, changes: Iterable[Change]) -> None:
        """Tell everybody concerned."""
        for change in changes:
            for listener in tuple(self._by_conversation.get(change.conversation.id, ())):
                listener(change)
            for to_all in tuple(self._to_all):
                to_all(change)

    def signal(self, signal: Signal) -> None:
        """Tell the followers of one conversation something that passes."""
        for listener in tuple(self._by_conversation.get(signal.conversation, ())):
            listener(signal)
