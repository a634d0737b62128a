"""Fits the second opinion: a committee of small networks over the sentence embedding."""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from review_manager.analysis.embedding import DIMENSIONS, embed, encoder_name
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.training.polarity import folds

MEMBERS = 4
HIDDEN = 256
PENALTY = 1.0
PASSES = 6
NOISE = 0.5  # standard deviations added to a second copy of each row, against learning by heart
RATE = 3e-4
DOUBT = 0.3  # margins nearer to 0 are asked about: about one review in eight
RATIO = 0.2  # of opinion to margin; chosen on categories left out, where opinions carry over better
OWN_TIMES = 3  # the project's own texts are few, and speak of goods that the corpus lacks
_AT_ONCE = 256
_CERTAIN = 1e-6


def embed_all(texts: Sequence[str], cache: Path | None = None) -> NDArray[np.float32]:
    """Embed all texts (some five minutes for 30,000), or take them from `cache`, or fill it.

    What another encoder made, or of other texts, is made again.
    """
    made_of = _made_of(texts)
    if cache is not None and cache.exists():
        with np.load(cache, allow_pickle=False) as stored:
            if "made_of" in stored and str(stored["made_of"]) == made_of:
                return np.asarray(stored["vectors"], np.float32)
    vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
    for start in range(0, len(texts), _AT_ONCE):
        vectors[start : start + _AT_ONCE] = embed(texts[start : start + _AT_ONCE])
    if cache is not None:
        np.savez(cache, vectors=vectors.astype(np.float16), made_of=np.array(made_of))
    return vectors


def _made_of(texts: Sequence[str]) -> str:
    whole = "\0".join([encoder_name(), *texts])
    return hashlib.sha256(whole.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class Embedded:
    """Embedded texts, shape (rows, 384), and their labels: 1 good, 0 bad."""

    vectors: NDArray[np.float32]
    labels: NDArray[np.int64]

    def at(self, rows: NDArray[np.int64]) -> "Embedded":
        """Return some of the rows."""
        return Embedded(self.vectors[rows], self.labels[rows])

    def with_own(self, own: "Embedded") -> "Embedded":
        """Return these rows and then the project's own, several times."""
        return Embedded(
            np.vstack([self.vectors, *[own.vectors] * OWN_TIMES]),
            np.concatenate([self.labels, *[own.labels] * OWN_TIMES]),
        )


def fit_second_opinion(
    reviews: Embedded, own: Embedded, margins: NDArray[np.float64], polarity: PolarityModel
) -> SecondOpinion:
    """Fit the committee on all rows, and on held-out reviews how sure it makes a margin.

    `margins` are the held-out margins of the polarity model for `reviews`.
    """
    rows = reviews.with_own(own)
    centre, scale = rows.vectors.mean(axis=0), rows.vectors.std(axis=0)
    weight = _weight(reviews, own, margins, polarity)
    members = [_member((rows.vectors - centre) / scale, rows.labels, k) for k in range(MEMBERS)]
    return SecondOpinion(
        centre=centre,
        scale=scale,
        first=np.stack([member.coefs_[0] for member in members]).astype(np.float32),
        first_bias=np.stack([member.intercepts_[0] for member in members]).astype(np.float32),
        last=np.stack([member.coefs_[1][:, 0] for member in members]).astype(np.float32),
        last_bias=np.array([member.intercepts_[1][0] for member in members], np.float32),
        doubt=DOUBT,
        weight=weight,
        trust=weight * RATIO,
    )


def _weight(
    reviews: Embedded, own: Embedded, margins: NDArray[np.float64], polarity: PolarityModel
) -> float:
    """Return what keeps settled margins calibrated, by models that did not see the row."""
    opinions = np.zeros(len(reviews.labels))
    for fitted, held in folds(reviews.labels):
        rows = reviews.at(fitted).with_own(own)
        centre, scale = rows.vectors.mean(axis=0), rows.vectors.std(axis=0)
        member = _member((rows.vectors - centre) / scale, rows.labels, 0)
        chance = member.predict_proba((reviews.vectors[held] - centre) / scale)[:, 1]
        chance = chance.clip(_CERTAIN, 1 - _CERTAIN)
        opinions[held] = np.log(chance / (1 - chance))
    doubtful = np.abs(margins) < DOUBT
    settled = (margins + RATIO * opinions)[doubtful, None]
    line = LogisticRegression(C=1e6, fit_intercept=False).fit(settled, reviews.labels[doubtful])
    return float(line.coef_[0][0] / polarity.slope)


def _member(shown: NDArray[np.float32], labels: NDArray[np.int64], seed: int) -> MLPClassifier:
    network = MLPClassifier(
        (HIDDEN,), alpha=PENALTY, learning_rate_init=RATE, max_iter=PASSES, random_state=seed
    )
    noise = np.random.default_rng(seed).normal(0.0, NOISE, shown.shape).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is the point
        return network.fit(np.vstack([shown, shown + noise]), np.append(labels, labels))
