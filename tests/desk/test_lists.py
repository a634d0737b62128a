"""Consoles hear of a new owner at once, of words in their own talks soon, and never too much."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chat import visit

from desk import changes
from desk.changes import Speaker
from desk.lists import MINE_EVERY, MOST_URGENT_ROWS, Lists
from desk.messages import Draft, instant
from desk.office import Office
from desk.rows import Counts
from desk.states import HandoffReason, Sender
from desk.tables import DbConversation

Heard = list[tuple[dict[str, Any], str, Counts]]


class Console:
    """What one agent's console was told."""

    def __init__(self, lists: Lists, agent: str) -> None:
        self.heard: Heard = []
        lists.listen(agent, lambda *told: self.heard.append(told))

    @property
    def rows(self) -> list[str]:
        return [str(view["id"]) for view, _text, _counts in self.heard]


@pytest.fixture
async def lists(office: Office) -> AsyncIterator[Lists]:
    """Lists whose looks the test takes itself."""
    made = Lists(office)
    stop = office.feed.listen_to_all(made._hear)
    yield made
    stop()


async def _look(lists: Lists, times: int = MINE_EVERY) -> None:
    for _ in range(times):
        await lists._look()


async def _say(office: Office, conversation: str, text: str = "在吗") -> None:
    async with office.write() as pen:
        row = await pen.conversation(conversation)
        pen.say(row, Draft(sender=Sender.CUSTOMER, text=text))


async def test_a_new_owner_is_told_to_everybody_at_the_next_look(
    office: Office, lists: Lists, wang: str, lin: Speaker, zhou: Speaker
) -> None:
    consoles = Console(lists, lin.id), Console(lists, zhou.id)
    await _say(office, wang)
    await _look(lists)
    for console in consoles:
        console.heard.clear()
    async with office.write() as pen:
        changes.take(pen, await pen.conversation(wang), lin)
    await _look(lists, times=1)
    for console in consoles:
        ((view, text, counts),) = console.heard
        assert (view["owner"], view["agent"]["name"]) == ("agent", "小林")
        assert json.loads(text) == view
        assert (counts.for_agent(lin.id)["mine"], counts.for_agent(zhou.id)["mine"]) == (1, 0)


async def test_words_go_to_whose_conversation_it_is_before_the_others(
    office: Office, lists: Lists, wang: str, lin: Speaker, zhou: Speaker
) -> None:
    await _say(office, wang)
    async with office.write() as pen:
        changes.take(pen, await pen.conversation(wang), lin)
    await _look(lists)
    hers, others = Console(lists, lin.id), Console(lists, zhou.id)
    await _say(office, wang, "还在吗")
    await _look(lists, times=MINE_EVERY - 1)
    assert hers.rows == others.rows == []
    await _look(lists, times=1)
    assert wang in hers.rows
    assert hers.heard[-1][0]["last"]["text"] == "还在吗"


async def test_a_sentence_of_the_desk_hides_neither_the_last_words_nor_whose_they_are(
    office: Office, lists: Lists, wang: str, lin: Speaker
) -> None:
    await _say(office, wang, "杯子漏水")
    console = Console(lists, lin.id)
    async with office.write() as pen:
        changes.take(pen, await pen.conversation(wang), lin)  # and says so to the customer
    await _look(lists, times=1)
    last = console.heard[-1][0]["last"]
    assert (last["sender"], last["text"]) == ("customer", "杯子漏水")
    async with office.database.read() as session:
        row = await session.get_one(DbConversation, wang)
    assert last["at"] == instant(row.last_customer_at)


async def test_nobody_hears_of_a_visitor_who_said_nothing(
    office: Office, lists: Lists, lin: Speaker
) -> None:
    console = Console(lists, lin.id)
    await visit(office)
    await _look(lists)
    assert console.heard == []


async def test_a_rush_is_told_a_few_at_a_time_and_then_all(
    office: Office, lists: Lists, lin: Speaker
) -> None:
    many = [await visit(office) for _ in range(MOST_URGENT_ROWS + 5)]
    async with office.write() as pen:
        for row in (await pen.conversations(many)).values():
            pen.say(row, Draft(sender=Sender.CUSTOMER, text="急"))
            changes.take(pen, row, lin)
    console = Console(lists, lin.id)
    # The rush came before the console did; it hears nothing twice that its own list holds.
    for conversation in many:
        lists._urgent[conversation] = None
    await _look(lists, times=1)
    assert len(console.heard) == MOST_URGENT_ROWS
    await _look(lists, times=MINE_EVERY * 4)
    assert set(console.rows) == set(many)


async def test_whoever_comes_between_moves_those_behind(
    office: Office, lists: Lists, wang: str
) -> None:
    li = await visit(office)
    told: list[list[str]] = []
    await _queue(office, wang, HandoffReason.ASKED_HUMAN)
    await lists._look_at_line()  # nobody listens
    stop = lists.listen_to_line(told.append)
    await lists._look_at_line()
    await lists._look_at_line()
    assert told == [[wang]]  # told once
    await _queue(office, li, HandoffReason.SAFETY)
    await lists._look_at_line()
    assert told[1:] == [[li, wang]]  # whose row did not change
    async with office.write() as pen:
        changes.leave_line(pen, await pen.conversation(li), why="cancelled")
    await lists._look_at_line()
    assert told[2:] == [[wang]]
    stop()
    await _queue(office, li, HandoffReason.SAFETY)
    await lists._look_at_line()
    assert len(told) == 3


async def _queue(office: Office, conversation: str, reason: HandoffReason) -> None:
    async with office.write() as pen:
        row = await pen.conversation(conversation)
        await changes.hand_off(pen, row, office.rules, reason=reason, actor="bot")
