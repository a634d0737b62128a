"""What was said in a second is told in shares: no look holds up the chats, no talk comes twice."""

import math
from collections import Counter
from typing import Any

import pytest
from chat import visit

from desk import changes
from desk.changes import Speaker
from desk.lists import MINE_EVERY, MOST_ROWS, MOST_SLOW_ROWS, Lists
from desk.messages import Draft
from desk.office import Office
from desk.states import Sender


async def _many(office: Office, count: int, agent: Speaker) -> list[str]:
    """Let an agent hold so many talks."""
    many = [await visit(office) for _ in range(count)]
    async with office.write() as pen:
        for row in (await pen.conversations(many)).values():
            changes.take(pen, row, agent)
    return many


async def _say_in_all(office: Office, many: list[str]) -> None:
    async with office.write() as pen:
        for row in (await pen.conversations(many)).values():
            pen.say(row, Draft(sender=Sender.CUSTOMER, text="在吗"))


@pytest.mark.parametrize("count", [1, MOST_ROWS, MOST_ROWS + 1, MOST_ROWS * MINE_EVERY])
async def test_an_agent_hears_of_all_her_talks_within_as_many_looks_as_it_takes(
    office: Office, lin: Speaker, count: int
) -> None:
    lists = Lists(office)
    many = await _many(office, count, lin)
    heard: list[Any] = []
    lists.listen(lin.id, lambda view, _text, _counts: heard.append(view["id"]))
    stop = office.feed.listen_to_all(lists._hear)
    await _say_in_all(office, many)
    for _ in range(MINE_EVERY - 1):
        await lists._look()
    assert heard == []
    for _ in range(math.ceil(count / MOST_ROWS)):
        before = len(heard)
        await lists._look()
        assert len(heard) - before <= MOST_ROWS + MOST_SLOW_ROWS
    stop()
    assert set(heard) == set(many)


async def test_a_chatty_talk_is_told_once_in_so_many_looks(office: Office, lin: Speaker) -> None:
    lists = Lists(office)
    many = await _many(office, 2, lin)
    heard: list[Any] = []
    lists.listen("another", lambda view, _text, _counts: heard.append(view["id"]))
    stop = office.feed.listen_to_all(lists._hear)
    for _ in range(MINE_EVERY * 3):
        await _say_in_all(office, many)
        await lists._look()
    stop()
    assert max(Counter(heard).values()) <= 3
    assert set(heard) == set(many)
