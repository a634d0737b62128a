"""Signs of life are written together and none is lost."""

import asyncio
from datetime import datetime

import pytest
from chat import Clock
from sqlalchemy import select

from desk.beats import Beats
from desk.changes import Speaker
from desk.office import Office
from desk.presence import arrive_at_desk
from desk.tables import DbPresence


@pytest.fixture
async def there(office: Office, lin: Speaker, zhou: Speaker) -> None:
    """Both are at the desk."""
    async with office.write() as pen:
        for agent in (lin, zhou):
            await arrive_at_desk(pen.session, agent.id, office.policy, status=None, now=pen.now)


async def _seen(office: Office) -> dict[str, datetime]:
    async with office.database.read() as session:
        return {row.staff_id: row.heartbeat_at for row in await session.scalars(select(DbPresence))}


@pytest.mark.usefixtures("there")
async def test_whoever_was_heard_is_written_and_nobody_else(
    office: Office, clock: Clock, lin: Speaker, zhou: Speaker
) -> None:
    before = clock.now
    beats = Beats(office)
    clock.advance(seconds=15)
    beats.note(lin.id)
    beats.note(lin.id)
    await beats.write()
    assert await _seen(office) == {lin.id: clock.now, zhou.id: before}


@pytest.mark.usefixtures("there")
async def test_what_was_written_is_not_written_again(
    office: Office, clock: Clock, lin: Speaker
) -> None:
    beats = Beats(office)
    beats.note(lin.id)
    await beats.write()
    heard_at = clock.now
    clock.advance(seconds=15)
    await beats.write()
    assert (await _seen(office))[lin.id] == heard_at


async def test_who_never_came_to_the_desk_gets_no_presence(office: Office, lin: Speaker) -> None:
    beats = Beats(office)
    beats.note(lin.id)
    await beats.write()
    assert await _seen(office) == {}


@pytest.mark.usefixtures("there")
async def test_a_stop_writes_what_was_heard_last(
    office: Office, clock: Clock, lin: Speaker
) -> None:
    beats = Beats(office)
    beats.start()
    await asyncio.sleep(0)
    clock.advance(seconds=15)
    beats.note(lin.id)
    await beats.stop()
    assert (await _seen(office))[lin.id] == clock.now


@pytest.mark.usefixtures("there")
async def test_a_failed_writing_forgets_nobody(
    office: Office, clock: Clock, lin: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = Beats(office)
    beats.note(lin.id)
    clock.advance(seconds=15)
    with monkeypatch.context() as broken:
        broken.setattr(office, "clock", lambda: datetime(2026, 11, 22))  # noqa: DTZ001 - refused
        with pytest.raises(Exception, match=r"."):
            await beats.write()
    await beats.write()
    assert (await _seen(office))[lin.id] == clock.now
