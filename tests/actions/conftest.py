"""A seeded shop, and people who talk with its assistant."""

from collections.abc import Callable
from datetime import datetime

import pytest
from assistant import Chat

from storage.engine import Database

Talk = Callable[..., Chat]


@pytest.fixture
def talk(shop: Database, now: datetime) -> Talk:
    """Begin a conversation: talk("C0001") as 王芳, talk() as a guest."""

    def begin(customer: str | None = None, *, conversation: str = "conversation-1") -> Chat:
        return Chat(shop, now, customer, conversation)

    return begin
