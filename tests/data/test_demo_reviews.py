"""The demo reviews: a natural mix, no two alike but the burst, and each fitting its order."""

import re
from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher

Row = dict[str, str]
Labels = dict[tuple[str, str], Row]
ReadRows = Callable[[str], list[Row]]

TEN_DAYS = 10 * 24 * 60
EMPTY_PRAISE = {"此用户没有填写评价。"}  # what a platform writes when the buyer wrote nothing


def test_there_are_enough_and_each_has_its_label(reviews: list[Row], labels: Labels) -> None:
    assert len(reviews) >= 400
    keys = [_key(row) for row in reviews]
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(labels)


def test_the_mix_is_natural(reviews: list[Row], labels: Labels) -> None:
    tones = Counter(labels[_key(row)]["tone"] for row in reviews)
    share = {tone: count / len(reviews) for tone, count in tones.items()}
    assert 0.72 <= share["good"] <= 0.82
    assert 0.07 <= share["mixed"] <= 0.11
    assert 0.08 <= share["bad"] <= 0.13
    assert 0.02 <= share["angry"] <= 0.04


def test_the_hard_cases_are_there(labels: Labels) -> None:
    flags = Counter(flag for row in labels.values() for flag in row["flags"].split())
    assert flags["safety"] >= 6
    assert flags["threat"] >= 3
    assert flags["hidden_bad"] >= 4
    assert flags["misclick"] >= 2
    assert 5 <= flags["burst"] <= 6


def test_stars_and_flags_agree(reviews: list[Row], labels: Labels) -> None:
    assert {row["stars"] for row in reviews} == set("12345")
    for row in reviews:
        label = labels[_key(row)]
        if "hidden_bad" in label["flags"]:
            assert (label["tone"], row["stars"]) == ("bad", "5")
        elif "misclick" in label["flags"]:
            assert (label["tone"], row["stars"]) == ("good", "1")
        elif label["tone"] == "good":
            assert int(row["stars"]) >= 4, row
        elif label["tone"] in {"bad", "angry"}:
            assert int(row["stars"]) <= 3, row


def test_they_are_of_the_last_ten_days_and_mostly_written_awake(reviews: list[Row]) -> None:
    ages = [int(row["posted_minutes_ago"]) for row in reviews]
    assert all(0 <= age <= TEN_DAYS for age in ages)
    assert all(sum(day * 1440 <= age < (day + 1) * 1440 for age in ages) >= 20 for day in range(10))
    seeded_at = 16 * 60  # the hour the clock times were written for
    asleep = sum((seeded_at - age) % 1440 < 6 * 60 for age in ages)
    assert asleep < 0.1 * len(ages)


def test_a_follow_up_comes_after_its_review(reviews: list[Row]) -> None:
    followed = [row for row in reviews if row["follow_up"]]
    assert len(followed) >= 10
    for row in reviews:
        assert bool(row["follow_up"]) == bool(row["follow_up_minutes_ago"]), row
        if row["follow_up"]:
            assert 0 <= int(row["follow_up_minutes_ago"]) < int(row["posted_minutes_ago"]), row


def test_a_review_with_an_order_is_of_its_product_and_after_its_signing(
    reviews: list[Row], shop: ReadRows
) -> None:
    orders = {row["order_number"]: row for row in shop("orders")}
    bought = {(row["order_number"], row["sku"]) for row in shop("order_items")}
    linked = [row for row in reviews if row["order_number"]]
    assert len(linked) >= 200
    for row in linked:
        order = orders[row["order_number"]]
        assert (row["order_number"], row["sku"]) in bought, row
        assert row["platform"] == order["platform"], row
        assert int(row["posted_minutes_ago"]) < int(order["signed_minutes_ago"]), row
    assert len({(row["order_number"], row["sku"]) for row in linked}) == len(linked)


def test_every_product_is_reviewed(reviews: list[Row], shop: ReadRows) -> None:
    assert {row["sku"] for row in reviews} == {row["sku"] for row in shop("products")}


def test_no_text_comes_twice(reviews: list[Row]) -> None:
    texts = [row["text"] for row in reviews if row["text"] not in EMPTY_PRAISE]
    assert len(set(texts)) == len(texts)


def test_only_the_burst_is_alike(reviews: list[Row], labels: Labels) -> None:
    burst = [row for row in reviews if "burst" in labels[_key(row)]["flags"]]
    others = [row["text"] for row in reviews if row not in burst and len(row["text"]) >= 12]
    matcher = SequenceMatcher(autojunk=False)
    for number, text in enumerate(others):
        matcher.set_seq2(text)
        for other in others[:number]:
            matcher.set_seq1(other)
            alike = matcher.real_quick_ratio() > 0.75 and matcher.quick_ratio() > 0.75
            assert not (alike and matcher.ratio() > 0.75), (text, other)
    assert len({row["nickname"] for row in burst}) == len(burst)
    ages = [int(row["posted_minutes_ago"]) for row in burst]
    assert max(ages) - min(ages) < 60
    assert len({row["sku"] for row in burst}) == 1


def test_lengths_vary_from_a_word_to_a_story(reviews: list[Row]) -> None:
    lengths = [len(row["text"]) for row in reviews]
    assert min(lengths) <= 2
    assert 250 <= max(lengths) <= 300


def test_no_review_tells_who_wrote_it(reviews: list[Row]) -> None:
    for row in reviews:
        assert "*" in row["nickname"], row
        assert not re.search(r"1[3-9]\d{9}|\d{15,}", row["text"] + row["follow_up"]), row


def _key(row: Row) -> tuple[str, str]:
    return row["platform"], row["review_id"]
