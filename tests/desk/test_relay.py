"""The carrier between chat and bot; what customers see of it is tested through the sockets."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from chat import conversation, said
from sqlalchemy.pool import QueuePool

from desk import changes
from desk.changes import Speaker
from desk.office import Office
from desk.pen import Change
from desk.relay import Relay
from desk.speaking import Said, ask_human, receive
from desk.states import CloseReason, Kind, Owner, Sender


class Greeter:
    """A bot that has one answer."""

    async def ask(
        self, sender: str, text: str, *, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        return [{"recipient_id": sender, "text": "您好"}]


@pytest.mark.parametrize("turns_of_the_loop", range(0, 24, 3))
async def test_a_stop_right_after_an_answer_leaves_no_connection_in_use(
    office: Office, wang: str, turns_of_the_loop: int
) -> None:
    answered = asyncio.Event()

    def hear(change: Change) -> None:
        if any(message.draft.sender is Sender.BOT for message in change.messages):
            answered.set()

    office.feed.listen_to_all(hear)
    relay = Relay(office, Greeter(), bot_timeout=timedelta(seconds=5))
    relay.start()
    async with office.write() as pen:
        receive(pen, await pen.conversation(wang), Said(wang, "client-0001", text="在吗"))
    await asyncio.wait_for(answered.wait(), 30)
    for _ in range(turns_of_the_loop):
        await asyncio.sleep(0)
    await relay.stop()
    pool = office.database.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    assert [message.draft.text for message in await said(office, wang)] == ["在吗", "您好"]


class Hander:
    """A bot that hands over with a wish."""

    def __init__(self, wish: object) -> None:
        self.card = {"reason": "asked_human", "card": {"wish": wish}}

    async def ask(
        self, sender: str, text: str, *, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        handoff = {"custom": {"handoff": self.card}}
        return [{"text": "正在为您转接人工客服"}, handoff]


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ("锅把手断了，\n烫到孩子", "锅把手断了， 烫到孩子"),  # what it heard before she asked
        ("打19900002643找我", "打199****2643找我"),
        (None, "转人工"),
        ("/ask_human", "转人工"),  # a payload is no sentence of hers
        ("  ", "转人工"),
    ],
)
async def test_the_list_shows_what_a_waiting_customer_wants(
    office: Office, wang: str, wish: object, shown: str
) -> None:
    queued = asyncio.Event()

    def hear(change: Change) -> None:
        if change.conversation.owner == Owner.QUEUED:
            queued.set()

    office.feed.listen_to_all(hear)
    relay = Relay(office, Hander(wish), bot_timeout=timedelta(seconds=5))
    relay.start()
    async with office.write() as pen:
        receive(pen, await pen.conversation(wang), Said(wang, "client-0001", text="转人工"))
    await asyncio.wait_for(queued.wait(), 30)
    await relay.stop()
    assert (await conversation(office, wang)).customer_text == shown
    async with office.write() as pen:  # what she adds while she waits stands beside it
        receive(pen, await pen.conversation(wang), Said(wang, "client-0002", text="人呢"))
    row = await conversation(office, wang)
    assert (row.customer_text, row.last_text, row.last_sender) == (shown, "人呢", Sender.CUSTOMER)


async def test_who_comes_back_after_the_end_wants_something_new(
    office: Office, wang: str, lin: Speaker
) -> None:
    async with office.write() as pen:
        row = await pen.conversation(wang)
        receive(pen, row, Said(wang, "client-0001", text="杯子碎了"))
        changes.take(pen, row, lin)
        changes.close(pen, row, lin, reason=CloseReason.SOLVED, epoch=row.owner_epoch)
        receive(pen, row, Said(wang, "client-0002", text="查物流", kind=Kind.BUTTON))
    assert (await conversation(office, wang)).customer_text == "查物流"


async def test_a_tap_says_less_than_the_words_before_it(office: Office, wang: str) -> None:
    async def texts(*each: Said) -> list[str]:
        shown = []
        for one in each:
            async with office.write() as pen:
                row = await pen.conversation(wang)
                if one.text == "转人工":
                    await ask_human(pen, row, one, office.rules)
                else:
                    receive(pen, row, one)
            shown.append((await conversation(office, wang)).customer_text)
        return shown

    picture = {"url": "/chat-images/1", "width": 1, "height": 1}
    assert await texts(
        Said(wang, "client-0001", text="查物流", kind=Kind.BUTTON),
        Said(wang, "client-0002", text="三天没动了"),
        Said(wang, "client-0003", image=picture, kind=Kind.IMAGE),
        Said(wang, "client-0004", text="盒子都压扁了"),
        Said(wang, "client-0005", text="转人工", kind=Kind.BUTTON),
    ) == ["查物流", "三天没动了", "[图片]", "盒子都压扁了", "盒子都压扁了"]
