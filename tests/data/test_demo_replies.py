"""The shop's past replies: to real complaints, in time for the most part, lawful, none alike."""

import pytest

from compliance import Channel, build_checker, load_wording

Row = dict[str, str]
Labels = dict[tuple[str, str], Row]

A_DAY = 24 * 60


def test_each_answers_one_complaint_after_it_was_made(
    replies: list[Row], reviews: list[Row], labels: Labels
) -> None:
    posted = {_key(row): int(row["posted_minutes_ago"]) for row in reviews}
    assert len({_key(row) for row in replies}) == len(replies)
    for row in replies:
        assert labels[_key(row)]["tone"] in {"bad", "angry"}, row
        assert 0 < int(row["replied_minutes_ago"]) < posted[_key(row)], row


def test_most_were_in_time_some_late_and_some_still_wait(
    replies: list[Row], reviews: list[Row], labels: Labels
) -> None:
    posted = {_key(row): int(row["posted_minutes_ago"]) for row in reviews}
    delays = [posted[_key(row)] - int(row["replied_minutes_ago"]) for row in replies]
    assert 3 <= sum(delay > A_DAY for delay in delays) <= 0.15 * len(delays)
    answered = {_key(row) for row in replies}
    bad = {key for key, label in labels.items() if label["tone"] in {"bad", "angry"}}
    waiting = [posted[key] for key in bad - answered]
    assert sum(age <= A_DAY for age in waiting) >= 10
    assert 3 <= sum(age > A_DAY for age in waiting) <= 15


def test_no_two_are_alike_and_each_apologises_once(replies: list[Row]) -> None:
    assert len({row["reply"] for row in replies}) == len(replies)
    assert len({row["reply"][:6] for row in replies}) == len(replies)
    openings = [row["reply"].split("，")[0] for row in replies]
    assert sum(opening.startswith("对不起") for opening in openings) == 0
    assert all(row["reply"].count("对不起") == 1 for row in replies)


def test_a_public_reply_is_short_and_fits_every_platform(replies: list[Row]) -> None:
    assert all(40 <= len(row["reply"]) <= 160 for row in replies)


def test_every_reply_passes_the_check(replies: list[Row]) -> None:
    checker = build_checker(load_wording())
    for row in replies:
        verdict = checker.check(row["reply"], channel=Channel.REVIEW_REPLY, public=True)
        assert verdict.findings == (), (row, verdict)


@pytest.mark.parametrize("word", ["好评", "改评", "删评", "改五星", "最终解释权"])
def test_no_reply_bargains_about_the_review(replies: list[Row], word: str) -> None:
    assert not any(word in row["reply"] for row in replies)


def _key(row: Row) -> tuple[str, str]:
    return row["platform"], row["review_id"]
