# ruff: noqa: E501 - a row of a table reads best on one line
"""The dated presets: what they say, when they hold, and how a wrong file is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from kefu.sla import app
from policies.files import PolicyError
from sla.clocks import ClockName, ClockState
from sla.events import Event, EventType
from sla.policies import Case, choose_policies, measure_case, read_policies, target_of
from sla.targets import WholeDays, due_after

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRESETS = read_policies()
TODAY = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


def shanghai(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI)


DUE = [
    # (policy, start, due), both in Shanghai; 2026-10-01 to 10-07 are holidays
    ("house_review_reply", "2026-10-01T20:00", "2026-10-02T20:00"),
    ("douyin_human_reply", "2026-10-01T22:58", "2026-10-02T08:01"),
    ("pdd_human_reply", "2026-11-07T08:00", "2026-11-07T08:03"),
    ("jd_first_30_seconds", "2026-11-07T09:00", "2026-11-07T09:00:30"),
    ("jd_dispute_answer", "2026-10-01T20:00", "2026-10-02T20:00"),
    ("jd_evidence", "2026-10-03T10:00", "2026-10-03T14:00"),
    ("jd_evidence", "2026-10-03T14:01", "2026-10-04T09:01"),
    ("statutory_refund", "2026-11-01T00:00", "2026-11-09T00:00"),
    ("statutory_refund", "2026-11-01T23:59:59", "2026-11-09T00:00"),
]


@pytest.mark.parametrize(("name", "start", "due"), DUE)
def test_what_the_presets_allow(name: str, start: str, due: str) -> None:
    policy = PRESETS.get_policy(name, at=TODAY)
    calendar = PRESETS.get_calendar(policy.calendar, at=TODAY)
    found = due_after(shanghai(start).astimezone(UTC), target=target_of(policy), calendar=calendar)
    assert found == shanghai(due)


def test_every_preset_carries_its_source_and_platform_clocks_do_not_pause() -> None:
    for policy in PRESETS.clocks:
        assert policy.source
        if policy.applies.platforms or policy.name == "statutory_refund":
            assert not policy.pausable


CHOSEN = [
    (Case("review", "jd", frozenset({"bad"})), {"house_review_reply"}),
    (Case("review", "jd"), set()),
    (Case("dispute", "jd"), {"jd_dispute_answer", "jd_evidence"}),
    (Case("dispute", "taobao"), set()),
    (Case("return", "pdd"), {"statutory_refund"}),
    (Case("conversation", "douyin"), {"douyin_human_reply", "house_human_first", "house_human_next"}),
    (Case("conversation", "pdd"), {"pdd_human_reply", "house_human_first"}),
    (Case("conversation", "jd"), {"jd_first_30_seconds", "house_human_first", "house_resolution"}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "names"), CHOSEN)
def test_a_case_is_under_every_policy_that_applies(case: Case, names: set[str]) -> None:
    chosen = {policy.name for policy in choose_policies(PRESETS, case, at=TODAY)}
    assert names <= chosen
    assert bool(chosen) == bool(names)
    platforms = {name for name in chosen if name.startswith(("jd", "pdd", "douyin"))}
    assert platforms == {name for name in names if name.startswith(("jd", "pdd", "douyin"))}


def test_all_clocks_of_a_case_are_measured_side_by_side() -> None:
    case = Case("conversation", "douyin")
    asked, answered = shanghai("2026-11-22T10:00:00"), shanghai("2026-11-22T10:02:00")
    events = [
        Event(asked.astimezone(UTC), EventType.HANDOFF_REQUESTED),
        Event(answered.astimezone(UTC), EventType.AGENT_MESSAGE),
    ]
    measured = measure_case(events, policies=PRESETS, case=case, at=asked, now=TODAY)
    states = {one.policy.name: one.clock.state for one in measured}
    assert states == {"douyin_human_reply": ClockState.MET, "house_human_first": ClockState.LATE}
    assert {one.clock.name for one in measured} == {ClockName.HANDOFF_RESPONSE}


def policy_text(name: str = "own", **change: object) -> str:
    keys: dict[str, object] = {
        "title": "x", "valid_from": "2026-01-01", "source": "us", "confidence": "P",
        "clocks": "[review_reply]", "target_seconds": 60, "calendar": "always",
        "at_risk_minutes": 0, "applies": "{kinds: [review]}",
    }  # fmt: skip
    kept = {key: value for key, value in {**keys, **change}.items() if value is not None}
    return f"  - name: {name}\n" + "".join(f"    {key}: {value}\n" for key, value in kept.items())


def clock_file(folder: Path, *entries: str) -> Path:
    path = folder / "own.yml"
    path.write_text("policies:\n" + "".join(entries), encoding="utf-8")
    return path


WRONG = [
    ("unknown key", {"targett": 5}, "targett"),
    ("no target", {"target_seconds": None}, "target_days"),
    ("two targets", {"target_days": 3, "pausable": "false"}, "target_days"),
    ("days that pause", {"target_seconds": None, "target_days": 3}, "pausable"),
    ("target 0", {"target_seconds": 0}, "target_seconds"),
    ("target true", {"target_seconds": "true"}, "target_seconds"),
    ("no source", {"source": '""'}, "source"),
    ("unknown clock", {"clocks": "[first_reply]"}, "clocks"),
    ("no clocks", {"clocks": "[]"}, "clocks"),
    ("unknown calendar", {"calendar": "moon"}, "moon"),
    ("calendar not yet there", {"valid_from": "1999-01-01"}, "1999-01-01"),
    ("ends before it begins", {"valid_to": "2025-01-01"}, "valid_to"),
    ("unknown kind", {"applies": "{kinds: [letter]}"}, "kinds"),
    ("goal over 1", {"goal": 95}, "goal"),
]


@pytest.mark.parametrize(("why", "change", "told"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_policy_names_file_and_key(
    why: str, change: dict[str, object], told: str, tmp_path: Path
) -> None:
    path = clock_file(tmp_path, policy_text(**change))
    with pytest.raises(PolicyError) as caught:
        read_policies(clocks=[path])
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


CALENDAR = """
calendars:
  - name: always
    title: x
    valid_from: 2000-01-01
    source: us
    hours: {}
