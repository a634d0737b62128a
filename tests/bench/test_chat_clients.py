"""The agent as a program: answers what is hers, once, and again where nobody heard it."""

import random
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from bench.chat_clients import Agent

TALK = "talk"


class Heard(Agent):
    """An agent whose frames are kept instead of sent."""

    sent: list[dict[str, Any]]

    async def send(self, **frame: Any) -> bool:
        self.sent.append(frame)
        return True

    def take(self, kind: str) -> list[dict[str, Any]]:
        found = [frame for frame in self.sent if frame["type"] == kind]
        self.sent.clear()
        return found


@pytest.fixture
async def li() -> Heard:
    one = Heard(cast(ClientSession, None), "", random.Random(1))
    one.sent = []
    await one.hear({"type": "ready", "me": {"id": "li"}})
    return one


def row(revision: int, owner: str | None, *, epoch: int, seq: int = 0) -> dict[str, Any]:
    """A row of the lists: `owner` is an agent's id, or None for the line."""
    return {
        "type": "row",
        "row": {
            "id": TALK,
            "revision": revision,
            "owner": "agent" if owner else "queued",
            "agent": {"id": owner} if owner else None,
            "epoch": epoch,
            "last": {"seq": seq},
        },
    }


def message(seq: int, sender: str, text: str, *, internal: bool = False) -> dict[str, Any]:
    said = {"seq": seq, "sender": sender, "kind": "text", "text": text, "internal": internal}
    return {"type": "message", "conversation": TALK, "message": said}


async def test_she_takes_who_waits_and_answers_once(li: Heard) -> None:
    await li.hear(row(1, None, epoch=2))
    assert [frame["conversation"] for frame in li.take("take")] == [TALK]
    await li.hear(row(2, "li", epoch=3))
    assert [frame["after"] for frame in li.take("watch")] == [0]
    await li.hear(message(1, "customer", "第0句"))
    (words,) = li.take("answer")
    assert (words["text"], words["epoch"]) == ("答：第0句", 3)
    await li.hear(row(3, "li", epoch=3))
    assert li.take("answer") == []  # it is under way
    await li.hear({"type": "done", "ref": words["ref"], "seq": 2, "kept_as_note": None})
    assert li.take("answer") == []
    assert li.confirmed == {words["ref"]: (TALK, 2)}


async def test_after_a_break_she_says_it_again_under_the_same_id(li: Heard) -> None:
    await li.hear(row(1, "li", epoch=3))
    await li.hear(message(1, "customer", "第0句"))
    (words,) = li.take("answer")
    await li.greet()
    await li.hear({"type": "ready", "me": {"id": "li"}})
    assert li.take("answer") == [words]


async def test_she_reads_what_was_said_before_she_answers(li: Heard) -> None:
    await li.hear(row(5, "li", epoch=5, seq=3))
    await li.hear(message(1, "customer", "第0句"))
    await li.hear(message(2, "agent", "答：第0句"))
    assert li.take("answer") == []
    await li.hear(message(3, "customer", "第1句"))
    assert [frame["text"] for frame in li.take("answer")] == ["答：第1句"]


async def test_she_leaves_a_colleagues_customer_alone(li: Heard) -> None:
    await li.hear(row(1, "li", epoch=3))
    await li.hear(row(4, "wang", epoch=5))
    await li.hear(row(2, "li", epoch=3))  # late, and older
    await li.hear(message(1, "customer", "第0句"))
    assert li.take("answer") == []


async def test_what_was_kept_as_a_note_is_said_again_by_who_owns_the_talk(li: Heard) -> None:
    await li.hear(row(1, "li", epoch=3))
    await li.hear(message(1, "customer", "第0句"))
    (first,) = li.take("answer")
    await li.hear({"type": "done", "ref": first["ref"], "seq": 2, "kept_as_note": "stale"})
    await li.hear(message(2, "agent", "（未送出）答：第0句", internal=True))
    assert li.take("answer") == []  # the desk knows more than she does: she waits for the row
    await li.hear(row(3, "li", epoch=5, seq=2))
    (second,) = li.take("answer")
    assert (second["text"], second["epoch"]) == ("答：第0句", 5)
    assert second["client_id"] != first["client_id"]


async def test_she_passes_a_talk_on_and_her_answer_comes_too_late(li: Heard) -> None:
    li.colleagues, li.passes_on = ["wang"], 1.0
    await li.hear(row(1, "li", epoch=3))
    await li.hear(message(1, "customer", "第0句"))
    assert [frame["type"] for frame in li.sent] == ["watch", "transfer", "answer"]
    (given,) = li.take("transfer")
    assert (given["to_agent"], given["epoch"]) == ("wang", 3)
    await li.hear(row(2, "wang", epoch=4))
    await li.hear(message(2, "customer", "第1句"))
    assert li.sent == []
