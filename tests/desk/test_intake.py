"""The door for customers' messages: stored once, many in one commit, acknowledged after it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from chat import conversation, said, visit
from msgspec.structs import replace
from sqlalchemy import inspect, select

from desk import changes
from desk.changes import Speaker
from desk.intake import Flow, Intake, IntakeClosedError, Result, Taken
from desk.office import Office
from desk.pen import NoSuchConversationError
from desk.speaking import Said, answer, receive, spoken
from desk.states import CloseReason, Owner
from desk.tables import DbConversationEvent, DbMessage
from storage.engine import Database


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


async def test_a_bad_one_costs_the_good_ones_nothing(
    office: Office, intake: Intake, wang: str
) -> None:
    """What no database can store (half a character) fails alone; no number is lost by it."""
    li = await visit(office)
    bad = Said(wang, "client-0002", text="在", about={"payload": "\ud800"})
    sent = [
        Said(wang, "client-0001", text="一"),
        bad,
        Said(li, "client-0001", text="甲"),
        Said("nobody", "client-0001", text="谁"),
        Said(wang, "client-0001", text="一"),
        Said(wang, "client-0003", text="二"),
    ]
    taken = await asyncio.gather(*(intake.take(each) for each in sent), return_exceptions=True)
    assert [isinstance(each, Taken) for each in taken] == [True, False, True, False, True, True]
    assert [each.replayed for each in taken if isinstance(each, Taken)] == [
        False, False, True, False,
    ]  # fmt: skip
    assert [(each.seq, each.draft.text) for each in await said(office, wang)] == [
        (1, "一"), (2, "二"),
    ]  # fmt: skip
    assert (await conversation(office, wang)).last_seq == 2
    assert (await conversation(office, li)).last_seq == 1


async def test_nothing_is_acknowledged_before_it_is_stored(
    database: Database, office: Office, intake: Intake, wang: str
) -> None:
    """Whoever hears of it can read it over another connection, in the order in which it came."""
    heard: list[int] = []
    stored: list[int] = []
    other = Database(database.url)

    def then(result: Result) -> None:
        assert isinstance(result, Taken)
        heard.append(result.message.seq)

    async def look(_change: object) -> None:
        async with other.read() as session:
            query = select(DbMessage.seq).where(DbMessage.conversation_id == wang)
            stored.append(len(list(await session.scalars(query))))

    looks: list[asyncio.Task[None]] = []
    stop = office.feed.listen_to_all(lambda change: looks.append(asyncio.create_task(look(change))))
    for number in range(30):
        intake.put(Said(wang, f"client-{number:04d}", text=f"第{number}句"), then)
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        while len(heard) < 30:
            await asyncio.sleep(0.01)
    await asyncio.gather(*looks)
    stop()
    await other.close()
    assert heard == list(range(1, 31))
    assert stored
    assert stored[-1] == 30


async def test_who_died_before_hearing_of_it_asks_again_and_gets_the_same(
    office: Office, wang: str
) -> None:
    """The process ends between commit and acknowledgement: nothing is stored twice."""
    before = Intake(office)
    before.start()
    before.put(Said(wang, "client-0001", text="还在吗"), lambda _result: None)
    async with asyncio.timeout(30):
        while not await said(office, wang):
            await asyncio.sleep(0.01)
    await before.stop()
    after = Intake(office)
    after.start()
    again = await after.take(Said(wang, "client-0001", text="还在吗"))
    new = await after.take(Said(wang, "client-0002", text="在"))
    await after.stop()
    assert (again.replayed, again.message.seq) == (True, 1)
    assert (new.replayed, new.message.seq) == (False, 2)
    assert len(await said(office, wang)) == 2


async def test_a_stop_tells_those_whose_words_were_not_stored(office: Office, wang: str) -> None:
    """They were never acknowledged, so their widgets send them again."""
    results: list[Result] = []
    intake = Intake(office)  # never started: as if the stop came first
    intake.put(Said(wang, "client-0001", text="在"), results.append)
    await intake.stop()
    assert [type(each) for each in results] == [IntakeClosedError]
    assert await said(office, wang) == []


async def test_what_is_being_written_at_a_stop_is_written_and_told(
    office: Office, wang: str
) -> None:
    results: list[Result] = []
    intake = Intake(office)
    intake.start()
    async with office.database.turn():
        intake.put(Said(wang, "client-0001", text="在"), results.append)
        await asyncio.sleep(0.05)  # on SQLite it waits for its turn now
        intake.put(Said(wang, "client-0002", text="吗"), results.append)
        stopping = asyncio.create_task(intake.stop())
        await asyncio.sleep(0.05)
    async with asyncio.timeout(30):
        await stopping
        while len(results) < 2:
            await asyncio.sleep(0.01)
    stored = [each.message.draft.text for each in results if isinstance(each, Taken)]
    assert stored[:1] == ["在"]
    assert [each.draft.text for each in await said(office, wang)] == stored


@pytest.mark.parametrize("owner", [Owner.BOT, Owner.QUEUED, Owner.AGENT, Owner.CLOSED])
@pytest.mark.parametrize("text", ["还在等", "好的谢谢", "我的电话13812345678"])
async def test_a_group_writes_what_one_transaction_of_its_own_would(
    office: Office, intake: Intake, lin: Speaker, owner: Owner, text: str
) -> None:
    """Two equal conversations, one written by the group, the other by the mapper."""
    grouped, alone = [await _owned(office, owner, lin) for _ in range(2)]
    await intake.take(Said(grouped, "client-0001", text=text))
    async with office.write() as pen:
        receive(pen, await pen.conversation(alone), Said(alone, "client-0001", text=text))
    assert await _columns(office, grouped) == await _columns(office, alone)
    one, other = [(await said(office, each))[-1] for each in (grouped, alone)]
    assert replace(one, id="", conversation_id="") == replace(other, id="", conversation_id="")
    assert await _events(office, grouped) == await _events(office, alone)


async def test_the_owner_changes_inside_a_group(
    office: Office, intake: Intake, wang: str, lin: Speaker
) -> None:
    """The first message after the end brings the bot back; the others of the group are its own."""
    async with office.write() as pen:
        changes.close(pen, await pen.conversation(wang), lin, reason=CloseReason.SOLVED, epoch=1)
    ended = await conversation(office, wang)
    sent = [Said(wang, f"client-{n:04d}", text=f"第{n}句") for n in (1, 2, 1, 3)]
    taken = await asyncio.gather(*(intake.take(each) for each in sent))
    assert [each.replayed for each in taken] == [False, False, True, False]
    assert {each.message.epoch for each in taken} == {ended.owner_epoch + 1}
    seqs = [each.message.seq - ended.last_seq for each in taken]
    assert seqs == [1, 2, 1, 3]
    async with office.write() as pen:  # an answer decided before the end reaches nobody
        row = await pen.conversation(wang)
        draft = spoken(lin, "马上补发", client_id="answer-0001", image=None)
        assert answer(pen, row, lin, draft, epoch=ended.owner_epoch).draft.internal


async def test_whoever_else_writes_gets_a_turn_between_two_groups(
    office: Office, intake: Intake, wang: str
) -> None:
    """The thread takes group after group as long as words come, and they come without end."""
    is_over = False

    def again(result: Result) -> None:
        assert isinstance(result, Taken)
        if not is_over:
            intake.put(Said(wang, f"client-{result.message.seq:06d}", text="还在吗"), again)

    for number in range(3):
        intake.put(Said(wang, f"first-{number:06d}", text="在"), again)
    async with asyncio.timeout(30):
        for _ in range(3):
            async with office.write() as pen:
                pen.touch(await pen.conversation(wang))
    is_over = True
    assert (await conversation(office, wang)).revision >= 3


async def test_the_feed_expects_what_is_being_stored(
    office: Office, intake: Intake, wang: str
) -> None:
    taking = asyncio.create_task(intake.take(Said(wang, "client-0001", text="在")))
    await asyncio.sleep(0)
    assert office.feed.expects(wang)
    await taking
    with pytest.raises(NoSuchConversationError):
        await intake.take(Said("nobody", "client-0001", text="在"))
    assert not office.feed.expects(wang)
    assert not office.feed.expects("nobody")


def test_the_flow_is_of_this_second_or_the_last_one() -> None:
    flow = Flow()
    assert flow.per_second() == 0
    flow.note(3)
    flow.note(4)
    assert flow.per_second() == 7


async def _owned(office: Office, owner: Owner, agent: Speaker) -> str:
    who = await visit(office)
    async with office.write() as pen:
        row = await pen.conversation(who)
        if owner is Owner.QUEUED:
            row.owner = Owner.QUEUED
        elif owner is not Owner.BOT:
            changes.take(pen, row, agent)
            row.agent_answered_at = pen.now
        if owner is Owner.CLOSED:
            changes.close(pen, row, agent, reason=CloseReason.SOLVED, epoch=row.owner_epoch)
    return who


async def _columns(office: Office, who: str) -> dict[str, object]:
    row = await conversation(office, who)
    own = {"id", "visitor_id"}
    return {each.key: getattr(row, each.key) for each in inspect(row).mapper.column_attrs} | (
        dict.fromkeys(own)
    )


async def _events(office: Office, who: str) -> list[tuple[object, ...]]:
    query = select(DbConversationEvent).where(DbConversationEvent.conversation_id == who)
    async with office.database.read() as session:
        rows = await session.scalars(query.order_by(DbConversationEvent.id))
        return [(row.kind, row.actor, row.epoch, row.seq, row.detail, row.at) for row in rows]
