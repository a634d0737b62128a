"""The carrier between chat and bot; what customers see of it is tested through the sockets."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from chat import said
from sqlalchemy.pool import QueuePool

from desk.office import Office
from desk.pen import Change
from desk.relay import Relay
from desk.speaking import Said, receive
from desk.states import Sender


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
