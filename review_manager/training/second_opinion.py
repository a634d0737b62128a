"""Fits the second opinion: tunes the encoder, and finds out how far it is to be trusted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from embedding.packed_file import open_model
from review_manager.analysis.polarity import Heard, PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.analysis.tuned_layers import Tables
from review_manager.training.reviews_file import LabelledReviews
from review_manager.training.tuning_rows import Lesson, lesson

DOUBT = 0.5  # margins nearer to 0 are asked about: about one review in five of familiar goods
# What strange words change. Chosen on categories left out, since familiar reviews cannot tell.
STRANGER, FADED, GAINED = 0.4, 0.7, 0.5
HELD_BACK = 10  # one review in so many is not learned from, but decides how far opinions count

Labelled = tuple[tuple[str, ...], NDArray[np.int64]]
Tuner = Callable[[Lesson], tuple[Tables, NDArray[np.float32]]]
"""Returns what changed in the layers, and the head."""


def fit_second_opinion(
    reviews: LabelledReviews,
    own: Labelled,
    heard: Heard,
    polarity: PolarityModel,
    tune: Tuner,
) -> SecondOpinion:
    """Tune on nine tenths of the reviews and the project's own texts; weigh on the last tenth.

    `heard` is what held-out polarity models say of `reviews`.
    """
    held = held_back(len(reviews.texts))
    changed, head = tune(lesson(reviews.part(~held), heard.margins[~held], own))
    of = open_model().fingerprint()
    alone = SecondOpinion(changed, of, head, doubt=DOUBT, weight=1.0, trust=0.0)
    return trusted(alone, reviews.part(held), heard.at(held), polarity)


def weighed(
    second: SecondOpinion, reviews: LabelledReviews, heard: Heard, polarity: PolarityModel
) -> SecondOpinion:
    """Return an opinion that was tuned on these reviews before, trusted as far as now is right."""
    held = held_back(len(reviews.texts))
    return trusted(second, reviews.part(held), heard.at(held), polarity)


def held_back(count: int) -> NDArray[np.bool_]:
    """Return which of `count` reviews are not learned from, the same ones each time."""
    order = np.random.default_rng(1).permutation(count)
    return np.asarray(order % HELD_BACK == 0, np.bool_)


def trusted(
    second: SecondOpinion,
    reviews: LabelledReviews,
    heard: Heard,
    polarity: PolarityModel,
) -> SecondOpinion:
    """Return the opinion with the trust that doubtful reviews earn it, probabilities calibrated.

    Neither `heard` nor the opinion may come from a model that learned from these reviews.
    """
    ruled = replace(second, stranger=STRANGER, faded=FADED, gained=GAINED)
    doubtful = np.abs(heard.margins) < second.doubt
    asked, told = reviews.part(doubtful), heard.at(doubtful)
    table = np.column_stack(ruled.voices(told, second.opinions(asked.texts)))
    line = LogisticRegression(C=1e6, fit_intercept=False).fit(table, asked.labels)
    weight, trust = (line.coef_[0] / polarity.slope).tolist()
    return replace(ruled, weight=weight, trust=trust)
