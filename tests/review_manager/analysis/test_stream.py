"""Long streams are answered in order, whatever the number of processes."""

from collections.abc import Iterator

import pytest

from review_manager.analysis import load
from review_manager.analysis.stream import analyse_stream


def reviews(count: int) -> Iterator[tuple[str, float | None]]:
    texts = ["质量很好", "太差了，坏了", "物流快", "客服不理人", ""]
    return ((f"{texts[number % 5]}{number}", None) for number in range(count))


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1600])
def test_answers_come_in_order(count: int) -> None:
    expected = load().analyse_many(list(reviews(count)), fast=True)
    assert list(analyse_stream(reviews(count), fast=True, processes=2)) == expected


def test_one_process_gives_the_same() -> None:
    expected = load().analyse_many(list(reviews(1600)), fast=True)
    assert list(analyse_stream(reviews(1600), fast=True, processes=1)) == expected
