"""A conversation's log as the clocks read it: who owed what when, and how it ended."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.conversations import Change, Said, Told, read_conversation
from reports.measuring import WAITING, measure_record
from reports.records import Outcome, Subject
from sla.pauses import pauses_by_reason

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=2)


class Log:
    """Writes a conversation second by second."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.changes: list[Change] = []

    def say(self, second, sender, text="问题", *, internal=False, automatic=False):
        at = NOON + timedelta(seconds=second)
        author = "lin" if sender == "agent" else None
        seq = len(self.said) + 1
        self.said.append(Said(at, sender, internal, automatic, author, text, seq))
        return self

    def change(self, second, kind, to=None, **detail):
        at = NOON + timedelta(seconds=second)
        facts = {"to": to, **detail} if to else detail
        self.changes.append(Change(at, kind, "someone", len(self.said), facts))
        return self

    def read(self, *, now=LATER, **facts):
        told = Told("c1", 1, "v1", Subject("house"), self.said, self.changes, **facts)
        return read_conversation(told, now=now)


def asked_human():
    return (
        Log()
        .say(0, "customer")
        .say(1, "bot")
        .say(20, "customer", "转人工")
        .change(20, "hand_off", "queued", reason="asked_human")
    )


def clock_of(record, rules, key):
    policy, name = key.split("/")
    found = measure_record(record, rules, now=record.now)
    return [one for one in found if one.policy.name == policy and one.clock.name == name]


FIRST, NEXT = "house_human_first/handoff_response", "house_human_next/human_next_response"
SOLVED = "house_resolution/first_resolution"


def test_the_agent_who_answered_owns_the_clock(rules) -> None:
    log = asked_human().change(30, "taken", "agent", agent="lin").say(60, "agent")
    (clock,) = clock_of(log.read(), rules, FIRST)
    assert (clock.state, clock.waited, clock.agent) == ("met", 40, "lin")


@pytest.mark.parametrize("kind", [{"internal": True}, {"automatic": True}])
def test_a_note_or_an_automatic_word_is_no_answer(rules, kind) -> None:
    log = asked_human().change(30, "taken", "agent", agent="lin").say(40, "agent", **kind)
    (clock,) = clock_of(log.read(), rules, FIRST)
    assert (clock.state, clock.agent) == (WAITING, "lin")


def test_who_leaves_the_line_was_not_answered(rules) -> None:
    log = asked_human().change(50, "leave_queue", "bot", why="cancelled")
    record = log.read()
    (clock,) = clock_of(record, rules, FIRST)
    assert (clock.state, clock.waited) == ("closed_unanswered", 30)
    assert record.outcome is Outcome.LEFT_LINE


def test_what_is_said_to_the_bot_later_opens_no_human_clock(rules) -> None:
    log = asked_human().change(30, "taken", "agent", agent="lin").say(40, "agent")
    log.change(50, "hand_back", "bot", agent="lin").say(60, "customer").say(61, "bot")
    assert clock_of(log.read(), rules, NEXT) == []


def test_a_courtesy_that_the_desk_noted_opens_no_clock(rules) -> None:
    log = asked_human().change(30, "taken", "agent", agent="lin").say(40, "agent")
    log.say(50, "customer", "谢谢").change(50, "courtesy", seq=5)
    assert clock_of(log.read(), rules, NEXT) == []
    log.change(55, "not_courtesy", seq=5)
    assert len(clock_of(log.read(), rules, NEXT)) == 1


def test_an_undone_close_never_happened(rules) -> None:
    log = asked_human().change(30, "taken", "agent", agent="lin")
    log.change(31, "close", "closed").change(35, "undone", "agent", of="close").say(45, "agent")
    (clock,) = clock_of(log.read(), rules, FIRST)
    assert (clock.state, clock.waited) == ("met", 25)


def test_a_transfer_moves_the_case_to_the_colleague() -> None:
    log = asked_human().change(30, "taken", "agent", agent="lin").say(40, "agent")
    log.change(50, "transfer_agent", "zhou")
    record = log.read()
    assert record.held_by(NOON + timedelta(seconds=45)) == "lin"
    assert record.held_by(NOON + timedelta(seconds=100)) == "zhou"


def test_silence_after_the_bots_answer_is_the_customers_time(rules) -> None:
    silent = Log().say(0, "customer").say(2, "bot")
    (clock,) = clock_of(silent.read(), rules, SOLVED)
    assert clock.clock.due_at == LATER + timedelta(hours=24) - timedelta(seconds=2)
    ended = silent.change(86402, "close", "closed", reason="idle")
    (clock,) = clock_of(ended.read(), rules, SOLVED)
    assert (clock.state, clock.waited) == ("met", 2)


def test_the_wait_for_a_human_after_the_bots_last_word_is_ours(rules) -> None:
    log = Log().say(0, "customer").say(1, "bot", "为您转人工")
    log.change(1, "hand_off", "queued", reason="complaint").say(500, "customer", "人呢")
    log.change(600, "taken", "agent", agent="lin").say(601, "agent")
    (clock,) = clock_of(log.read(), rules, FIRST)
    assert (clock.state, clock.waited) == ("late", 600)
    assert pauses_by_reason(log.read().events, now=LATER) == {}


@pytest.mark.parametrize(
    ("last", "facts", "outcome"),
    [
        ("谢谢", {}, Outcome.CONFIRMED),
        ("那大概几点到", {}, Outcome.ASSUMED),
        ("那大概几点到", {"rating_asked": True, "rating": 5}, Outcome.CONFIRMED),
        ("那大概几点到", {"rating_asked": True, "rating": 2}, Outcome.ASSUMED),
    ],
)
def test_how_a_chat_with_the_bot_ended(last, facts, outcome) -> None:
    log = Log().say(0, "customer").say(1, "bot").say(9, "customer", last).say(10, "bot")
    log.change(90000, "close", "closed", reason="idle")
    assert log.read(**facts).outcome is outcome


def test_who_writes_again_came_back() -> None:
    log = Log().say(0, "customer").say(1, "bot").change(9, "close", "closed", reason="idle")
    log.change(20, "return", "bot").say(20, "customer").say(21, "bot")
    log.change(99, "close", "closed", reason="idle")
    assert log.read().outcome is Outcome.CAME_BACK
