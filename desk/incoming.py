"""What a customer's text goes through before it is stored, and before the bot reads it."""

import re
from collections.abc import Sequence

from desk.protocol import LONGEST_TEXT

# Control characters but for tab and line feed, marks that reorder a line, halves of surrogate
# pairs (which no database can store) and private use.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)
_COMMAND = "/"
_HARMLESS_COMMAND = "／"


class EmptyTextError(ValueError):
    """Nothing is left of the text once what cannot be seen is removed."""


class TextTooLongError(ValueError):
    """The text is longer than one message may be."""

    def __init__(self, length: int) -> None:
        super().__init__(self.__doc__)
        self.length = length


def clean(text: str) -> str:
    """Return the text without control characters and marks that reorder a line, trimmed.

    Raises EmptyTextError, or TextTooLongError above 2,000 characters.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _UNSEEN.sub("", lines).strip()
    if not cleaned:
        raise EmptyTextError
    if len(cleaned) > LONGEST_TEXT:
        raise TextTooLongError(len(cleaned))
    return cleaned


def for_bot(texts: Sequence[str]) -> str:
    """Join a burst of texts into one that Rasa reads as words, never as a `/command`.

    Keeps the newest whole texts where all together are longer than one message may be.
    """
    kept: list[str] = []
    room = LONGEST_TEXT
    for text in reversed(texts):
        room -= len(text) + 1
        if kept and room < 0:
            break
        kept.append(text)
    joined = "\n".join(reversed(kept)).strip()[:LONGEST_TEXT]
    return _HARMLESS_COMMAND + joined[1:] if joined.startswith(_COMMAND) else joined
