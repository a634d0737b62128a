"""What the desk itself says, where a rule makes the words."""

from datetime import timedelta

import pytest

from desk.wording import WAIT_UNKNOWN, wait_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (30, "预计半分钟内接待"),
        (31, "预计等待约 1 分钟"),
        (61, "预计等待约 2 分钟"),
        (3600, "预计等待约 60 分钟"),
        (3601, "预计等待约 1 小时 15 分钟"),
        (97 * 60, "预计等待约 1 小时 45 分钟"),
        (106 * 60, "预计等待约 2 小时"),
        (121 * 60, "预计等待约 2 小时 15 分钟"),
    ],
)
def test_an_expected_wait_is_rounded_up_to_what_can_be_known(seconds: int, text: str) -> None:
    assert wait_text(timedelta(seconds=seconds)) == text


def test_a_wait_that_is_not_known_is_not_guessed() -> None:
    assert wait_text(None) == WAIT_UNKNOWN
