"""Short reviews of goods that no labelled corpus taught: the mood is mostly right."""

from pathlib import Path

import pytest

from review_manager.analysis import Polarity, load

DATA = Path(__file__).parents[2] / "data"


def _scores(name: str, *, fast: bool) -> tuple[float, float]:
    """Return accuracy, and recall of the bad ones."""
    rows = [line.split("\t") for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row[0] in {"good", "bad"}]
    found = load().analyse_many([(row[1], None) for row in rows], fast=fast)
    right = [
        (analysis.polarity is Polarity.POSITIVE) == (row[0] == "good")
        for analysis, row in zip(found, rows, strict=True)
    ]
    bad = [hit for hit, row in zip(right, rows, strict=True) if row[0] == "bad"]
    return sum(right) / len(right), sum(bad) / len(bad)


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_takeaway_orders_are_understood(fast: bool) -> None:
    accuracy, recall = _scores("takeaway_orders.tsv", fast=fast)
    assert accuracy >= 0.87
    assert recall >= 0.87


@pytest.mark.parametrize(("fast", "least"), [(True, 0.75), (False, 0.85)], ids=["fast", "full"])
def test_clothes_phones_boilers_and_snacks_are_mostly_understood(fast: bool, least: float) -> None:
    accuracy, recall = _scores("other_goods.tsv", fast=fast)
    assert accuracy >= least
    assert recall >= 0.9


@pytest.mark.parametrize(("fast", "least"), [(True, 0.6), (False, 0.75)], ids=["fast", "full"])
def test_stories_and_concessions_are_understood_more_often_than_not(
    fast: bool, least: float
) -> None:
    accuracy, recall = _scores("plain_and_hard.tsv", fast=fast)
    assert accuracy >= least
    assert recall >= 0.8
