"""What the encoder is tuned on: which reviews, how loudly, in which order, at which pace."""

from collections.abc import Sequence

import numpy as np
import pytest

from review_manager.training.reviews_file import LabelledReviews
from review_manager.training.tuning_rows import (
    BATCH,
    OWN_TIMES,
    WRONG,
    batches,
    lesson,
    pace,
    shortened,
)

NONE_OWN = ((), np.array([], np.int64))


def _reviews(labels: Sequence[int]) -> LabelledReviews:
    texts = tuple(f"第{number}条" for number in range(len(labels)))
    count = len(labels)
    return LabelledReviews(texts, np.array(labels), np.full(count, "书"), np.ones(count))


def test_labels_that_the_words_contradict_loudly_are_left_out() -> None:
    reviews = _reviews([1, 1, 0, 0, 1])
    margins = np.array([WRONG - 0.01, WRONG, -WRONG + 0.01, -WRONG, 0.2])
    assert lesson(reviews, margins, NONE_OWN).texts == ("第1条", "第3条", "第4条")


def test_the_own_texts_come_last_and_several_times() -> None:
    own = (("送得快", "洒了"), np.array([1, 0]))
    learned = lesson(_reviews([0]), np.array([-0.1]), own)
    assert learned.texts == ("第0条", *["送得快", "洒了"] * OWN_TIMES)
    assert learned.goals.tolist() == [0.0, *[1.0, 0.0] * OWN_TIMES]


def test_a_text_is_shortened_between_its_ends() -> None:
    draw = np.random.default_rng(0)
    ids = np.arange(1, 2001)
    once, again = (shortened(ids, 0.1, draw).tolist() for _ in range(2))
    assert len(once) / len(ids) == pytest.approx(0.9, abs=0.03)
    assert once != again
    assert once == sorted(once)
    assert (once[0], once[-1]) == (1, 2000)
    assert shortened(np.array([7]), 1.0, draw).tolist() == [7]
    assert shortened(ids, 0.0, draw).tolist() == ids.tolist()


def test_every_row_comes_once_a_pass_among_rows_of_its_length() -> None:
    lengths = np.random.default_rng(0).integers(5, 90, 5000).tolist()
    drawn = list(batches(lengths, seed=1))
    assert sorted(np.concatenate(drawn).tolist()) == list(range(5000))
    assert max(map(len, drawn)) == BATCH
    spans = [np.ptp([lengths[row] for row in rows]) for rows in drawn]
    assert np.mean(spans) < 4


def test_passes_differ_and_are_repeatable() -> None:
    first, again, other = (
        [rows.tolist() for rows in batches([3] * 100, seed=seed)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("done", "share"), [(0.0, 0.0), (0.03, 0.485), (0.06, 0.94), (0.53, 0.47), (1.0, 0.0)]
)
def test_the_pace_rises_fast_and_falls_slowly(done: float, share: float) -> None:
    assert pace(done) == pytest.approx(share)
