"""Short reviews of takeaway orders, which no labelled corpus taught: the mood is mostly right."""

from pathlib import Path

import pytest

from review_manager.analysis import Polarity, load

LINES = Path(__file__).parents[2] / "data" / "takeaway_orders.tsv"


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_takeaway_orders_are_understood(fast: bool) -> None:
    rows = [line.split("\t") for line in LINES.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row[0] in {"good", "bad"}]
    found = load().analyse_many([(text, None) for _, text in rows], fast=fast)
    right = [
        (analysis.polarity is Polarity.POSITIVE) == (label == "good")
        for analysis, (label, _) in zip(found, rows, strict=True)
    ]
    bad = [hit for hit, (label, _) in zip(right, rows, strict=True) if label == "bad"]
    assert sum(right) / len(right) >= 0.87
    assert sum(bad) / len(bad) >= 0.87
