# ruff: noqa: E501 - a row of a table reads best on one line
"""What events make of each clock: one row per sentence of the rules."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kefu.sla import app
from sla.errors import SlaError
from sla.lines import answer_clocks

DAY = "2026-11-04"  # a Wednesday
SHORT = {
    "c": "customer_message", "b": "bot_message", "a": "agent_message", "auto": "auto_message",
    "note": "internal_note", "hand": "handoff_requested", "bye": "courtesy_message",
    "close": "closed", "open": "reopened", "review": "review_posted", "reply": "reply_published",
}  # fmt: skip


def happened(text: str) -> list[dict[str, str]]:
    """Read "10:00 c, 10:05 pause carrier": what happened when, all at +08:00."""
    events = []
    for part in filter(None, text.split(", ")):
        at, kind, *reason = part.split(" ")
        event = {"at": instant(at), "type": SHORT.get(kind, kind)}
        events.append({**event, "reason": reason[0]} if reason else event)
    return events


def instant(wall: str) -> str:
    day, _, wall = wall.rpartition("T")
    return f"{day or DAY}T{wall}{'' if wall.count(':') > 1 else ':00'}+08:00"


def clocks(name: str, events: Any, *, target: float = 600, now: str = "18:00", calendar: Any = "always") -> list[dict[str, Any]]:  # fmt: skip
    line = {
        "id": 1, "clock": name, "target_seconds": target, "calendar": calendar, "now": instant(now),
        "events": happened(events) if isinstance(events, str) else events,
    }  # fmt: skip
    answer: list[dict[str, Any]] = answer_clocks(line)["clocks"]
    return answer


def told(clock: dict[str, Any]) -> str:
    """Write a clock short: start, due, met and state, seconds only where there are."""
    walls = [str(clock[key] or "-")[11:19] or "-" for key in ("started_at", "due_at", "met_at")]
    return " ".join([*(wall.removesuffix(":00") for wall in walls), clock["state"]])


BOT, HAND, NEXT = "bot_first_response", "handoff_response", "human_next_response"
FIRST, TOTAL, REVIEW = "first_resolution", "total_resolution", "review_reply"

RESPONSES = [
    # (why, clock, events, answer) with a target of ten minutes, seen at 18:00
    ("nothing happened", BOT, "", []),
    ("bot answers", BOT, "10:00 c, 10:05 b", ["10:00 10:10 10:05 met"]),
    ("bot answers exactly at due", BOT, "10:00 c, 10:10 b", ["10:00 10:10 10:10 met"]),
    ("bot answers a second later", BOT, "10:00 c, 10:10:01 b", ["10:00 10:10 10:10:01 late"]),
    ("bot never answers", BOT, "10:00 c", ["10:00 10:10 - missed"]),
    ("only the first message", BOT, "10:00 c, 10:05 b, 11:00 c", ["10:00 10:10 10:05 met"]),
    ("later messages do not restart it", BOT, "10:00 c, 10:08 c, 10:12 b", ["10:00 10:10 10:12 late"]),
    ("a greeting before is no answer", BOT, "09:59 b, 10:00 c, 10:05 b", ["10:00 10:10 10:05 met"]),
    ("auto message is none either", BOT, "10:00 c, 10:01 auto", ["10:00 10:10 - missed"]),
    ("nor an internal note", BOT, "10:00 c, 10:01 note", ["10:00 10:10 - missed"]),
    ("an agent before it cancels it", BOT, "10:00 c, 10:05 a, 10:06 b", []),
    ("an agent even after due cancels it", BOT, "10:00 c, 11:00 a", []),
    ("an agent who opened the chat too", BOT, "09:00 a, 10:00 c, 10:05 b", []),
    ("an agent after it does not", BOT, "10:00 c, 10:05 b, 10:06 a", ["10:00 10:10 10:05 met"]),
    ("closing is no answer", BOT, "10:00 c, 10:05 close", ["10:00 10:10 - closed_unanswered"]),
    ("nor late", BOT, "10:00 c, 10:50 close, 10:51 b", ["10:00 10:10 - closed_unanswered"]),
    ("a courtesy message opens nothing", BOT, "10:00 bye", []),
    ("same instant: customer before bot", BOT, "10:00 b, 10:00 c", ["10:00 10:10 10:00 met"]),
    ("same instant: bot before agent", BOT, "10:00 c, 10:01 a, 10:01 b", ["10:00 10:10 10:01 met"]),

    ("agent answers", HAND, "10:00 hand, 10:05 a", ["10:00 10:10 10:05 met"]),
    ("the bot does not", HAND, "10:00 hand, 10:05 b, 10:06 auto", ["10:00 10:10 - missed"]),
    ("bot time does not count", HAND, "09:00 c, 09:01 b, 10:00 hand, 10:05 a", ["10:00 10:10 10:05 met"]),
    ("asking again is ignored", HAND, "10:00 hand, 10:08 hand, 10:12 a", ["10:00 10:10 10:12 late"]),
    ("asking again later is a new one", HAND, "10:00 hand, 10:05 a, 11:00 hand, 11:20 a", ["10:00 10:10 10:05 met", "11:00 11:10 11:20 late"]),
    ("asking while a human is there too", HAND, "09:00 a, 10:00 hand", ["10:00 10:10 - missed"]),
    ("an answer before does not count", HAND, "09:59 a, 10:00 hand, 10:01 a", ["10:00 10:10 10:01 met"]),
    ("closing is no answer", HAND, "10:00 hand, 10:05 close, 10:06 a", ["10:00 10:10 - closed_unanswered"]),
    ("after a close asked again", HAND, "10:00 hand, 10:05 close, 11:00 hand, 11:01 a", ["10:00 10:10 - closed_unanswered", "11:00 11:10 11:01 met"]),
    ("same instant: request before agent", HAND, "10:00 a, 10:00 hand", ["10:00 10:10 10:00 met"]),
    ("same instant: answer before close", HAND, "10:00 hand, 10:05 close, 10:05 a", ["10:00 10:10 10:05 met"]),

    ("nobody has joined yet", NEXT, "10:00 c, 10:05 c, 10:06 b", []),
    ("before the first answer: nothing", NEXT, "10:00 c, 10:20 a", []),
    ("after it", NEXT, "10:00 c, 10:05 a, 10:10 c, 10:15 a", ["10:10 10:20 10:15 met"]),
    ("from the oldest unanswered", NEXT, "10:05 a, 10:10 c, 10:18 c, 10:21 a", ["10:10 10:20 10:21 late"]),
    ("one for each wait", NEXT, "10:05 a, 10:10 c, 10:11 a, 10:12 a, 10:30 c, 10:50 a, 11:00 c", ["10:10 10:20 10:11 met", "10:30 10:40 10:50 late", "11:00 11:10 - missed"]),
    ("the bot is no human", NEXT, "10:05 a, 10:10 c, 10:11 b, 10:12 auto, 10:13 note", ["10:10 10:20 - missed"]),
    ("a goodbye opens nothing", NEXT, "10:05 a, 10:10 bye", []),
    ("a goodbye does not close either", NEXT, "10:05 a, 10:10 c, 10:11 bye", ["10:10 10:20 - missed"]),
    ("closing ends it unanswered", NEXT, "10:05 a, 10:10 c, 10:12 close", ["10:10 10:20 - closed_unanswered"]),
    ("reopening by hand opens nothing", NEXT, "10:05 a, 10:10 c, 10:12 close, 10:30 open", ["10:10 10:20 - closed_unanswered"]),
    ("a message after close does", NEXT, "10:05 a, 10:12 close, 11:00 c, 11:05 a", ["11:00 11:10 11:05 met"]),
    ("joined for ever", NEXT, "10:05 a, 10:12 close, 11:00 c, 11:05 b", ["11:00 11:10 - missed"]),
    ("same instant: customer before agent", NEXT, "10:05 a, 10:10 a, 10:10 c", ["10:10 10:20 10:10 met"]),
    ("same instant as the first answer", NEXT, "10:05 a, 10:05 c", []),
    ("same instant: customer before close", NEXT, "10:05 a, 10:10 close, 10:10 c", ["10:10 10:20 - closed_unanswered"]),

    ("review answered", REVIEW, "10:00 review, 10:05 reply", ["10:00 10:10 10:05 met"]),
    ("review not answered", REVIEW, "10:00 review", ["10:00 10:10 - missed"]),
    ("a chat is no reply", REVIEW, "10:00 review, 10:01 a, 10:02 b", ["10:00 10:10 - missed"]),
    ("closing does not stop a review", REVIEW, "10:00 review, 10:01 close, 10:12 reply", ["10:00 10:10 10:12 late"]),
    ("a second reply changes nothing", REVIEW, "10:00 review, 10:05 reply, 11:00 reply", ["10:00 10:10 10:05 met"]),
    ("a second review after the reply", REVIEW, "10:00 review, 10:05 reply, 11:00 review", ["10:00 10:10 10:05 met", "11:00 11:10 - missed"]),
    ("evidence and dispute", "evidence", "10:00 evidence_requested, 10:10 evidence_given", ["10:00 10:10 10:10 met"]),
    ("dispute", "dispute_answer", "10:00 dispute_opened, 10:11 dispute_answered", ["10:00 10:10 10:11 late"]),
    ("refund", "refund", "10:00 return_received", ["10:00 10:10 - missed"]),
]  # fmt: skip

RESOLUTIONS = [
    ("no message, nothing to resolve", FIRST, "10:00 a, 10:05 close", []),
    ("closed", FIRST, "10:00 c, 10:05 close", ["10:00 10:10 10:05 met"]),
    ("closed late", FIRST, "10:00 c, 10:11 close", ["10:00 10:10 10:11 late"]),
    ("not closed", FIRST, "10:00 c, 10:05 a", ["10:00 10:10 - missed"]),
    ("reopening does not restart the first", FIRST, "10:00 c, 10:05 close, 10:06 open, 12:00 close", ["10:00 10:10 10:05 met"]),
    ("nor does a message", FIRST, "10:00 c, 10:05 close, 10:06 c", ["10:00 10:10 10:05 met"]),
    ("a close before does not count", FIRST, "09:00 close, 10:00 c", ["10:00 10:10 - missed"]),
    ("a goodbye starts nothing", FIRST, "10:00 bye, 10:05 close", []),
    ("total: the last close", TOTAL, "10:00 c, 10:05 close, 10:06 open, 12:00 close", ["10:00 10:10 12:00 late"]),
    ("total: reopened is open again", TOTAL, "10:00 c, 10:05 close, 10:06 open", ["10:00 10:10 - missed"]),
    ("total: a message reopens", TOTAL, "10:00 c, 10:05 close, 10:06 c", ["10:00 10:10 - missed"]),
    ("total: a goodbye does not", TOTAL, "10:00 c, 10:05 close, 10:06 bye", ["10:00 10:10 10:05 met"]),
    ("total: an agent's word does not", TOTAL, "10:00 c, 10:05 close, 10:06 a", ["10:00 10:10 10:05 met"]),
    ("total: closed again counts as last", TOTAL, "10:00 c, 10:05 close, 10:08 close", ["10:00 10:10 10:08 met"]),
    ("total: once", TOTAL, "10:00 c, 10:10 close", ["10:00 10:10 10:10 met"]),
    ("total: same instant, message first", TOTAL, "10:00 c, 10:05 close, 10:05 c", ["10:00 10:10 10:05 met"]),
    ("total: same instant, reopened first", TOTAL, "10:00 c, 10:05 close, 10:05 open", ["10:00 10:10 10:05 met"]),
]  # fmt: skip

PAUSES = [
    # first_resolution unless said otherwise: 10:00 customer, 10:01 agent, target ten minutes
    ("paused time does not count", "10:02 pause x, 10:32 resume x", "10:00 10:40 - missed"),
    ("union over reasons", "10:02 pause x, 10:10 pause y, 10:20 resume x, 10:32 resume y", "10:00 10:40 - missed"),
    ("a gap between them counts", "10:02 pause x, 10:10 resume x, 10:11 pause y, 10:20 resume y", "10:00 10:27 - missed"),
    ("resume without reason ends all", "10:02 pause x, 10:03 pause y, 10:12 resume", "10:00 10:20 - missed"),
    ("resume of another reason ends none", "10:02 pause x, 10:12 resume y, 10:22 resume x", "10:00 10:30 - missed"),
    ("pausing twice is pausing once", "10:02 pause x, 10:05 pause x, 10:12 resume x", "10:00 10:20 - missed"),
    ("resume of nothing", "10:02 resume x, 10:03 resume", "10:00 10:10 - missed"),
    ("pause without reason", "10:02 pause, 10:12 resume", "10:00 10:20 - missed"),
    ("the shop's own reason", "10:02 pause 等待总部, 10:12 resume 等待总部", "10:00 10:20 - missed"),
    ("after due it is too late", "10:10 pause x, 10:40 resume x", "10:00 10:10 - missed"),
    ("due where the pause begins", "10:10 pause x", "10:00 10:10 - missed"),
    ("a second before due", "10:09:59 pause x, 10:39:59 resume x", "10:00 10:40 - missed"),
    ("resume before pause at one instant", "10:02 pause x, 10:12 pause x, 10:12 resume x, 10:22 resume x", "10:00 10:30 - missed"),
    ("not resumed: as if resumed at now", "10:02 pause x", "10:00 18:08 - open"),
    ("before the start of the clock", "09:00 pause x, 10:05 resume x", "10:00 10:14 - missed"),
    ("no pause while a message waits", "10:02 pause x, 10:04 c, 10:07 a, 10:09 resume x", "10:00 10:14 - missed"),
    ("no pause while it waits to the end", "10:02 pause x, 10:04 c, 10:30 resume x", "10:00 10:12 - missed"),
    ("not resumed, message waits", "10:02 pause x, 10:04 c", "10:00 10:12 - missed"),
    ("a goodbye waits for nothing", "10:02 pause x, 10:04 bye, 10:32 resume x", "10:00 10:40 - missed"),
    ("auto message answers nothing", "10:02 pause x, 10:04 c, 10:05 auto, 10:30 resume x", "10:00 10:12 - missed"),
    ("nor the bot once a human is there", "10:02 pause x, 10:04 c, 10:05 b, 10:30 resume x", "10:00 10:12 - missed"),
    ("pause inside the wait", "10:02 c, 10:03 pause x, 10:05 resume x, 10:07 a", "10:00 10:10 - missed"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "name", "events", "answer"), RESPONSES + RESOLUTIONS, ids=[f"{r[1]}: {r[0]}" for r in RESPONSES + RESOLUTIONS])  # fmt: skip
def test_what_events_make_of_a_clock(why: str, name: str, events: str, answer: list[str]) -> None:
    assert [told(clock) for clock in clocks(name, events)] == answer


@pytest.mark.parametrize(("why", "events", "answer"), PAUSES, ids=[row[0] for row in PAUSES])
def test_what_pauses_make_of_it(why: str, events: str, answer: str) -> None:
    assert [told(one) for one in clocks(FIRST, f"10:00 c, 10:01 a, {events}")] == [answer]


MORE_PAUSES = [
    ("the first message waits too", FIRST, "10:00 c, 10:02 pause x, 10:08 resume x", "10:00 10:10 - missed"),
    ("the bot's answer ends the wait", FIRST, "10:00 c, 10:01 b, 10:02 pause x, 10:32 resume x", "10:00 10:40 - missed"),
    ("not once a human was asked for", FIRST, "10:00 c, 10:01 hand, 10:01:30 b, 10:02 pause x, 10:08 resume x", "10:00 10:10 - missed"),
    ("on a response clock", NEXT, "09:00 a, 10:00 c, 10:02 pause x, 10:32 resume x", "10:00 10:10 - missed"),
    ("on a handoff without a message", HAND, "10:00 hand, 10:02 pause x, 10:32 resume x, 10:35 a", "10:00 10:40 10:35 met"),
    ("on a review", REVIEW, "10:00 review, 10:02 pause waiting_platform, 10:32 resume waiting_platform, 10:41 reply", "10:00 10:40 10:41 late"),
    ("a paused close is met", TOTAL, "10:00 c, 10:01 a, 10:02 pause x, 11:00 resume x, 11:05 close", "10:00 11:08 11:05 met"),
    ("closing answers no message", TOTAL, "10:00 c, 10:01 a, 10:02 c, 10:03 close, 10:04 pause x, 11:00 resume x, 11:01 open", "10:00 10:10 - missed"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "name", "events", "answer"), MORE_PAUSES, ids=[r[0] for r in MORE_PAUSES])  # fmt: skip
def test_when_a_pause_does_not_count(why: str, name: str, events: str, answer: str) -> None:
    assert [told(one) for one in clocks(name, events)] == [answer]


@pytest.mark.parametrize(
    ("now", "state"),
    [("10:00", "open"), ("10:09:59", "open"), ("10:10", "open"), ("10:10:01", "missed")],
)
def test_unanswered_at_exactly_due_is_open(now: str, state: str) -> None:
    assert [one["state"] for one in clocks(NEXT, "09:00 a, 10:00 c", now=now)] == [state]


NINE_TO_SIX = {
    "tz": "Asia/Shanghai",
    "frames": {key: [["09:00", "18:00"]] for key in ("mon", "tue", "wed", "thu", "fri")},
}


def test_a_clock_runs_in_working_time_only() -> None:
    case = "2026-11-06T17:55 hand, 2026-11-09T09:06 a"
    (clock,) = clocks(HAND, case, calendar=NINE_TO_SIX, now="2026-11-10T00:00")
    assert clock == {
        "started_at": "2026-11-06T17:55:00+08:00",
        "due_at": "2026-11-09T09:05:00+08:00",
        "met_at": "2026-11-09T09:06:00+08:00",
        "state": "late",
    }


def test_a_pause_outside_working_time_changes_nothing() -> None:
    case = "10:00 c, 10:01 b, 18:00 pause x, 23:00 resume x"
    (clock,) = clocks(FIRST, case, calendar=NINE_TO_SIX, now="2026-11-06T00:00", target=9 * 3600)
    assert clock["due_at"] == "2026-11-05T10:00:00+08:00"


def test_a_window_by_start_leaves_out_what_starts_outside() -> None:
    calendar = {**NINE_TO_SIX, "window": "start"}
    case = "08:56 hand, 09:01 a, 09:02 hand, 09:20 a, 17:59:59 hand, 18:05 a, 18:06 hand"
    answers = [told(one) for one in clocks(HAND, case, calendar=calendar, now="20:00")]
    assert answers == ["09:02 09:12 09:20 late", "17:59:59 09:09:59 18:05 met"]


def test_events_are_a_set() -> None:
    case = happened("09:00 a, 10:00 c, 10:05 a, 11:00 c, 11:20 close")
    again = [{**case[1], "at": "2026-11-04T02:00:00Z"}, *case, *case]
    assert clocks(NEXT, again[::-1], calendar=NINE_TO_SIX) == clocks(NEXT, case, calendar=NINE_TO_SIX)  # fmt: skip


def test_times_are_written_in_the_offset_of_the_start_or_of_the_calendar() -> None:
    case = [{"at": "2026-11-04T02:00:00Z", "type": "review_posted"}]
    (always,) = clocks(REVIEW, case)
    (office,) = clocks(REVIEW, case, calendar=NINE_TO_SIX)
    assert always["due_at"] == "2026-11-04T02:10:00+00:00"
    assert office["due_at"] == "2026-11-04T10:10:00+08:00"
    twice = [*case, {"at": instant("10:00"), "type": "customer_message"}]
    assert clocks(REVIEW, twice) == clocks(REVIEW, twice[::-1])


GOOD: dict[str, Any] = {
    "id": 1, "clock": HAND, "target_seconds": 60, "calendar": "always",
    "now": "2026-11-04T18:00:00+08:00", "events": happened("10:00 hand"),
}  # fmt: skip
IMPOSSIBLE = [
    ("naive event", {"events": [{"at": "2026-11-04T10:00:00", "type": "closed"}]}, "events[0] at"),
    ("naive now", {"now": "2026-11-04T18:00:00"}, "now"),
    ("no now", {"now": None}, "now is missing"),
    ("after now", {"events": happened("10:00 hand, 18:00:01 a")}, "events[1]"),
    ("after now in another offset", {"events": [{"at": "2026-11-04T10:00:01Z", "type": "closed"}]}, "after now"),
    ("unknown type", {"events": happened("10:00 shouted")}, "shouted"),
    ("no type", {"events": [{"at": instant("10:00")}]}, "type is missing"),
    ("type is a list", {"events": [{"at": instant("10:00"), "type": []}]}, "unknown"),
    ("no time", {"events": [{"type": "closed"}]}, "events[0] at is missing"),
    ("time is a number", {"events": [{"at": 5, "type": "closed"}]}, "ISO 8601"),
    ("reason is a number", {"events": [{"at": instant("10:00"), "type": "pause", "reason": 5}]}, "reason"),
    ("event is text", {"events": ["closed"]}, "must be an object"),
    ("events is an object", {"events": {}}, "list of events"),
    ("no events", {"events": None}, "events is missing"),
    ("unknown clock", {"clock": "first_reply"}, "first_reply"),
    ("clock is a list", {"clock": [HAND]}, "unknown"),
    ("no clock", {"clock": None}, "clock is missing"),
    ("no target", {"target_seconds": None}, "target_seconds is missing"),
    ("target 0 with no clock running", {"target_seconds": 0, "events": []}, "above 0"),
    ("target true", {"target_seconds": True}, "above 0"),
    ("no calendar", {"calendar": None}, "calendar is missing"),
    ("no working time", {"calendar": {"tz": "UTC", "frames": {}}}, "no working time"),
    ("huge target", {"target_seconds": 10**18}, "not reached"),
    ("no id", {"id": None}, "id is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "change", "told_"), IMPOSSIBLE, ids=[row[0] for row in IMPOSSIBLE])
def test_an_impossible_line_says_what_to_change(
    why: str, change: dict[str, Any], told_: str
) -> None:
    with pytest.raises(SlaError) as caught:
        answer_clocks({**GOOD, **change})
    assert told_ in str(caught.value)


def test_an_event_at_now_and_its_further_keys_are_fine() -> None:
    event = {"at": instant("18:00"), "type": "agent_message", "by": "小陈", "text": "您好"}
    assert clocks(HAND, [*happened("17:59 hand"), event])[0]["state"] == "met"


def test_the_command_answers_every_line(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    lines = [GOOD, {**GOOD, "id": 2, "clock": "none"}, {**GOOD, "id": 3, "events": []}]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    result = CliRunner().invoke(app, ["clocks", str(file)])

    answers = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert answers[0]["clocks"] == [
        {
            "started_at": instant("10:00"),
            "due_at": instant("10:01"),
            "met_at": None,
            "state": "missed",
        }
    ]
    assert set(answers[1]) == {"id", "error"}
    assert answers[2]["clocks"] == []
