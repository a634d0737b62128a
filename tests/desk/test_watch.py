"""What other processes write is noticed, and what this one is about to tell is left to it."""

from desk.feed import Notice
from desk.office import Office
from desk.pen import Change
from desk.speaking import Said, receive
from desk.watch import Watch
from storage.engine import Database


async def test_what_another_process_writes_is_noticed(
    office: Office, database: Database, wang: str
) -> None:
    here, heard = await _watch(office, wang)
    await _say_elsewhere(office, database, wang)
    assert heard == []
    assert await here.look() == 1
    assert heard == [1]


async def test_what_this_process_is_storing_is_not_told_twice(
    office: Office, database: Database, wang: str
) -> None:
    here, heard = await _watch(office, wang)
    office.feed.expect(wang)
    office.feed.expect(wang)
    await _say_elsewhere(office, database, wang)
    assert await here.look() == 0
    office.feed.came(wang, 1)
    assert await here.look() == 0
    office.feed.came(wang, 1)  # nothing was published, so the look after it tells
    assert await here.look() == 1
    assert heard == [1]


async def _watch(office: Office, who: str) -> tuple[Watch, list[int]]:
    """Return a watch that has looked once, and the numbers that the feed tells of a talk."""
    heard: list[int] = []

    def listener(notice: Notice) -> None:
        if isinstance(notice, Change):
            heard.append(notice.conversation.last_seq)

    watch = Watch(office)
    await watch.look()
    office.feed.listen(who, listener)
    return watch, heard


async def _say_elsewhere(office: Office, database: Database, who: str) -> None:
    elsewhere = Office(
        database, office.policy, office.opening, clocks=office.clocks, clock=office.clock
    )
    async with elsewhere.write() as pen:
        receive(pen, await pen.conversation(who), Said(who, "there-001", text="从另一台来"))