"""


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("{tz: Asia/Shanghai, frames: {mon: [['09:00', '12:00'], ['11:00', '13:00']]}}", "overlap"),
        ("{tz: Asia/Shanghai, frames: {}}", "no working time"),
        ("{tz: Asia/Shanghai, frames: {mon: [[540, 720]]}}", "HH:MM"),
        ("{tz: Asia/Shanghai, frames: {mon: [['09:00', '12:00']]}, nights: true}", "nights"),
        ("sometimes", "always"),
        ("{2: 3, tz: 4}", "calendars.0.hours"),
    ],
)
def test_a_wrong_calendar_names_file_and_key(hours: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "calendars.yml"
    path.write_text(CALENDAR.replace("{}", hours), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policies(calendars=[path])
    assert str(path) in str(caught.value)
    assert told in str(caught.value)
    assert "calendars.0.hours" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"policies: [", "YAML"), (b"\xff\xfe", "UTF-8"), (b"", "the file"), (b"policies: []", "policies")],
)  # fmt: skip
def test_a_file_that_is_no_policy_file(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=told):
        read_policies(clocks=[path])
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policies(clocks=[tmp_path / "none.yml"])


def test_of_a_name_the_newest_begun_version_holds(tmp_path: Path) -> None:
    path = clock_file(
        tmp_path,
        policy_text(valid_from="2026-11-01", target_seconds=30, valid_to="2026-11-10"),
        policy_text(target_seconds=60),
    )
    policies = read_policies(clocks=[path])

    def target(wall: str) -> list[timedelta | WholeDays]:
        chosen = choose_policies(policies, Case("review"), at=shanghai(wall))
        return [target_of(policy) for policy in chosen]

    assert target("2025-12-31T23:59:59") == []
    assert target("2026-01-01T00:00:00") == [timedelta(seconds=60)]
    assert target("2026-10-31T23:59:59") == [timedelta(seconds=60)]
    assert target("2026-11-01T00:00:00") == [timedelta(seconds=30)]
    assert target("2026-11-10T23:59:59") == [timedelta(seconds=30)]
    assert target("2026-11-11T00:00:00") == []


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="twice"):
        read_policies(clocks=[clock_file(tmp_path, policy_text(), policy_text())])


def test_the_shops_own_file_replaces_a_preset_by_name_and_adds(tmp_path: Path) -> None:
    from sla.policy_files import CLOCKS_FILE

    own = clock_file(tmp_path, policy_text("house_review_reply"), policy_text("own"))
    policies = read_policies(clocks=[CLOCKS_FILE, own])
    assert policies.get_policy("house_review_reply", at=TODAY).target_seconds == 60
    assert policies.get_policy("own", at=TODAY).target_seconds == 60
    assert policies.get_policy("jd_evidence", at=TODAY).target_seconds == 14400


def test_asking_for_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        PRESETS.get_policy("none", at=TODAY)
    with pytest.raises(KeyError):
        PRESETS.get_calendar("none", at=TODAY)
    with pytest.raises(KeyError):
        PRESETS.get_policy("house_review_reply", at=shanghai("2020-01-01"))


def test_the_command_lists_what_holds_on_a_day() -> None:
    listed = CliRunner().invoke(app, ["policies", "--at", "2026-11-22", "--json"])
    names = [json.loads(line)["name"] for line in listed.output.splitlines()]
    assert listed.exit_code == 0
    assert names == [policy.name for policy in PRESETS.clocks]
    assert "差评" in CliRunner().invoke(app, ["policies"]).output
    early = CliRunner().invoke(app, ["policies", "--at", "2020-01-01"]).output
    assert [line.split(":")[0] for line in early.splitlines()] == ["statutory_refund"]
    assert CliRunner().invoke(app, ["policies", "--at", "yesterday"]).exit_code == 2
