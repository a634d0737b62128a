"""The door for customers' messages: stored once, many in one commit, acknowledged after it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from chat import conversation, said, visit

from desk import changes
from desk.changes import Speaker
from desk.intake import Intake
from desk.office import Office
from desk.pen import NoSuchConversationError
from desk.speaking import Said
from desk.states import CloseReason, Owner


@pytest.fixture
async def intake(office: Office) -> AsyncIterator[Intake]:
    """An open door."""
    opened = Intake(office)
    opened.start()
    yield opened
    await opened.stop()


async def test_many_at_once_are_numbered_without_gaps(office: Office, intake: Intake) -> None:
    people = [await visit(office) for _ in range(5)]
    sent = [Said(who, f"client-{n:04d}", text=f"第{n}句") for n in range(20) for who in people]
    taken = await asyncio.gather(*(intake.take(each) for each in sent))
    assert not any(each.replayed for each in taken)
    for who in people:
        stored = await said(office, who)
        assert [message.seq for message in stored] == list(range(1, 21))
        assert [message.draft.text for message in stored] == [f"第{n}句" for n in range(20)]
        row = await conversation(office, who)
        assert (row.last_seq, row.last_customer_seq, row.unread) == (20, 20, 20)
        assert row.last_text == "第19句"


async def test_a_retry_gets_the_first_answer_even_within_one_batch(
    office: Office, intake: Intake, wang: str
) -> None:
    once = Said(wang, "client-0001", text="只说一次")
    first, second = await asyncio.gather(intake.take(once), intake.take(once))
    again = await intake.take(once)
    other = await intake.take(Said(wang, "client-0002", text="另一句"))
    assert (first.replayed, second.replayed, again.replayed) == (False, True, True)
    assert first.message.seq == second.message.seq == again.message.seq == 1
    assert other.message.seq == 2
    assert len(await said(office, wang)) == 2


async def test_a_retry_costs_its_neighbours_nothing(
    office: Office, intake: Intake, wang: str
) -> None:
    li = await visit(office)
    await intake.take(Said(wang, "client-0001", text="一"))
    taken = await asyncio.gather(
        intake.take(Said(li, "client-0001", text="甲")),
        intake.take(Said(wang, "client-0001", text="一")),
        intake.take(Said(wang, "client-0002", text="二")),
    )
    assert [each.replayed for each in taken] == [False, True, False]
    assert [message.seq for message in await said(office, wang)] == [1, 2]


async def test_an_unknown_conversation_is_refused_alone(
    office: Office, intake: Intake, wang: str
) -> None:
    good, bad = await asyncio.gather(
        intake.take(Said(wang, "client-0001", text="在")),
        intake.take(Said("nobody", "client-0001", text="在")),
        return_exceptions=True,
    )
    assert not isinstance(good, BaseException)
    assert isinstance(bad, NoSuchConversationError)


async def test_a_message_after_the_end_changes_the_owner(
    office: Office, intake: Intake, wang: str, lin: Speaker
) -> None:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.close(pen, row, lin, reason=CloseReason.SOLVED, epoch=1)
    taken = await intake.take(Said(wang, "client-0001", text="还有事"))
    row = await conversation(office, wang)
    assert (row.owner, row.closed_at, row.bot_session) == (Owner.BOT, None, 2)
    assert taken.message.epoch == row.owner_epoch == 3
