"""What was said is erased: on request at once, by itself in its time, and nothing else with it."""

import base64
from datetime import timedelta

import pytest
from chat import Clock, conversation, said
from sqlalchemy import select, text

from desk import changes
from desk.changes import Speaker
from desk.forgetting import AT_ONCE, ChatUnderWayError, Keeping, erase_customer, erase_expired
from desk.office import Office
from desk.pictures import picture_view, store
from desk.speaking import Said, receive, spoken
from desk.states import CloseReason
from desk.tables import DbAttachment, DbMessage, DbVisitor
from desk.visitors import arrive
from desk.wording import ERASED
from storage.audit import DbAuditEvent

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
KEEP = timedelta(days=30)
CARD = '{"order_number": "413658975265284658", "wish": "退羽绒服"}'
TABLES = ("conversation", "message", "attachment", "rating", "promise")


async def _chat(office: Office, agent: Speaker, *, customer: str, ends: bool = True) -> str:
    """A conversation with a number, a picture, an answer and thanks; returns its id."""
    async with office.write() as pen:
        arrival = await arrive(
            pen, office.policy, token=None, conversation_id=None, customer_id=customer
        )
        row = arrival.conversation
        await pen.session.flush()
        photo = store(pen, conversation=row.id, sent_by="customer", content=PIXEL)
        row.card = CARD
        receive(pen, row, Said(row.id, "first-001", text="我是王芳，电话19900002643"))
        receive(pen, row, Said(row.id, "photo-001", image=picture_view(photo)))
        changes.take(pen, row, agent)
        pen.say(row, spoken(agent, "王芳女士您好", client_id="answer-01", image=None))
        receive(pen, row, Said(row.id, "thanks-01", text="好的谢谢"))
        if ends:
            changes.close(pen, row, agent, reason=CloseReason.SOLVED, epoch=row.owner_epoch)
    return row.id


async def _everything(office: Office) -> str:
    async with office.database.read() as session:
        rows = [(await session.execute(text(f"SELECT * FROM {name}"))).all() for name in TABLES]
    return str(rows)


async def test_a_customer_is_forgotten_and_nobody_else(office: Office, lin: Speaker) -> None:
    hers = await _chat(office, lin, customer="C0001")
    others = await _chat(office, lin, customer="C0002")
    before = await said(office, others)
    async with office.database.write() as session:
        assert await erase_customer(session, "C0001", actor="cli", now=office.clock()) == 1
    words = [message.draft.text for message in await said(office, hers)]
    assert "好的谢谢" in words
    assert set(words) == {ERASED, "好的谢谢"}
    row = await conversation(office, hers)
    assert row.card == '{"order_number": "413658975265284658"}'
    assert (row.last_text, row.customer_text) == (ERASED, ERASED)
    assert (row.customer_id, row.erased_at) == ("C0001", office.clock())
    assert await said(office, others) == before
    assert (await conversation(office, others)).card == CARD
    async with office.database.read() as session:
        pictures = (await session.scalars(select(DbAttachment.conversation_id))).all()
        browsers = (await session.scalars(select(DbVisitor.customer_id))).all()
        entry = await session.scalar(select(DbAuditEvent).order_by(DbAuditEvent.id.desc()))
    assert (pictures, sorted(map(str, browsers))) == ([others], ["C0002", "None"])
    assert entry is not None
    assert (entry.action, entry.object_id) == ("conversations.erased", "C0001")
    assert entry.detail == {"conversations": 1}


async def test_no_table_tells_it_afterwards(office: Office, lin: Speaker) -> None:
    await _chat(office, lin, customer="C0001")
    assert "王芳" in await _everything(office)
    async with office.database.write() as session:
        await erase_customer(session, "C0001", actor="cli", now=office.clock())
        sealed = select(DbMessage.id).where(DbMessage.original_sealed.is_not(None))
        assert (await session.scalars(sealed)).all() == []
    left = await _everything(office)
    assert not [word for word in ("王芳", "199****2643", "羽绒服", "chat-images") if word in left]


async def test_a_chat_under_way_is_not_cut_off(office: Office, lin: Speaker) -> None:
    over = await _chat(office, lin, customer="C0001")
    await _chat(office, lin, customer="C0001", ends=False)
    before = await said(office, over)
    with pytest.raises(ChatUnderWayError):
        async with office.database.write() as session:
            await erase_customer(session, "C0001", actor="cli", now=office.clock())
    assert await said(office, over) == before


@pytest.mark.parametrize(("past_the_time", "erased"), [(-1, 0), (0, 0), (1, 1)])
async def test_time_is_up_when_it_is_over(
    office: Office, lin: Speaker, clock: Clock, past_the_time: int, erased: int
) -> None:
    await _chat(office, lin, customer="C0001")
    clock.now += KEEP + timedelta(seconds=past_the_time)
    async with office.database.write() as session:
        assert await erase_expired(session, keep=KEEP, now=clock()) == erased
    async with office.database.write() as session:
        assert await erase_expired(session, keep=KEEP, now=clock()) == 0


async def test_who_comes_back_is_kept_as_long_again(
    office: Office, lin: Speaker, clock: Clock
) -> None:
    hers = await _chat(office, lin, customer="C0001")
    clock.advance(days=31)
    async with office.database.write() as session:
        await erase_expired(session, keep=KEEP, now=clock())
    clock.advance(hours=1)
    async with office.write() as pen:
        row = await pen.conversation(hers)
        changes.reopen(pen, row, lin)
        pen.say(row, spoken(lin, "您好，上次的事", client_id="again-001", image=None))
        changes.close(pen, row, lin, reason=CloseReason.SOLVED, epoch=row.owner_epoch)
    async with office.database.write() as session:
        assert await erase_expired(session, keep=KEEP, now=clock()) == 0
    clock.advance(days=31)
    async with office.database.write() as session:
        assert await erase_expired(session, keep=KEEP, now=clock()) == 1
    assert "您好，上次的事" not in await _everything(office)


async def test_the_round_goes_on_until_nothing_is_due(
    office: Office, lin: Speaker, clock: Clock
) -> None:
    for _ in range(AT_ONCE + 1):
        await _chat(office, lin, customer="C0001")
    clock.advance(days=office.policy.keeping.words_days, seconds=1)
    assert await Keeping(office).look() == AT_ONCE + 1
    async with office.database.read() as session:
        left = select(DbMessage).where(DbMessage.text.contains("王芳"))
        assert (await session.scalars(left)).all() == []
