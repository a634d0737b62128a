"""The demo files as rows of text, read once."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Row = dict[str, str]
Rows = list[Row]
ReadRows = Callable[[str], Rows]


@cache
def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def shop() -> ReadRows:
    """`shop("orders")` gives the rows of data/shop/orders.csv."""
    return lambda name: _read(ROOT / "data" / "shop" / f"{name}.csv")


@pytest.fixture(scope="session")
def reviews() -> Rows:
    return _read(ROOT / "data" / "reviews" / "demo_reviews.csv")


@pytest.fixture(scope="session")
def replies() -> Rows:
    return _read(ROOT / "data" / "reviews" / "demo_replies.csv")


@pytest.fixture(scope="session")
def labels() -> dict[tuple[str, str], Row]:
    """What each demo review was written to be, by platform and review id."""
    rows = _read(Path(__file__).parent / "demo_review_labels.csv")
    return {(row["platform"], row["review_id"]): row for row in rows}
