"""Fits the second opinion: a committee of small networks over the sentence embedding."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from review_manager.analysis.embedding import DIMENSIONS, embed
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.training.polarity import folds

MEMBERS = 4
HIDDEN = 256
PENALTY = 1.0
PASSES = 6
NOISE = 0.5  # standard deviations added to a second copy of each row, against learning by heart
RATE = 3e-4
DOUBT = 0.25  # margins nearer to 0 are asked about: about one review in ten
_AT_ONCE = 256
_CERTAIN = 1e-6


def embed_all(texts: Sequence[str], cache: Path | None = None) -> NDArray[np.float32]:
    """Embed all texts (half an hour for 30,000), or take them from `cache`, or fill it."""
    if cache is not None and cache.exists():
        with np.load(cache, allow_pickle=False) as stored:
            if len(stored["vectors"]) == len(texts):
                return np.asarray(stored["vectors"], np.float32)
    vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
    for start in range(0, len(texts), _AT_ONCE):
        vectors[start : start + _AT_ONCE] = embed(texts[start : start + _AT_ONCE])
    if cache is not None:
        np.savez(cache, vectors=vectors.astype(np.float16))
    return vectors


def fit_second_opinion(
    vectors: NDArray[np.float32],
    labels: NDArray[np.int64],
    margins: NDArray[np.float64],
    polarity: PolarityModel,
) -> SecondOpinion:
    """Fit the committee on all rows, and on held-out rows how much it is to be trusted.

    `margins` are the held-out margins of the polarity model for the same rows.
    """
    centre, scale = vectors.mean(axis=0), vectors.std(axis=0)
    shown = (vectors - centre) / scale
    weight, trust = _rule(shown, labels, margins, polarity)
    members = [_member(shown, labels, seed) for seed in range(MEMBERS)]
    return SecondOpinion(
        centre=centre,
        scale=scale,
        first=np.stack([member.coefs_[0] for member in members]).astype(np.float32),
        first_bias=np.stack([member.intercepts_[0] for member in members]).astype(np.float32),
        last=np.stack([member.coefs_[1][:, 0] for member in members]).astype(np.float32),
        last_bias=np.array([member.intercepts_[1][0] for member in members], np.float32),
        doubt=DOUBT,
        weight=weight,
        trust=trust,
    )


def _rule(
    shown: NDArray[np.float32],
    labels: NDArray[np.int64],
    margins: NDArray[np.float64],
    polarity: PolarityModel,
) -> tuple[float, float]:
    """Weigh margin and opinion on the doubtful rows, both by models that did not see the row."""
    opinions = np.zeros(len(labels))
    for fitted, held in folds(labels):
        chance = _member(shown[fitted], labels[fitted], 0).predict_proba(shown[held])[:, 1]
        chance = chance.clip(_CERTAIN, 1 - _CERTAIN)
        opinions[held] = np.log(chance / (1 - chance))
    doubtful = np.abs(margins) < DOUBT
    both = np.column_stack([margins, opinions])[doubtful]
    line = LogisticRegression(C=1e6, fit_intercept=False).fit(both, labels[doubtful])
    weight, trust = line.coef_[0] / polarity.slope
    return float(weight), float(trust)


def _member(shown: NDArray[np.float32], labels: NDArray[np.int64], seed: int) -> MLPClassifier:
    network = MLPClassifier(
        (HIDDEN,), alpha=PENALTY, learning_rate_init=RATE, max_iter=PASSES, random_state=seed
    )
    noise = np.random.default_rng(seed).normal(0.0, NOISE, shown.shape).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is the point
        return network.fit(np.vstack([shown, shown + noise]), np.append(labels, labels))
