"""Plain rows say what the mapped rows say, and messages in a batch find them."""

import asyncio

import pytest
from chat import Clock, conversation, visit

from desk import changes
from desk.changes import Speaker
from desk.intake import Intake
from desk.office import Office
from desk.plain_rows import PlainRows
from desk.speaking import Said
from desk.states import CloseReason, Owner
from desk.tables import DbConversation
from storage.batches import BatchWriter

UNREAD = {"card_sealed"}


async def _plain(office: Office, *ids: str) -> dict[str, DbConversation]:
    writer = BatchWriter(office.database.url)
    try:
        return await writer.run(
            lambda: writer.write(lambda session: PlainRows(session, set(ids)).conversations)
        )
    finally:
        await writer.close()


async def test_every_column_is_as_the_mapper_reads_it(
    office: Office, wang: str, lin: Speaker, clock: Clock
) -> None:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        changes.take(pen, row, lin)
    whole = await conversation(office, wang)
    plain = (await _plain(office, wang))[wang]
    columns = {column.key for column in DbConversation.__table__.columns} - UNREAD
    assert {key: getattr(plain, key) for key in columns} == {
        key: getattr(whole, key) for key in columns
    }
    assert plain.assigned_at == clock.now  # aware, as everywhere
    with pytest.raises(AttributeError):
        _ = plain.card_sealed


async def test_only_what_exists_is_returned(office: Office, wang: str) -> None:
    assert set(await _plain(office, wang, "nobody")) == {wang}
    assert await _plain(office) == {}


async def test_a_batch_may_hold_ended_and_running_talks(
    office: Office, wang: str, lin: Speaker
) -> None:
    li = await visit(office)
    async with office.write() as pen:
        changes.close(pen, await pen.conversation(wang), lin, reason=CloseReason.SOLVED, epoch=1)
    intake = Intake(office)
    intake.start()
    taken = await asyncio.gather(
        intake.take(Said(wang, "client-0001", text="还有事")),
        intake.take(Said(li, "client-0001", text="在吗")),
        intake.take(Said(wang, "client-0002", text="人呢")),
    )
    await intake.stop()
    assert not any(each.replayed for each in taken)
    back, other = await conversation(office, wang), await conversation(office, li)
    assert (back.owner, back.owner_epoch, back.last_customer_seq) == (Owner.BOT, 3, back.last_seq)
    assert (other.last_seq, other.last_text, other.unread) == (1, "在吗", 1)
