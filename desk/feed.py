"""Tells everybody in this process who watches what changed; the database stays the truth.

A lost or late notice costs nothing: watchers compare numbers and read what they miss.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

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
Told = TypeVar("Told")


class Feed:
    """Listeners by conversation, and listeners to all; they must not block and must not raise."""

    def __init__(self) -> None:
        # Tuples, made anew when somebody comes or goes: everybody is told far more often.
        self._by_conversation: dict[str, tuple[Listener, ...]] = {}
        self._to_all: tuple[Callable[[Change], None], ...] = ()
        self._expected: dict[str, int] = {}

    def listen(self, conversation: str, listener: Listener) -> Stop:
        """Call `listener` at every notice of one conversation; returns how to stop."""
        others = self._by_conversation.get(conversation, ())
        self._by_conversation[conversation] = *_without(others, listener), listener

        def stop() -> None:
            left = _without(self._by_conversation.get(conversation, ()), listener)
            if left:
                self._by_conversation[conversation] = left
            else:
                self._by_conversation.pop(conversation, None)

        return stop

    def listen_to_all(self, listener: Callable[[Change], None]) -> Stop:
        """Call `listener` at every change of any conversation; returns how to stop."""
        self._to_all = *_without(self._to_all, listener), listener

        def stop() -> None:
            self._to_all = _without(self._to_all, listener)

        return stop

    @property
    def followed(self) -> list[str]:
        """The conversations that somebody here follows."""
        return list(self._by_conversation)

    def expect(self, conversation: str) -> None:
        """Say that this process is storing words of a conversation and will publish them."""
        self._expected[conversation] = self._expected.get(conversation, 0) + 1

    def came(self, conversation: str, count: int) -> None:
        """Take back so many expectations: what was stored is published now, the rest never."""
        left = self._expected.pop(conversation) - count
        if left > 0:
            self._expected[conversation] = left

    def expects(self, conversation: str) -> bool:
        """Whether what the database holds of it may be news that is about to be published."""
        return conversation in self._expected

    def publish(self, changes: Iterable[Change]) -> None:
        """Tell everybody concerned."""
        for change in changes:
            for listener in self._by_conversation.get(change.conversation.id, ()):
                listener(change)
            for to_all in self._to_all:
                to_all(change)

    def signal(self, signal: Signal) -> None:
        """Tell the followers of one conversation something that passes."""
        for listener in self._by_conversation.get(signal.conversation, ()):
            listener(signal)


def _without(listeners: tuple[Told, ...], left_out: Told) -> tuple[Told, ...]:
    return tuple(each for each in listeners if each != left_out)
