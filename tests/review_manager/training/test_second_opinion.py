"""The opinion is trusted as far as reviews that it did not learn from allow."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from review_manager.analysis.embedding import DIMENSIONS, is_available
from review_manager.analysis.ngrams import BITS
from review_manager.analysis.polarity import Heard, PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.analysis.tuned_layers import Tables
from review_manager.training.reviews_file import LabelledReviews
from review_manager.training.second_opinion import (
    DOUBT,
    FADED,
    GAINED,
    HELD_BACK,
    STRANGER,
    fit_second_opinion,
    trusted,
    weighed,
)
from review_manager.training.tuning_rows import Lesson

pytestmark = pytest.mark.skipif(not is_available(), reason="no embedding on this platform")

GOODS = ("手机", "裙子", "热水器", "耳机", "米", "锅")
PRAISE = ("{}非常好用，很满意", "{}质量好，还会再来", "喜欢这个{}，推荐")
BLAME = ("{}用两天就坏了", "{}太差，要求退货", "后悔买了这个{}，骗人")


def _reviews(seed: int) -> tuple[LabelledReviews, Heard]:
    """Return plain praise and blame, and margins that know nothing of either."""
    texts = [form.format(name) for form in PRAISE + BLAME for name in GOODS]
    labels = np.repeat([1, 0], len(texts) // 2)
    margins = np.random.default_rng(seed).normal(0, DOUBT / 3, len(texts))
    ones = np.ones(len(texts))
    reviews = LabelledReviews(tuple(texts), labels, np.full(len(texts), "x"), ones)
    return reviews, Heard(margins, np.zeros(len(texts)))


def _polarity() -> PolarityModel:
    table = np.zeros(1 << BITS, np.float32)
    return PolarityModel(table, table, offset=0.0, slope=4.0, shift=0.0)


def _opinion(texts: tuple[str, ...], goals: NDArray[np.float64]) -> SecondOpinion:
    """Return the encoder as it is with the straightest line between praise and blame."""
    blank = SecondOpinion({}, 0, np.zeros(DIMENSIONS + 1, np.float32), DOUBT, 1.0, 0.0)
    encoder = blank._encoder
    assert encoder is not None
    means = encoder.means(texts)
    slope = means[goals == 1].mean(axis=0) - means[goals == 0].mean(axis=0)
    head = np.append(slope, -slope @ means.mean(axis=0)).astype(np.float32)
    return SecondOpinion({}, 0, head, DOUBT, 1.0, 0.0)


def test_an_opinion_that_knows_is_trusted_more_than_margins_that_do_not() -> None:
    reviews, heard = _reviews(1)
    opinion = _opinion(reviews.texts, reviews.labels.astype(float))
    second = trusted(opinion, reviews, heard, _polarity())
    settled = second.settle(reviews.texts, heard)
    asked = np.abs(heard.margins) < DOUBT
    assert ((settled > 0) == (reviews.labels == 1))[asked].mean() > 0.95
    assert (
        second.trust * np.abs(opinion.opinions(reviews.texts)).mean() > abs(second.weight) * DOUBT
    )


def test_one_review_in_ten_is_kept_from_the_tuning() -> None:
    reviews, heard = _reviews(2)
    own = (("米很香",), np.array([1]))
    seen: list[Lesson] = []

    def tune(lesson: Lesson) -> tuple[Tables, NDArray[np.float32]]:
        seen.append(lesson)
        return {}, _opinion(lesson.texts, lesson.goals).head

    second = fit_second_opinion(reviews, own, heard, _polarity(), tune)
    learned = set(seen[0].texts) - {"米很香"}
    assert "米很香" in seen[0].texts
    assert len(learned) == len(reviews.texts) - -(-len(reviews.texts) // HELD_BACK)
    assert learned < set(reviews.texts)
    assert second.doubt == DOUBT
    assert second.trust > 0


def test_trust_weighed_anew_is_the_trust_of_the_tuning() -> None:
    reviews, heard = _reviews(3)

    def tune(lesson: Lesson) -> tuple[Tables, NDArray[np.float32]]:
        return {}, _opinion(lesson.texts, lesson.goals).head

    second = fit_second_opinion(reviews, ((), np.zeros(0, np.int64)), heard, _polarity(), tune)
    again = weighed(replace(second, weight=9.0, trust=9.0), reviews, heard, _polarity())
    assert (again.weight, again.trust) == pytest.approx((second.weight, second.trust))


def test_where_words_are_strange_they_count_less_in_a_fixed_measure() -> None:
    reviews, heard = _reviews(1)
    second = trusted(
        _opinion(reviews.texts, reviews.labels.astype(float)), reviews, heard, _polarity()
    )
    assert (second.stranger, second.faded, second.gained) == (STRANGER, FADED, GAINED)
    told = Heard(np.array([0.4, 0.4]), np.array([0.0, 1.0]))
    words, sense = second.voices(told, np.array([-1.0, -1.0]))
    assert words.tolist() == pytest.approx([0.4, 0.4 * (1 - FADED)])
    assert sense.tolist() == pytest.approx([-1.0, -1.0 - GAINED])
