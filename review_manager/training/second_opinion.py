"""Fits the second opinion: tunes the encoder, and finds out how far it is to be trusted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from embedding.weights import Layer
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.training.reviews_file import LabelledReviews
from review_manager.training.tuning_rows import Lesson, lesson

DOUBT = 0.5  # margins nearer to 0 are asked about: about one review in five
HELD_BACK = 10  # one review in so many is not learned from, but decides how far opinions count

Labelled = tuple[tuple[str, ...], NDArray[np.int64]]
Tuner = Callable[[Lesson], tuple[tuple[Layer, ...], NDArray[np.float32]]]


def fit_second_opinion(
    reviews: LabelledReviews,
    own: Labelled,
    margins: NDArray[np.float64],
    polarity: PolarityModel,
    tune: Tuner,
) -> SecondOpinion:
    """Tune on nine tenths of the reviews and the project's own texts; weigh on the last tenth.

    `margins` are the held-out margins of the polarity model for `reviews`.
    """
    held = np.random.default_rng(1).permutation(len(margins)) % HELD_BACK == 0
    layers, head = tune(lesson(reviews.part(~held), margins[~held], own))
    alone = SecondOpinion(layers, head, doubt=DOUBT, weight=1.0, trust=0.0)
    return trusted(alone, reviews.part(held), margins[held], polarity)


def trusted(
    second: SecondOpinion,
    reviews: LabelledReviews,
    margins: NDArray[np.float64],
    polarity: PolarityModel,
) -> SecondOpinion:
    """Return the opinion with the trust that doubtful reviews earn it, probabilities calibrated.

    Neither `margins` nor the opinion may come from a model that learned from these reviews.
    """
    doubtful = np.abs(margins) < second.doubt
    asked = reviews.part(doubtful)
    table = np.column_stack([margins[doubtful], second.opinions(asked.texts)])
    line = LogisticRegression(C=1e6, fit_intercept=False).fit(table, asked.labels)
    weight, trust = line.coef_[0] / polarity.slope
    return replace(second, weight=float(weight), trust=float(trust))
