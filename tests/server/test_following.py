"""A connection that begins in the middle of a talk sees every message once and in order."""

from datetime import datetime
from operator import attrgetter
from typing import Any, cast

import pytest
from chat import Clock, visit

from desk.changes import system
from desk.messages import Message
from desk.office import Office, find_conversation, messages_after
from desk.opening import AlwaysOpen
from desk.policy import read_desk_policy
from desk.tables import DbConversation
from server.connection import Connection
from server.following import Following
from sla.policies import read_policies
from storage.engine import Database


class Line:
    """Where a connection would write: keeps what it was given."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def put_text(self, text: str) -> None:
        self.shown.append(text)

    def offer_text(self, text: str) -> None:
        self.shown.append(text)


@pytest.fixture
async def office(database: Database, now: datetime) -> Office:
    """An office on each kind of database."""
    policy = read_desk_policy()
    return Office(database, policy, AlwaysOpen(), clocks=read_policies(), clock=Clock(now))


async def _say(office: Office, conversation: str, text: str) -> None:
    async with office.write() as pen:
        pen.say(await pen.conversation(conversation), system(text))


async def _read(
    office: Office, conversation: str, *, after: int
) -> tuple[DbConversation, list[Message]]:
    async with office.database.read() as session:
        row = await find_conversation(session, conversation)
        assert row is not None
        return row, list(await messages_after(session, conversation, after, internal=False))


def _follow(office: Office, conversation: str, line: Line) -> Following:
    following = Following(
        cast(Connection, line),
        office,
        conversation,
        frame=attrgetter("draft.text"),
        internal=False,
    )
    office.feed.listen(conversation, cast(Any, following.hear))  # nobody signals here
    return following


async def test_it_shows_what_was_read_and_then_what_comes(office: Office) -> None:
    talk, line = await visit(office), Line()
    await _say(office, talk, "一")
    await _say(office, talk, "二")
    following = _follow(office, talk, line)
    await following.begin_with(*await _read(office, talk, after=1))
    assert line.shown == ["二"]
    await _say(office, talk, "三")
    assert line.shown == ["二", "三"]
    await following.end()


async def test_nothing_said_between_the_reading_and_the_showing_is_missed(office: Office) -> None:
    talk, line = await visit(office), Line()
    await _say(office, talk, "一")
    following = _follow(office, talk, line)
    read = await _read(office, talk, after=0)
    await _say(office, talk, "二")
    assert line.shown == []
    await following.begin_with(*read)
    assert line.shown == ["一", "二"]
    await _say(office, talk, "三")
    assert line.shown == ["一", "二", "三"]
    await following.end()


async def test_a_message_said_before_the_reading_is_shown_once(office: Office) -> None:
    talk, line = await visit(office), Line()
    following = _follow(office, talk, line)
    await _say(office, talk, "一")  # heard, and read as well
    await following.begin_with(*await _read(office, talk, after=0))
    assert line.shown == ["一"]
    await following.end()


async def test_it_reads_for_itself_where_nothing_was_read(office: Office) -> None:
    talk, line = await visit(office), Line()
    await _say(office, talk, "一")
    await _say(office, talk, "二")
    following = _follow(office, talk, line)
    await following.begin(after=1)
    assert line.shown == ["二"]
    await following.end()


async def test_after_its_end_it_shows_nothing(office: Office) -> None:
    talk, line = await visit(office), Line()
    following = _follow(office, talk, line)
    await following.begin(after=0)
    await following.end()
    await _say(office, talk, "一")
    assert line.shown == []
