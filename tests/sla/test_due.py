# ruff: noqa: E501 - a row of a table reads best on one line
"""When a clock is due: one row per sentence of the rules, asked as `kefu sla due` is asked."""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kefu.sla import app
from sla.errors import SlaError
from sla.lines import answer_due

NINE_TO_FIVE = [["09:00", "17:00"]]
SPLIT = [["09:00", "12:00"], ["13:30", "18:00"]]
ALL_DAY = [["00:00", "24:00"]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours(frames: dict[str, Any], tz: str = "Asia/Shanghai", **more: Any) -> dict[str, Any]:
    return {"tz": tz, "frames": frames, **more}


def weekdays(frames: list[list[str]], **more: Any) -> dict[str, Any]:
    return hours(dict.fromkeys(DAYS[:5], frames), **more)


def every_day(frames: list[list[str]], **more: Any) -> dict[str, Any]:
    return hours(dict.fromkeys(DAYS, frames), **more)


def due(started_at: str, seconds: float, calendar: Any) -> str | None:
    line = {"id": 1, "started_at": started_at, "target_seconds": seconds, "calendar": calendar}
    answer: str | None = answer_due(line)["due_at"]
    return answer


SHANGHAI = [
    # (why, started_at, target in seconds, calendar, due_at), all at +08:00; November 6 is a Friday
    ("over a weekend", "2026-11-06T16:30", 3600, weekdays(NINE_TO_FIVE), "2026-11-09T09:30"),
    ("before opening", "2026-11-04T07:00", 7200, weekdays(NINE_TO_FIVE), "2026-11-04T11:00"),
    ("16 h are two 8 h days", "2026-11-04T09:00", 57600, weekdays(NINE_TO_FIVE), "2026-11-05T17:00"),
    ("evidence inside", "2026-11-07T10:00", 14400, every_day([["09:00", "18:00"]]), "2026-11-07T14:00"),
    ("evidence overnight", "2026-11-07T14:01", 14400, every_day([["09:00", "18:00"]]), "2026-11-08T09:01"),
    ("fills the frame", "2026-11-07T14:00", 14400, every_day([["09:00", "18:00"]]), "2026-11-07T18:00"),
    ("a second more", "2026-11-07T14:00", 14401, every_day([["09:00", "18:00"]]), "2026-11-08T09:00:01"),
    ("starts at the end", "2026-11-07T18:00", 1, every_day([["09:00", "18:00"]]), "2026-11-08T09:00:01"),
    ("starts at opening", "2026-11-07T09:00", 1, every_day([["09:00", "18:00"]]), "2026-11-07T09:00:01"),
    ("over lunch", "2026-11-04T11:30", 3600, weekdays(SPLIT), "2026-11-04T14:00"),
    ("fills the morning", "2026-11-04T11:30", 1800, weekdays(SPLIT), "2026-11-04T12:00"),
    ("in the lunch break", "2026-11-04T12:30", 60, weekdays(SPLIT), "2026-11-04T13:31"),
    ("frames in any order", "2026-11-04T11:30", 3600, weekdays(SPLIT[::-1]), "2026-11-04T14:00"),
    ("touching frames", "2026-11-04T11:30", 3600, weekdays([["09:00", "12:00"], ["12:00", "18:00"]]), "2026-11-04T12:30"),
    ("24:00 to 00:00 is no break", "2026-11-04T23:30", 3600, every_day(ALL_DAY), "2026-11-05T00:30"),
    ("24:00 itself", "2026-11-04T23:30", 1800, every_day([["22:00", "24:00"]]), "2026-11-05T00:00"),
    ("a night is two frames", "2026-11-04T23:00", 10800, every_day([["22:00", "24:00"], ["00:00", "06:00"]]), "2026-11-05T02:00"),
    ("one day a week", "2026-11-04T10:00", 7200, hours({"tue": [["10:00", "11:00"]]}), "2026-11-17T11:00"),
    ("broken seconds", "2026-11-04T10:00", 0.25, weekdays(NINE_TO_FIVE), "2026-11-04T10:00:00.250000"),
    ("holiday from a list", "2026-11-04T16:30", 3600, weekdays(NINE_TO_FIVE, holidays=["2026-11-05"]), "2026-11-06T09:30"),
    ("workday adds a Saturday", "2026-11-06T16:30", 3600, weekdays(NINE_TO_FIVE, workdays=["2026-11-07"]), "2026-11-07T09:30"),
    ("workday wins over holiday", "2026-11-04T16:30", 3600, weekdays(NINE_TO_FIVE, holidays=["2026-11-05"], workdays=["2026-11-05"]), "2026-11-05T09:30"),
    ("leap day works", "2028-02-28T16:30", 3600, weekdays(NINE_TO_FIVE), "2028-02-29T09:30"),
    ("leap day off", "2028-02-28T16:30", 3600, weekdays(NINE_TO_FIVE, holidays=["2028-02-29"]), "2028-03-01T09:30"),
    ("empty weekday lists", "2026-11-06T16:30", 3600, hours({"fri": NINE_TO_FIVE, "sat": [], "mon": None, "tue": NINE_TO_FIVE}), "2026-11-10T09:30"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "start", "seconds", "calendar", "end"), SHANGHAI, ids=[r[0] for r in SHANGHAI]
)
def test_due_in_shanghai(why: str, start: str, seconds: float, calendar: Any, end: str) -> None:
    expected = end if end.count(":") > 1 else f"{end}:00"
    assert due(f"{start}:00+08:00", seconds, calendar) == f"{expected}+08:00"


WEEK_OF_ITS_OWN = {
    day: [[f"{n + 8:02}:00", f"{n + 9:02}:00"]] for n, day in enumerate(DAYS)
}  # one hour a day: Monday at 8, Tuesday at 9 ... Sunday at 14, so that the hour tells the weekday

CHINA = [
    # (why, started_at, further keys of the calendar, when the next hour of work is over)
    ("an ordinary Tuesday", "2026-11-03T00:00", {}, "2026-11-03T10:00"),
    ("National Day week, then Thursday", "2026-10-01T00:00", {}, "2026-10-08T12:00"),
    ("Saturday 10-10 replaces a Wednesday", "2026-10-10T00:00", {}, "2026-10-10T11:00"),
    ("Sunday 09-20 replaces a Tuesday", "2026-09-20T00:00", {}, "2026-09-20T10:00"),
    ("Sunday 01-04 replaces a Friday", "2026-01-01T00:00", {}, "2026-01-04T13:00"),
    ("Spring Festival takes its Sunday along", "2026-02-15T00:00", {}, "2026-02-24T10:00"),
    ("Saturday 02-14 replaces a Friday", "2026-02-14T00:00", {}, "2026-02-14T13:00"),
    ("weekend after the Dragon Boat Friday", "2026-06-19T00:00", {}, "2026-06-22T09:00"),
    ("Saturday before Tomb-Sweeping Sunday", "2026-04-04T00:00", {}, "2026-04-07T10:00"),
    ("an ordinary Saturday works here", "2026-11-07T00:00", {}, "2026-11-07T14:00"),
    ("the shop works on 10-01: Monday's", "2026-10-01T00:00", {"workdays": ["2026-10-01"]}, "2026-10-01T09:00"),
    ("the shop's Saturday: Monday's", "2026-11-07T00:00", {"workdays": ["2026-11-07"]}, "2026-11-07T09:00"),
    ("China's swap is known, so Wednesday's", "2026-10-10T00:00", {"workdays": ["2026-10-10"]}, "2026-10-10T11:00"),
    ("own days off beside China's", "2026-10-01T00:00", {"holidays": ["CN", "2026-10-08"]}, "2026-10-09T13:00"),
    ("nobody works a swapped day that the shop takes off", "2026-10-10T00:00", {"holidays": ["CN", "2026-10-10"]}, "2026-10-11T15:00"),
    ("2027 has statutory days only", "2027-10-05T00:00", {}, "2027-10-06T11:00"),
    ("2024: one long weekend", "2024-06-08T00:00", {}, "2024-06-11T10:00"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "start", "more", "end"), CHINA, ids=[row[0] for row in CHINA])
def test_due_with_chinas_days(why: str, start: str, more: dict[str, Any], end: str) -> None:
    calendar = hours(WEEK_OF_ITS_OWN, **{"holidays": "CN", **more})
    assert due(f"{start}:00+08:00", 3600, calendar) == f"{end}:00+08:00"


def test_without_monday_a_shops_workday_has_no_hours() -> None:
    calendar = hours({"tue": NINE_TO_FIVE}, workdays=["2026-11-07"])
    assert due("2026-11-07T08:00:00+08:00", 3600, calendar) == "2026-11-10T10:00:00+08:00"


def test_chinas_swaps_need_chinas_holidays() -> None:
    calendar = weekdays(NINE_TO_FIVE, holidays=[])
    assert due("2026-10-10T08:00:00+08:00", 3600, calendar) == "2026-10-12T10:00:00+08:00"


NIGHT = [["01:00", "04:00"]]
DAYLIGHT_SAVING = [
    # Berlin: 2026-03-29 02:00 -> 03:00 and 2026-10-25 03:00 -> 02:00; both are Sundays
    ("gap inside a frame: two hours real", "Europe/Berlin", NIGHT, "2026-03-29T00:00:00+01:00", 7200, "2026-03-29T04:00:00+02:00"),
    ("gap inside, not yet at the end", "Europe/Berlin", NIGHT, "2026-03-29T00:00:00+01:00", 3601, "2026-03-29T03:00:01+02:00"),
    ("start in the gap moves forward", "Europe/Berlin", [["02:30", "06:00"]], "2026-03-29T00:00:00+01:00", 60, "2026-03-29T03:31:00+02:00"),
    ("end in the gap moves forward", "Europe/Berlin", [["01:00", "02:30"]], "2026-03-29T00:00:00+01:00", 5400, "2026-03-29T03:30:00+02:00"),
    ("moved frames are not counted twice", "Europe/Berlin", [["01:00", "02:30"], ["03:00", "04:00"]], "2026-03-29T00:00:00+01:00", 7200, "2026-03-29T04:00:00+02:00"),
    ("a frame that the gap swallows", "Europe/Berlin", [["02:30", "03:15"]], "2026-03-29T00:00:00+01:00", 60, "2026-03-30T02:31:00+02:00"),
    ("fold inside a frame: four hours real", "Europe/Berlin", NIGHT, "2026-10-25T00:00:00+02:00", 14400, "2026-10-25T04:00:00+01:00"),
    ("fold: second pass of the hour", "Europe/Berlin", NIGHT, "2026-10-25T00:00:00+02:00", 9000, "2026-10-25T02:30:00+01:00"),
    ("start repeated: first pass", "Europe/Berlin", [["02:30", "04:00"]], "2026-10-25T00:00:00+02:00", 60, "2026-10-25T02:31:00+02:00"),
    ("end repeated: first pass", "Europe/Berlin", [["01:00", "02:30"]], "2026-10-25T00:00:00+02:00", 5400, "2026-10-25T02:30:00+02:00"),
    ("end repeated: second pass is outside", "Europe/Berlin", [["01:00", "02:30"]], "2026-10-25T02:10:00+01:00", 60, "2026-10-26T01:01:00+01:00"),
    ("half an hour of saving", "Australia/Lord_Howe", [["01:00", "04:00"]], "2026-10-04T00:00:00+10:30", 9000, "2026-10-04T04:00:00+11:00"),
    ("midnight in the gap", "America/Sao_Paulo", [["00:00", "24:00"]], "2018-11-03T23:00:00-03:00", 7200, "2018-11-04T02:00:00-02:00"),
    ("a day of 25 hours", "America/New_York", [["00:00", "24:00"]], "2026-11-01T00:00:00-04:00", 90000, "2026-11-02T00:00:00-05:00"),
    ("China's summer of 1988", "Asia/Shanghai", [["09:00", "18:00"]], "1988-07-01T09:00:00+09:00", 3600, "1988-07-01T10:00:00+09:00"),
    ("a date that Samoa skipped", "Pacific/Apia", [["09:00", "10:00"]], "2011-12-29T09:30:00-10:00", 3600, "2011-12-31T09:30:00+14:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "tz", "frames", "start", "seconds", "end"), DAYLIGHT_SAVING, ids=[r[0] for r in DAYLIGHT_SAVING]
)  # fmt: skip
def test_due_across_daylight_saving(
    why: str, tz: str, frames: list[list[str]], start: str, seconds: float, end: str
) -> None:
    assert due(start, seconds, every_day(frames, tz=tz)) == end


WRITTEN = [
    # (why, started_at, calendar, due_at as text): the calendar's zone, else the start's offset
    ("always keeps the offset", "2026-11-06T16:30:00+08:00", "always", "2026-11-06T17:30:00+08:00"),
    ("always in UTC", "2026-11-06T16:30:00Z", "always", "2026-11-06T17:30:00+00:00"),
    ("the calendar's zone", "2026-11-06T02:00:00Z", weekdays(NINE_TO_FIVE), "2026-11-06T11:00:00+08:00"),
    ("another offset", "2026-11-05T21:00:00-05:00", weekdays(NINE_TO_FIVE), "2026-11-06T11:00:00+08:00"),
    ("broken seconds kept", "2026-11-06T16:30:00.5Z", "always", "2026-11-06T17:30:00.500000+00:00"),
    ("leap day", "2028-02-28T23:30:00+08:00", "always", "2028-02-29T00:30:00+08:00"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "start", "calendar", "end"), WRITTEN, ids=[r[0] for r in WRITTEN])
def test_how_a_due_time_is_written(why: str, start: str, calendar: Any, end: str) -> None:
    assert due(start, 3600, calendar) == end


JD = every_day([["09:00", "23:00"]], window="start")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("08:56:00", None),
        ("08:59:59", None),
        ("09:00:00", "2026-11-07T09:00:30+08:00"),
        ("22:59:30", "2026-11-07T23:00:00+08:00"),
        ("23:00:00", None),
    ],
)
def test_a_window_by_start_counts_only_what_starts_inside(start: str, end: str | None) -> None:
    assert due(f"2026-11-07T{start}+08:00", 30, JD) == end


