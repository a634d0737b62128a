"""What customers say while they wait: read off their path, and never lowering their place."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from chat import Clock, conversation, said, visit
from sqlalchemy import select

from desk import changes
from desk.bot_client import BotUnavailableError
from desk.changes import Speaker
from desk.office import Office
from desk.policy import DeskPolicy
from desk.rising import RAISED, Rising, gravity, is_graver
from desk.speaking import Said, ask_human, cancel_wait, receive
from desk.standing import read_line
from desk.states import HandoffReason, Owner
from desk.tables import DbConversationEvent

SMOKES, SUES = "充电器冒烟了", "我要打12315"


@dataclass
class Listener:
    """A reader who knows two grave lines, and may be made to wait or to fail."""

    heard: list[str] = field(default_factory=list)
    may_go: asyncio.Event = field(default_factory=asyncio.Event)
    is_down: bool = False

    async def read(self, text: str) -> HandoffReason | None:
        self.heard.append(text)
        await self.may_go.wait()
        if self.is_down:
            raise BotUnavailableError("timeout")
        known = {
            SMOKES: HandoffReason.SAFETY,
            SUES: HandoffReason.LEGAL_THREAT,
            "转人工": HandoffReason.ASKED_HUMAN,
        }
        return known.get(text)


@pytest.fixture
async def reader() -> Listener:
    opened = Listener()
    opened.may_go.set()
    return opened


@pytest.fixture
async def rising(office: Office, reader: Listener) -> AsyncIterator[Rising]:
    started = Rising(office, reader)
    started.start()
    yield started
    await started.stop()


async def _waits(office: Office, *, reason: HandoffReason = HandoffReason.ASKED_HUMAN) -> str:
    """Return the conversation of somebody who has just joined the line."""
    who = await visit(office)
    async with office.write() as pen:
        row = await pen.conversation(who)
        await changes.hand_off(pen, row, office.rules, reason=reason, actor="bot")
    return who


async def _says(office: Office, who: str, words: str) -> None:
    async with office.write() as pen:
        row = await pen.conversation(who)
        receive(pen, row, Said(who, f"said-{row.last_seq:05}", text=words))


async def _all_read(rising: Rising) -> None:
    async with asyncio.timeout(30):
        while rising._errands:
            await asyncio.sleep(0.01)


async def _events(office: Office, who: str) -> list[DbConversationEvent]:
    query = select(DbConversationEvent).where(
        DbConversationEvent.conversation_id == who, DbConversationEvent.kind == RAISED
    )
    async with office.database.read() as session:
        return list(await session.scalars(query))


async def _order(office: Office) -> list[str]:
    async with office.database.read() as session:
        line = await read_line(session, office.policy, office.opening, now=office.clock())
    return [each.conversation for each in line.waiting]


async def test_a_danger_said_while_waiting_overtakes_who_came_earlier(
    office: Office, rising: Rising, clock: Clock
) -> None:
    earlier = await _waits(office, reason=HandoffReason.COMPLAINT)
    clock.advance(seconds=40)
    wang = await _waits(office)
    assert await _order(office) == [earlier, wang]
    epoch = (await conversation(office, wang)).owner_epoch
    words = len(await said(office, wang))
    await _says(office, wang, SMOKES)
    await _all_read(rising)
    row = await conversation(office, wang)
    assert (row.reason, row.owner, row.owner_epoch) == ("safety", "queued", epoch)
    assert await _order(office) == [wang, earlier]
    (event,) = await _events(office, wang)
    assert event.detail == {"before": "asked_human", "reason": "safety"}
    assert (event.actor, event.epoch) == ("system", epoch)
    assert len(await said(office, wang)) == words + 1  # nobody answers her for it


@pytest.mark.parametrize(
    ("reason", "words", "becomes"),
    [
        (HandoffReason.ASKED_HUMAN, SUES, "legal_threat"),
        (HandoffReason.LEGAL_THREAT, SMOKES, "safety"),
        (HandoffReason.SAFETY, SUES, "safety"),
        (HandoffReason.COMPLAINT, "转人工", "complaint"),
        (HandoffReason.POLICY_EXCEPTION, "好的我等着", "policy_exception"),
    ],
)
async def test_a_reason_rises_and_never_falls(
    office: Office, rising: Rising, reason: HandoffReason, words: str, becomes: str
) -> None:
    who = await _waits(office, reason=reason)
    await _says(office, who, words)
    await _all_read(rising)
    assert (await conversation(office, who)).reason == becomes
    assert len(await _events(office, who)) == (reason != becomes)


async def test_a_line_is_read_once_and_only_while_she_waits(
    office: Office, rising: Rising, reader: Listener, lin: Speaker
) -> None:
    who = await visit(office)
    await _says(office, who, "我的快递呢")  # the bot's own
    assert reader.heard == []
    async with office.write() as pen:
        row = await pen.conversation(who)
        await ask_human(pen, row, Said(who, "ask-00001", text="转人工"), office.rules)
    await _all_read(rising)
    assert sorted(reader.heard) == sorted(["转人工", "我的快递呢"])
    await _says(office, who, "在吗")
    await _all_read(rising)
    assert reader.heard.count("在吗") == 1
    async with office.write() as pen:
        changes.take(pen, await pen.conversation(who), lin)
    await _says(office, who, SMOKES)
    await _all_read(rising)
    assert SMOKES not in reader.heard


async def test_a_tap_for_a_person_does_not_swallow_the_danger_before_it(
    office: Office, rising: Rising
) -> None:
    who = await visit(office)
    await _says(office, who, SMOKES)  # the bot has had no time to answer
    async with office.write() as pen:
        row = await pen.conversation(who)
        await ask_human(pen, row, Said(who, "ask-00001", text="转人工"), office.rules)
    await _all_read(rising)
    assert (await conversation(office, who)).reason == "safety"


@contextmanager
def _held(reader: Listener) -> Iterator[None]:
    reader.may_go.clear()
    yield
    reader.may_go.set()


async def test_what_is_read_too_late_changes_nothing(
    office: Office, rising: Rising, reader: Listener, lin: Speaker
) -> None:
    taken, gone = await _waits(office), await _waits(office)
    await _all_read(rising)
    with _held(reader):
        await _says(office, taken, SMOKES)
        await _says(office, gone, SUES)
        async with office.write() as pen:
            changes.take(pen, await pen.conversation(taken), lin)
            row = await pen.conversation(gone)
            cancel_wait(pen, row, Said(gone, "go-00001", text="不等了"))
            await changes.hand_off(
                pen, row, office.rules, reason=HandoffReason.ASKED_HUMAN, actor="bot"
            )
    await _all_read(rising)
    rows = [await conversation(office, each) for each in (taken, gone)]
    assert [row.owner for row in rows] == [Owner.AGENT, Owner.QUEUED]
    assert [row.reason for row in rows] == ["asked_human", "asked_human"]
    assert [await _events(office, each) for each in (taken, gone)] == [[], []]


async def test_a_bot_that_is_down_leaves_the_line_as_it_is(
    office: Office, rising: Rising, reader: Listener
) -> None:
    reader.is_down = True
    who = await _waits(office)
    await _says(office, who, SMOKES)
    await _all_read(rising)
    assert (await conversation(office, who)).reason == "asked_human"
    reader.is_down = False
    await _says(office, who, SUES)
    await _all_read(rising)
    assert (await conversation(office, who)).reason == "legal_threat"


async def test_a_stop_leaves_no_work_behind(
    office: Office, rising: Rising, reader: Listener
) -> None:
    who = await _waits(office)
    with _held(reader):
        await _says(office, who, SMOKES)
        await rising.stop()
        assert len(rising._errands) == 0
    assert (await conversation(office, who)).reason == "asked_human"


def test_the_policys_order_says_what_is_graver(policy: DeskPolicy) -> None:
    rules = policy.queue
    order = [HandoffReason.SAFETY, HandoffReason.LEGAL_THREAT, HandoffReason.COMPLAINT]
    order += [HandoffReason.HIGH_VALUE, HandoffReason.ASKED_HUMAN]
    places = [gravity(each, rules) for each in order]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert not is_graver(HandoffReason.POLICY_EXCEPTION, HandoffReason.HIGH_VALUE, rules)
    assert is_graver(HandoffReason.ASKED_HUMAN, None, rules)
