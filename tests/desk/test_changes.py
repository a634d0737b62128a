"""Who may speak: every step, what the customer is told, what an outdated agent can do."""

import pytest
from chat import Clock, add_agent, conversation, said, visit

from desk import changes
from desk.changes import NotYoursError, Speaker, StaleError
from desk.messages import Message
from desk.office import Office
from desk.ownership import NotPossibleError
from desk.pen import Pen
from desk.speaking import Said, answer, ask_human, cancel_wait, receive, spoken
from desk.states import CloseReason, HandoffReason, Owner, Sender
from desk.tables import DbConversation
from desk.undoing import TooLateError, undo


async def _ask(office: Office, wang: str, client_id: str = "ask00001") -> Message:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        return await ask_human(pen, row, Said(wang, client_id, text="转人工"), office.rules)


async def _say(office: Office, wang: str, text: str, client_id: str) -> Message:
    async with office.write() as pen:
        return receive(pen, await pen.conversation(wang), Said(wang, client_id, text=text))


async def _take(office: Office, wang: str, agent: Speaker) -> int:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.take(pen, row, agent)
    return row.owner_epoch


async def _answer(office: Office, wang: str, agent: Speaker, text: str, epoch: int) -> Message:
    draft = spoken(agent, text, client_id=f"{agent.name}-{text}", image=None)
    async with office.write() as pen:
        return answer(pen, await pen.conversation(wang), agent, draft, epoch=epoch)


async def test_asking_for_a_human_queues_and_tells_where(office: Office, wang: str) -> None:
    await _ask(office, wang)
    row = await conversation(office, wang)
    assert (row.owner, row.owner_epoch, row.reason) == (Owner.QUEUED, 2, HandoffReason.ASKED_HUMAN)
    assert row.waiting_since == row.queued_at == office.clock()
    asked, told = await said(office, wang)
    assert (asked.draft.sender, asked.epoch) == (Sender.CUSTOMER, 1)
    assert told.draft.sender is Sender.SYSTEM
    assert "排在第 1 位" in told.draft.text
    assert "没有客服在线" in told.draft.text


async def test_asking_twice_keeps_the_place(office: Office, wang: str, clock: Clock) -> None:
    await _ask(office, wang)
    since = clock.now
    clock.advance(minutes=5)
    await _ask(office, wang, "ask00002")
    row = await conversation(office, wang)
    assert (row.owner_epoch, row.queued_at) == (2, since)


async def test_the_agent_who_takes_is_announced_and_speaks(
    office: Office, wang: str, lin: Speaker
) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    await _answer(office, wang, lin, "您好，我看到您的订单了。", epoch)
    row = await conversation(office, wang)
    assert (row.owner, row.agent_id, row.waiting_since) == (Owner.AGENT, lin.id, None)
    assert row.own_agent_id == lin.id
    texts = [message.draft.text for message in await said(office, wang, internal=False)]
    assert texts[-2:] == ["人工客服小林为您服务。", "您好，我看到您的订单了。"]


async def test_taking_ones_own_again_changes_nothing(
    office: Office, wang: str, lin: Speaker
) -> None:
    await _ask(office, wang)
    assert await _take(office, wang, lin) == await _take(office, wang, lin)
    assert len(await said(office, wang)) == 3


async def test_only_a_lead_takes_from_a_colleague(
    office: Office, wang: str, lin: Speaker, zhou: Speaker
) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    with pytest.raises(NotYoursError):
        await _take(office, wang, zhou)
    lead = Speaker(zhou.id, zhou.name, may_take_over=True)
    assert await _take(office, wang, lead) == epoch + 1


async def test_a_lead_who_meant_the_line_takes_nobody_from_a_quicker_colleague(
    office: Office, wang: str, lin: Speaker, zhou: Speaker
) -> None:
    await _ask(office, wang)
    lead = Speaker(zhou.id, zhou.name, may_take_over=True)
    async with office.write() as pen:
        seen = (await pen.conversation(wang)).owner_epoch
    taken = await _take(office, wang, lin)
    with pytest.raises(StaleError):
        async with office.write() as pen:
            changes.take(pen, await pen.conversation(wang), lead, epoch=seen)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        assert (row.agent_id, row.owner_epoch) == (lin.id, taken)
        changes.take(pen, row, lead, epoch=taken)  # she looked again, and means it
        assert row.agent_id == lead.id


