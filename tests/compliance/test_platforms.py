"""Reply terms by platform: length, window to the second, follow-ups."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compliance import load_platforms
from policies.files import PolicyError

WRITTEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_tmall_takes_500_characters() -> None:
    terms = load_platforms().get_terms("tmall")
    assert (terms.max_characters, terms.confidence) == (500, "primary")


@pytest.mark.parametrize(
    ("late_by", "allowed"), [(timedelta(0), True), (SECOND, False), (-SECOND, True)]
)
def test_the_window_closes_after_thirty_days(late_by: timedelta, allowed: bool) -> None:
    terms = load_platforms().get_terms("tmall")
    now = WRITTEN + timedelta(days=30) + late_by
    assert terms.may_reply(WRITTEN, now=now) is allowed


def test_tmall_takes_no_reply_after_a_follow_up_review() -> None:
    policy = load_platforms()
    now = WRITTEN + timedelta(days=1)
    assert not policy.get_terms("tmall").may_reply(WRITTEN, now=now, followed_up=True)
    assert policy.get_terms("jd").may_reply(WRITTEN, now=now, followed_up=True)


def test_the_own_shop_has_no_window() -> None:
    terms = load_platforms().get_terms("house")
    assert terms.last_moment(WRITTEN) is None
    assert terms.may_reply(WRITTEN, now=WRITTEN + timedelta(days=3650))


def test_every_preset_says_where_it_comes_from() -> None:
    policy = load_platforms()
    assert policy.platforms.keys() >= {"taobao", "tmall", "jd", "douyin", "pdd", "kuaishou"}
    assert all(terms.source for terms in policy.platforms.values())


def test_an_unknown_platform_is_an_error() -> None:
    with pytest.raises(PolicyError, match="ebay"):
        load_platforms().get_terms("ebay")


def test_a_negative_length_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "platforms.yml"
    file.write_text(
        "valid_from: 2026-11-01\nsource: 店\nplatforms:\n  own: {name: 店, max_characters: 0, "
        "window_days: null, after_followup: true, editable: true, source: 店, confidence: general}"
    )
    with pytest.raises(PolicyError, match=r"platforms\.own\.max_characters"):
        load_platforms(file)
