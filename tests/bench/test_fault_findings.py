"""What counts as a fault after a chat through kills and cuts: each kind found, none invented."""

import random
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from bench.chat_clients import Agent, Customer
from bench.fault_findings import Findings, count_talk
from desk.tables import DbMessage

NOBODY = cast(ClientSession, None)


def said(seq: int, sender: str, text: str, *, client_id: str = "", note: bool = False) -> DbMessage:
    return DbMessage(
        conversation_id="talk",
        seq=seq,
        sender=sender,
        kind="text",
        text=text,
        client_id=client_id or f"id-{seq}",
        internal=note,
    )


def talk() -> list[DbMessage]:
    return [
        said(1, "customer", "第0句", client_id="first"),
        said(2, "agent", "答：第0句"),
        said(3, "customer", "第1句", client_id="second"),
        said(4, "agent", "答：第1句"),
    ]


def customer(stored: list[DbMessage]) -> Customer:
    one = Customer(NOBODY, "", random.Random(1), conversation="talk")
    one.shown = [{"seq": row.seq} for row in stored if not row.internal]
    one.acknowledged = {"first": 1, "second": 3}
    return one


def agent(stored: list[DbMessage]) -> Agent:
    one = Agent(NOBODY, "", random.Random(1), me="li")
    one.shown["talk"] = [{"seq": row.seq} for row in stored]
    one.confirmed = {"id-2": ("talk", 2), "elsewhere": ("another talk", 2)}
    return one


def count(stored: list[DbMessage], *, clean: bool) -> Findings:
    found = count_talk(stored, customer(stored), [agent(stored)])
    assert found.is_clean is clean
    return found


def test_nothing_is_wrong() -> None:
    assert count(talk(), clean=True) == Findings(acknowledged=2, answered=2)


def test_a_text_without_an_answer_is_not_clean() -> None:
    found = count(talk()[:3], clean=False)
    assert found == Findings(acknowledged=2, answered=1, unanswered=1)


def test_an_answer_that_became_a_note_answers_nobody() -> None:
    stored = [*talk()[:3], said(4, "agent", "（未送出）答：第1句", note=True)]
    assert count(stored, clean=False) == Findings(acknowledged=2, answered=1, unanswered=1, notes=1)
    stored.append(said(5, "agent", "答：第1句"))
    assert count(stored, clean=True) == Findings(acknowledged=2, answered=2, notes=1)


def test_an_answer_given_twice_is_doubled() -> None:
    assert count([*talk(), said(5, "agent", "答：第1句")], clean=False).doubled == 1


def test_the_same_id_twice_is_doubled() -> None:
    stored = talk()
    stored[3].client_id = "id-2"
    assert count(stored, clean=False).doubled == 1


def test_what_was_acknowledged_is_gone() -> None:
    stored = talk()
    stored[2].client_id = "another"
    assert count(stored, clean=False) == Findings(acknowledged=2, answered=2, lost=1)


def test_a_confirmed_answer_is_gone() -> None:
    stored = talk()
    stored[1].client_id = "another"
    assert count(stored, clean=False) == Findings(acknowledged=2, answered=2, lost=1)


def test_a_number_is_left_out() -> None:
    stored = talk()
    stored[3].seq = 5
    found = count(stored, clean=False)
    assert found.misordered == 1
    assert found.missing_in_a_window == 1  # the agent saw 3 and then 5


@pytest.mark.parametrize("shown", [[1, 2, 3], [1, 2, 3, 4, 4], [1, 3, 2, 4]])
def test_a_window_shows_too_little_too_much_or_the_wrong_order(shown: list[int]) -> None:
    one = customer(talk())
    one.shown = [{"seq": seq} for seq in shown]
    found = count_talk(talk(), one, [agent(talk())])
    assert found == Findings(acknowledged=2, answered=2, missing_in_a_window=1)
    assert not found.is_clean


def test_an_agent_may_come_late_but_misses_nothing_from_then_on() -> None:
    for seqs, missing in (([3, 4], 0), ([2, 4], 1), ([], 0), ([3, 3, 4], 1)):
        one = agent(talk())
        one.shown["talk"] = [{"seq": seq} for seq in seqs]
        assert count_talk(talk(), customer(talk()), [one]).missing_in_a_window == missing


def test_findings_add_up() -> None:
    found = Findings(acknowledged=2, unanswered=1) + Findings(acknowledged=3, kills=4)
    assert found == Findings(acknowledged=5, unanswered=1, kills=4)
    record: dict[str, Any] = found.as_record()
    assert record["clean"] is False
    assert record["unanswered"] == 1