async def test_words_under_an_old_epoch_are_kept_as_a_note(
    office: Office, wang: str, lin: Speaker, zhou: Speaker
) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    async with office.write() as pen:
        changes.transfer(pen, await pen.conversation(wang), lin, zhou, epoch=epoch)
    kept = await _answer(office, wang, lin, "给您退二十元", epoch)
    assert kept.draft.internal
    shown = [message.draft.text for message in await said(office, wang, internal=False)]
    assert not any("二十元" in text for text in shown)
    assert shown[-1] == "已为您转给小周，前面的聊天记录会一起转过去。"


async def test_transfer_keeps_the_customer_waiting_for_the_new_agent(
    office: Office, wang: str, lin: Speaker, zhou: Speaker, clock: Clock
) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    await _answer(office, wang, lin, "我请同事来看", epoch)
    clock.advance(seconds=10)
    async with office.write() as pen:
        changes.transfer(pen, await pen.conversation(wang), lin, zhou, epoch=epoch)
    row = await conversation(office, wang)
    assert (row.agent_id, row.agent_answered_at, row.waiting_since) == (zhou.id, None, clock.now)


async def test_transfer_to_a_skill_returns_to_the_line_at_the_old_place(
    office: Office, wang: str, lin: Speaker, clock: Clock
) -> None:
    await _ask(office, wang)
    since = clock.now
    epoch = await _take(office, wang, lin)
    clock.advance(minutes=3)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        await changes.transfer_to_skill(pen, row, lin, office.rules, skill="安装", epoch=epoch)
    row = await conversation(office, wang)
    assert (row.owner, row.skill, row.queued_at, row.agent_id) == ("queued", "安装", since, None)


async def test_hand_back_lets_the_bot_begin_afresh(office: Office, wang: str, lin: Speaker) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    async with office.write() as pen:
        changes.hand_back(pen, await pen.conversation(wang), lin, epoch=epoch)
    row = await conversation(office, wang)
    assert (row.owner, row.bot_session, row.agent_id) == (Owner.BOT, 2, None)
    assert row.bot_done_seq == row.last_customer_seq  # nothing old is answered again


async def test_a_message_after_the_end_starts_at_the_bot(
    office: Office, wang: str, lin: Speaker
) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.close(pen, row, lin, reason=CloseReason.SOLVED, epoch=epoch)
    closed = await conversation(office, wang)
    assert (closed.owner, closed.close_reason) == (Owner.CLOSED, "solved")
    message = await _say(office, wang, "还有个问题", "again001")
    row = await conversation(office, wang)
    assert (row.owner, row.closed_at, row.bot_session) == (Owner.BOT, None, 2)
    assert message.seq > row.bot_done_seq
    assert message.epoch == row.owner_epoch == closed.owner_epoch + 1


async def test_reopening_makes_it_mine_again(office: Office, wang: str, lin: Speaker) -> None:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.close(pen, row, lin, reason=CloseReason.SPAM, epoch=row.owner_epoch)
        changes.reopen(pen, row, lin)
    row = await conversation(office, wang)
    assert (row.owner, row.agent_id, row.closed_at) == (Owner.AGENT, lin.id, None)


async def test_leaving_the_line_returns_to_the_bot(office: Office, wang: str) -> None:
    await _ask(office, wang)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        cancel_wait(pen, row, Said(wang, "cancel01", text="不等了"))
    row = await conversation(office, wang)
    assert (row.owner, row.queued_at, row.waiting_since) == (Owner.BOT, None, None)
    assert row.bot_done_seq == row.last_customer_seq


async def test_given_back_goes_to_the_old_place(
    office: Office, wang: str, lin: Speaker, clock: Clock
) -> None:
    await _ask(office, wang)
    since = clock.now
    clock.advance(minutes=1)
    await _take(office, wang, lin)
    clock.advance(minutes=1)
    async with office.write() as pen:
        changes.give_back(pen, await pen.conversation(wang), why="no_answer")
    row = await conversation(office, wang)
    assert (row.owner, row.queued_at, row.agent_id) == (Owner.QUEUED, since, None)
    assert (row.missed_by, row.missed_at) == (lin.id, clock.now)


