"""The usher's round on a real database: gives out, takes back, ends what is idle, settles."""

from datetime import timedelta

from chat import Clock, add_agent, conversation, said, visit
from sqlalchemy import select

from desk import changes
from desk.beats import Beats
from desk.changes import Speaker
from desk.clock_targets import Running, running_clock
from desk.office import Office
from desk.presence import arrive_at_desk, beat, set_status
from desk.promises import Promised, PromiseKind, PromiseState, keep, promise
from desk.rows import read_counts
from desk.speaking import Said, answer, ask_human, leave_message, receive, spoken
from desk.states import AgentStatus, Owner
from desk.usher import Usher
from shop.promises import DbPromise


async def _at_desk(office: Office, agent: Speaker, status: AgentStatus) -> None:
    async with office.write() as pen:
        await arrive_at_desk(pen.session, agent.id, office.policy, status=status, now=pen.now)


async def _asks(office: Office) -> str:
    who = await visit(office)
    async with office.write() as pen:
        row = await pen.conversation(who)
        await ask_human(pen, row, Said(who, "ask-00001", text="转人工"), office.rules)
    return who


async def test_an_accepting_agent_is_given_the_oldest(
    office: Office, lin: Speaker, clock: Clock
) -> None:
    first = await _asks(office)
    clock.advance(seconds=5)
    second = await _asks(office)
    usher = Usher(office)
    assert await usher.give_out() == 0  # nobody is there
    await _at_desk(office, lin, AgentStatus.MANUAL)
    assert await usher.give_out() == 0  # she takes by hand
    async with office.write() as pen:
        await set_status(pen.session, lin.id, AgentStatus.ACCEPTING, now=pen.now)
    assert await usher.give_out() == 2
    rows = [await conversation(office, each) for each in (first, second)]
    assert [row.agent_id for row in rows] == [lin.id, lin.id]
    assert rows[0].assigned_at is not None
    texts = [message.draft.text for message in await said(office, first)]
    assert texts[-1] == "人工客服小林为您服务。"


async def test_a_silent_agent_loses_the_customer_to_a_colleague(
    office: Office, lin: Speaker, zhou: Speaker, clock: Clock
) -> None:
    await _at_desk(office, lin, AgentStatus.ACCEPTING)
    wang = await _asks(office)
    queued_at = clock.now
    usher = Usher(office)
    await usher.give_out()
    await _at_desk(office, zhou, AgentStatus.ACCEPTING)
    clock.advance(seconds=60)
    await _beats(office, lin, zhou)
    assert await usher.take_back() == 0  # the last second of her time
    clock.advance(seconds=1)
    assert await usher.take_back() == 1
    row = await conversation(office, wang)
    assert (row.owner, row.queued_at, row.missed_by) == (Owner.QUEUED, queued_at, lin.id)
    assert await usher.give_out() == 1
    assert (await conversation(office, wang)).agent_id == zhou.id


async def test_an_agent_who_writes_keeps_the_customer_but_not_for_ever(
    office: Office, lin: Speaker, zhou: Speaker, clock: Clock
) -> None:
    await _at_desk(office, lin, AgentStatus.ACCEPTING)
    wang = await _asks(office)
    usher, heard = Usher(office), Beats(office)
    await usher.give_out()
    revision = (await conversation(office, wang)).revision
    before = await _clock_of(office, wang)
    for _ in range(9):  # 180 seconds: she writes all the time
        clock.advance(seconds=20)
        heard.note(lin.id)
        heard.note_writing(wang, lin.id)
        heard.note_writing(wang, zhou.id)  # a colleague's note puts nothing off
        await heard.write()
        assert await usher.take_back() == 0
    assert (await conversation(office, wang)).revision == revision  # nobody needs to be told
    assert await _clock_of(office, wang) == before  # what the customer is owed did not move
    clock.advance(seconds=1)
    assert await usher.take_back() == 1


async def _clock_of(office: Office, wang: str) -> Running | None:
    running = running_clock(await conversation(office, wang), office.clocks)
    assert running is not None
    return running


async def test_who_writes_elsewhere_or_has_answered_writes_nothing_down(
    office: Office, lin: Speaker, zhou: Speaker
) -> None:
    wang = await _asks(office)
    async with office.write() as pen:
        changes.take(pen, await pen.conversation(wang), lin)
    heard = Beats(office)
    heard.note_writing(wang, zhou.id)
    await heard.write()
    assert (await conversation(office, wang)).agent_wrote_at is None
    async with office.write() as pen:
        row = await pen.conversation(wang)
        draft = spoken(lin, "您好", client_id="answer-01", image=None)
        answer(pen, row, lin, draft, epoch=row.owner_epoch)
    heard.note_writing(wang, lin.id)
    await heard.write()
    assert (await conversation(office, wang)).agent_wrote_at is None


async def _beats(office: Office, *agents: Speaker) -> None:
    async with office.write() as pen:
        for agent in agents:
            await beat(pen.session, [agent.id], now=pen.now)