GOOD = {
    "id": 1,
    "started_at": "2026-11-06T16:30:00+08:00",
    "target_seconds": 60,
    "calendar": "always",
}
FRAMES = {"mon": NINE_TO_FIVE}
IMPOSSIBLE = [
    ("naive", {"started_at": "2026-11-06T16:30:00"}, "time zone"),
    ("a date only", {"started_at": "2026-11-06"}, "time zone"),
    ("no date at all", {"started_at": "soon"}, "ISO 8601"),
    ("a number as time", {"started_at": 1762417800}, "ISO 8601"),
    ("February 29 of 2026", {"started_at": "2026-02-29T10:00:00Z"}, "ISO 8601"),
    ("no start", {"started_at": None}, "started_at is missing"),
    ("before the year 1", {"started_at": "0001-01-01T00:00:00+08:00"}, "years 1 to 9999"),
    ("zero", {"target_seconds": 0}, "above 0"),
    ("negative", {"target_seconds": -5}, "above 0"),
    ("below a microsecond", {"target_seconds": 1e-9}, "above 0"),
    ("true is no number", {"target_seconds": True}, "above 0"),
    ("text is no number", {"target_seconds": "3600"}, "above 0"),
    ("NaN", {"target_seconds": float("nan")}, "above 0"),
    ("endless", {"target_seconds": float("inf")}, "above 0"),
    ("no target", {"target_seconds": None}, "target_seconds is missing"),
    ("beyond the year 9999", {"target_seconds": 10**12}, "not reached"),
    ("400 digits", {"target_seconds": 10**400}, "not reached"),
    ("1e300", {"target_seconds": 1e300}, "not reached"),
    ("late in 9999", {"started_at": "9999-12-31T23:59:59Z"}, "not reached"),
    ("hours and 300 years", {"target_seconds": 10**10, "calendar": hours(FRAMES)}, "hundred years"),
    ("no calendar", {"calendar": None}, "calendar is missing"),
    ("unknown calendar", {"calendar": "never"}, "always"),
    ("calendar is a list", {"calendar": []}, "always"),
    ("no time zone", {"calendar": {"frames": FRAMES}}, "tz is missing"),
    ("unknown time zone", {"calendar": hours(FRAMES, tz="Asia/Peking")}, "no time zone"),
    ("a path as zone", {"calendar": hours(FRAMES, tz="../../etc/passwd")}, "no time zone"),
    ("a folder as zone", {"calendar": hours(FRAMES, tz="Asia")}, "no time zone"),
    ("zone is a number", {"calendar": {"tz": 8, "frames": FRAMES}}, "no time zone"),
    ("no frames", {"calendar": {"tz": "UTC"}}, "frames is missing"),
    ("frames is a list", {"calendar": {"tz": "UTC", "frames": []}}, "mon, tue"),
    ("no working time", {"calendar": hours({})}, "no working time"),
    ("no working time, empty days", {"calendar": hours({"mon": [], "tue": []})}, "no working time"),
    ("unknown weekday", {"calendar": hours({"monday": NINE_TO_FIVE})}, "monday"),
    ("overlap", {"calendar": hours({"mon": [["09:00", "12:00"], ["11:59", "18:00"]]})}, "overlap"),
    ("twice the same", {"calendar": hours({"mon": [["09:00", "12:00"]] * 2})}, "overlap"),
    ("backwards", {"calendar": hours({"mon": [["22:00", "06:00"]]})}, "two"),
    ("empty frame", {"calendar": hours({"mon": [["09:00", "09:00"]]})}, "ends before"),
    ("starts at 24:00", {"calendar": hours({"mon": [["24:00", "24:00"]]})}, "ends before"),
    ("25 o'clock", {"calendar": hours({"mon": [["09:00", "25:00"]]})}, "24:00"),
    ("24:01", {"calendar": hours({"mon": [["09:00", "24:01"]]})}, "24:00"),
    ("minute 60", {"calendar": hours({"mon": [["09:60", "10:00"]]})}, "24:00"),
    ("no time of day", {"calendar": hours({"mon": [["nine", "ten"]]})}, "HH:MM"),
    ("number as time of day", {"calendar": hours({"mon": [[9, 17]]})}, "HH:MM"),
    ("three bounds", {"calendar": hours({"mon": [["09:00", "12:00", "15:00"]]})}, "a start and an end"),
    ("frame is text", {"calendar": hours({"mon": ["09:00-17:00"]})}, "a start and an end"),
    ("day is text", {"calendar": hours({"mon": "09:00-17:00"})}, "a list of frames"),
    ("holidays of elsewhere", {"calendar": hours(FRAMES, holidays="US")}, "CN"),
    ("holiday is no date", {"calendar": hours(FRAMES, holidays=["2026-02-30"])}, "YYYY-MM-DD"),
    ("holiday with time", {"calendar": hours(FRAMES, holidays=["2026-02-03T00:00"])}, "YYYY-MM-DD"),
    ("holiday is a number", {"calendar": hours(FRAMES, holidays=[20260203])}, "YYYY-MM-DD"),
    ("workdays is CN", {"calendar": hours(FRAMES, workdays="CN")}, "list of dates"),
    ("unknown window", {"calendar": hours(FRAMES, window="end")}, "start"),
    ("unknown key", {"calendar": hours(FRAMES, holiday=["2026-02-03"])}, "holiday"),
    ("2200 with China's days", {"started_at": "2200-01-01T00:00:00Z", "calendar": hours(FRAMES, holidays="CN")}, "2100"),
    ("no id", {"id": None}, "id is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "change", "told"), IMPOSSIBLE, ids=[row[0] for row in IMPOSSIBLE])
def test_an_impossible_line_says_what_to_change(
    why: str, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(SlaError) as caught:
        answer_due({**GOOD, **change})
    assert told in str(caught.value)
    assert len(str(caught.value)) < 250


def test_frames_that_fall_on_holidays_only_come_to_an_end() -> None:
    mondays = [datetime.fromordinal(n).date().isoformat() for n in range(739000, 812000) if n % 7 == 1]  # fmt: skip
    begin = time.perf_counter()
    with pytest.raises(SlaError, match="hundred years"):
        due("2026-11-06T16:30:00+08:00", 60, hours({"mon": NINE_TO_FIVE}, holidays=mondays))
    assert time.perf_counter() - begin < 5


def test_a_holiday_that_takes_the_only_day_waits_for_the_next_week() -> None:
    calendar = hours({"thu": NINE_TO_FIVE}, holidays="CN")
    assert due("2026-09-30T10:00:00+08:00", 60, calendar) == "2026-10-08T09:01:00+08:00"


def test_the_command_answers_every_line(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    lines = [GOOD, {**GOOD, "id": "二", "target_seconds": 0}, {**GOOD, "id": 3, "why": "ignored"}]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    result = CliRunner().invoke(app, ["due", str(file)])

    answers = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == [1, "二", 3]
    assert answers[0] == {"id": 1, "due_at": "2026-11-06T16:31:00+08:00"}
    assert set(answers[1]) == {"id", "error"}
    assert "due_at" in answers[2]


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for command in ("due", "clocks"):
        assert CliRunner().invoke(app, [command, str(tmp_path / "none.jsonl")]).exit_code == 2