@pytest.mark.parametrize("step", ["take", "hand_back", "transfer", "transfer_skill", "close"])
async def test_every_change_can_be_undone(
    office: Office, wang: str, lin: Speaker, zhou: Speaker, step: str
) -> None:
    await _ask(office, wang)
    if step != "take":
        await _take(office, wang, lin)
    before = await conversation(office, wang)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        await _do(pen, row, lin, zhou, office, step)
        epoch = row.owner_epoch
    async with office.write() as pen:
        row = await pen.conversation(wang)
        await undo(pen, row, lin, office.rules, epoch=epoch)
    after = await conversation(office, wang)
    for name in ("owner", "agent_id", "queued_at", "waiting_since", "closed_at", "skill"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.owner_epoch == epoch + 1


async def _do(
    pen: Pen, row: DbConversation, lin: Speaker, zhou: Speaker, office: Office, step: str
) -> None:
    epoch = row.owner_epoch
    match step:
        case "take":
            changes.take(pen, row, lin)
        case "hand_back":
            changes.hand_back(pen, row, lin, epoch=epoch)
        case "transfer":
            changes.transfer(pen, row, lin, zhou, epoch=epoch)
        case "transfer_skill":
            await changes.transfer_to_skill(pen, row, lin, office.rules, skill="安装", epoch=epoch)
        case "close":
            changes.close(pen, row, lin, reason=CloseReason.SOLVED, epoch=epoch)


async def test_an_undone_reopening_says_that_it_is_over_again(
    office: Office, wang: str, lin: Speaker
) -> None:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.take(pen, row, lin)
        changes.close(pen, row, lin, reason=CloseReason.SOLVED, epoch=row.owner_epoch)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.reopen(pen, row, lin)
        epoch = row.owner_epoch
    async with office.write() as pen:
        await undo(pen, await pen.conversation(wang), lin, office.rules, epoch=epoch)
    assert (await conversation(office, wang)).owner == Owner.CLOSED
    told = (await said(office, wang))[-1].draft.text
    assert told.startswith("刚才的操作已撤回，本次服务已结束")


async def test_undo_ends_with_time_and_with_what_happened_since(
    office: Office, wang: str, lin: Speaker, zhou: Speaker, clock: Clock
) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        with pytest.raises(TooLateError):  # not hers
            await undo(pen, row, zhou, office.rules, epoch=epoch)
        with pytest.raises(StaleError):
            await undo(pen, row, lin, office.rules, epoch=epoch - 1)
    clock.advance(seconds=10)
    async with office.write() as pen:  # the last moment
        await undo(pen, await pen.conversation(wang), lin, office.rules, epoch=epoch)
    epoch = await _take(office, wang, lin)
    clock.advance(seconds=11)
    async with office.write() as pen:
        with pytest.raises(TooLateError):
            await undo(pen, await pen.conversation(wang), lin, office.rules, epoch=epoch)


async def test_an_undo_is_not_undone(office: Office, wang: str, lin: Speaker) -> None:
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    async with office.write() as pen:
        row = await pen.conversation(wang)
        await undo(pen, row, lin, office.rules, epoch=epoch)
        with pytest.raises(TooLateError):
            await undo(pen, row, lin, office.rules, epoch=row.owner_epoch)


async def test_an_impossible_step_changes_nothing(office: Office, lin: Speaker) -> None:
    wang = await visit(office)
    with pytest.raises(NotYoursError):
        async with office.write() as pen:
            changes.hand_back(pen, await pen.conversation(wang), lin, epoch=1)
    with pytest.raises(NotPossibleError):
        async with office.write() as pen:
            changes.reopen(pen, await pen.conversation(wang), lin)
    row = await conversation(office, wang)
    assert (row.owner, row.owner_epoch, row.last_seq) == (Owner.BOT, 1, 0)


async def test_an_agent_closes_only_her_own_or_nobodys(
    office: Office, wang: str, lin: Speaker
) -> None:
    other = await add_agent(office, "小陈")
    await _ask(office, wang)
    epoch = await _take(office, wang, lin)
    async with office.write() as pen:
        with pytest.raises(NotYoursError):
            row = await pen.conversation(wang)
            changes.close(pen, row, other, reason=CloseReason.SOLVED, epoch=epoch)