async def test_an_agent_who_is_gone_loses_only_who_waits(
    office: Office, lin: Speaker, clock: Clock
) -> None:
    await _at_desk(office, lin, AgentStatus.ACCEPTING)
    waits, content = await _asks(office), await _asks(office)
    usher = Usher(office)
    await usher.give_out()
    draft = spoken(lin, "已经办好了", client_id="answer-001", image=None)
    async with office.write() as pen:
        row = await pen.conversation(content)
        answer(pen, row, lin, draft, epoch=row.owner_epoch)
    clock.advance(seconds=46)  # no heartbeat meanwhile: her browser is closed
    assert await usher.take_back() == 1
    assert (await conversation(office, waits)).owner == Owner.QUEUED
    assert (await conversation(office, content)).owner == Owner.AGENT
    async with office.write() as pen:  # and now the other one writes again
        receive(pen, await pen.conversation(content), Said(content, "more-0001", text="还有一件事"))
    assert await usher.take_back() == 1


async def test_after_a_restart_agents_have_their_full_time_again(
    office: Office, lin: Speaker, clock: Clock
) -> None:
    await _at_desk(office, lin, AgentStatus.ACCEPTING)
    await _asks(office)
    await Usher(office).give_out()
    clock.advance(minutes=10)  # the server was down all the while
    restarted = Usher(office)
    assert await restarted.take_back() == 0
    clock.advance(seconds=46)
    assert await restarted.take_back() == 1


async def test_a_day_of_silence_ends_a_talk_with_the_bot(office: Office, clock: Clock) -> None:
    silent, waiting = await visit(office), await _asks(office)
    clock.advance(hours=24)
    assert await Usher(office).end_idle() == 0
    clock.advance(seconds=1)
    assert await Usher(office).end_idle() == 1
    assert (await conversation(office, silent)).owner == Owner.CLOSED
    assert (await conversation(office, waiting)).owner == Owner.QUEUED  # nobody is forgotten


async def _promise(office: Office, wang: str, due: timedelta) -> str:
    async with office.write() as pen:
        promised = Promised(
            kind=PromiseKind.REPLY_BY,
            text="两小时内答复",
            due_at=pen.now + due,
            made_by="agent:x",
            made_by_name="小林",
        )
        entry = await promise(pen, await pen.conversation(wang), promised)
    return entry.id


async def _entry(office: Office, promise_id: str) -> DbPromise:
    async with office.database.read() as session:
        entry = await session.get(DbPromise, promise_id)
    assert entry is not None
    return entry


async def test_an_overdue_promise_is_broken_and_can_be_kept_late(
    office: Office, wang: str, clock: Clock
) -> None:
    made = await _promise(office, wang, timedelta(hours=2))
    usher = Usher(office)
    clock.advance(hours=2)
    assert await usher.settle_promises() == 0  # the last moment
    clock.advance(seconds=1)
    assert await usher.settle_promises() == 1
    assert (await _entry(office, made)).state == PromiseState.BROKEN
    assert await usher.settle_promises() == 0  # counted once
    async with office.write() as pen:
        entry = await pen.session.get(DbPromise, made)
        assert entry is not None
        keep(pen, await pen.conversation(wang), entry, actor="agent:x")
    kept = await _entry(office, made)
    assert (kept.state, kept.broken_at is not None) == (PromiseState.KEPT, True)


async def test_promises_are_counted_one_by_one_due_and_open(
    office: Office, clock: Clock, wang: str
) -> None:
    for due in (timedelta(hours=2), timedelta(hours=2), timedelta(days=2)):
        await _promise(office, wang, due)
    clock.advance(hours=3)
    async with office.database.read() as session:
        counts = (await read_counts(session, now=clock())).for_agent("a1")
    assert (counts["promises"], counts["promises_open"]) == (2, 3)


async def test_a_left_message_leaves_the_line_with_a_promise(office: Office) -> None:
    wang = await _asks(office)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        note = Said(wang, "leave-001", text="请回电 13812345678")
        await leave_message(pen, row, note, office.rules, phone="13812345678")
    row = await conversation(office, wang)
    assert (row.owner, row.queued_at) == (Owner.BOT, None)
    assert row.bot_done_seq == row.last_customer_seq  # the bot leaves it to the desk
    async with office.database.read() as session:
        (entry,) = (await session.scalars(select(DbPromise))).all()
        assert entry.phone == "13812345678"
        assert "13812345678" not in entry.text
        assert entry.due_at == office.clock() + timedelta(hours=4)


async def test_transferring_to_an_agent_of_another_team(office: Office, lin: Speaker) -> None:
    await _at_desk(office, lin, AgentStatus.ACCEPTING)
    fitter = await add_agent(office, "小安", skills=("安装",))
    await _at_desk(office, fitter, AgentStatus.ACCEPTING)
    wang = await _asks(office)
    usher = Usher(office)
    await usher.give_out()
    async with office.write() as pen:
        row = await pen.conversation(wang)
        mine = lin if row.agent_id == lin.id else fitter
        await changes.transfer_to_skill(
            pen, row, mine, office.rules, skill="安装", epoch=row.owner_epoch
        )
    await usher.give_out()
    assert (await conversation(office, wang)).agent_id == fitter.id
