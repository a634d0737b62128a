"""Days that customers name, around month ends, year ends and days that do not exist."""

from datetime import date

import pytest
from components.days_in_text import find_days

SUNDAY = date(2026, 11, 22)


def days(text: str, today: date = SUNDAY) -> list[str]:
    return [found.day.isoformat() for found in find_days(text, today=today)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天能到吗", "2026-11-22"),
        ("昨天买的", "2026-11-21"),
        ("前天付的款", "2026-11-20"),
        ("大前天下的单", "2026-11-19"),
        ("明天在家", "2026-11-23"),
        ("大后天出差", "2026-11-25"),
        ("昨晚拍的", "2026-11-21"),
        ("3天前", "2026-11-19"),
        ("十天后", "2026-12-02"),
        ("两周前", "2026-11-08"),
        ("一个星期前", "2026-11-15"),
    ],
)
def test_days_counted_from_today(text: str, day: str) -> None:
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("周一", "2026-11-16"),
        ("这周日", "2026-11-22"),
        ("礼拜天", "2026-11-22"),
        ("上周三", "2026-11-11"),
        ("上上周五", "2026-11-06"),
        ("下个星期二", "2026-11-24"),
        ("周末送", "2026-11-21"),
    ],
)
def test_weekdays_belong_to_the_week_from_monday(text: str, day: str) -> None:
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", "2026-11-03"),
        ("2026年11月3日", "2026-11-03"),
        ("11月3号买的", "2026-11-03"),
        ("十一月二十一号", "2026-11-21"),
        ("上个月25号", "2026-10-25"),
        ("下个月1号", "2026-12-01"),
        ("25号能到吗", "2026-11-25"),
        ("二十号付的", "2026-11-20"),
        ("双十一那天", "2026-11-11"),
        ("去年双12", "2025-12-12"),
        ("618买的", "2026-06-18"),
        ("元旦前", "2027-01-01"),
    ],
)
def test_days_named_by_date(text: str, day: str) -> None:
    assert days(text) == [day]


def test_a_day_without_month_is_the_nearest_one() -> None:
    assert days("28号买的", date(2026, 12, 2)) == ["2026-11-28"]
    assert days("2号到", date(2026, 11, 30)) == ["2026-12-02"]
    assert days("31号", date(2027, 1, 2)) == ["2026-12-31"]


def test_a_month_and_day_take_the_nearest_year() -> None:
    assert days("12月30号下的单", date(2027, 1, 3)) == ["2026-12-30"]


@pytest.mark.parametrize(
    "text", ["2月30号", "13月1号", "3号楼", "5号电池", "1号店", "9号线", "中号还有吗", "订单618123",
     "科技路9号2栋1101", "改到稻花街12号", "9号之3", "8栋6号"],
)  # fmt: skip
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert days(text) == []


def test_the_leap_day_exists_every_fourth_year() -> None:
    assert days("2028-02-29") == ["2028-02-29"]
    assert days("2027-02-29") == []


def test_several_days_come_in_reading_order_with_their_places() -> None:
    text = "不是昨天那个，是上周三的"
    found = find_days(text, today=SUNDAY)
    assert [text[day.start : day.end] for day in found] == ["昨天", "上周三"]
