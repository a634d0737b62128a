"""The bench reads its file strictly and scores a system by what it says."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.reviews import SAMPLE, NoReviewsError, Score, System, measure, read_labelled, table


def cheerful() -> System:
    def judge(reviews: Sequence[str]) -> list[bool]:
        return ["差" not in review for review in reviews]

    return System("cheerful", lambda: judge)


def test_the_sample_is_balanced() -> None:
    reviews, good = read_labelled(SAMPLE)
    assert len(reviews) == len(set(reviews))
    assert sum(good) * 2 == len(good)


def test_accuracy_and_recall_are_counted() -> None:
    score = measure(cheerful(), ["好", "差", "难用", "不错"], [True, False, False, True])
    assert score.accuracy == 0.75
    assert score.negative_recall == 0.5
    assert score.reviews_per_second > 0


def test_the_table_has_a_line_a_system() -> None:
    score = Score("kefu", 4, 0.75, 0.5, 1000.0, 0.1)
    assert len(table([score, score]).splitlines()) == 3


@pytest.mark.parametrize("content", ["", "review,label\n", "text\n好\n", "review,label\n好,2\n"])
def test_a_file_without_labelled_reviews_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(NoReviewsError, match=r"reviews\.csv"):
        read_labelled(file)
