"""Fits the polarity model: a naive-Bayes support vector machine over hashed n-grams."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from review_manager.analysis.ngrams import BITS, hashed_grams
from review_manager.analysis.polarity import Heard, PolarityModel, strangeness
from review_manager.training.reviews_file import LabelledReviews

SMOOTHING = 1.0
FEWEST_TEXTS = 2
SVM_COST = 0.2
FOLDS = 5
_ROWS_AT_ONCE = 10_000
_SMALLEST = 1e-9


def fit(reviews: LabelledReviews) -> tuple[PolarityModel, Heard]:
    """Fit on all rows; also return what a model that did not see a row says of it.

    The held-out margins calibrate the probability, and later teach when to ask again.
    """
    presence = gram_matrix(reviews.texts)
    heard = held_out(presence, reviews)
    slope, shift = _calibration(heard.margins, reviews.labels)
    pull, square, offset = _weights(presence, reviews)
    return PolarityModel(pull, square, offset, slope, shift), heard


def gram_matrix(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return presence (1.0) of n-gram buckets, one row a text."""
    parts = [_part(texts[k : k + _ROWS_AT_ONCE]) for k in range(0, len(texts), _ROWS_AT_ONCE)]
    return sparse.vstack(parts).tocsr()


def folds(labels: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return (fitted, held out) row numbers of the cross-validation that all parts share."""
    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(labels, labels))


def held_out(presence: sparse.csr_matrix, reviews: LabelledReviews) -> Heard:
    """Return what a model that was fitted without a row says of it."""
    margins, known = np.zeros(len(reviews.labels)), np.zeros(len(reviews.labels))
    for fitted, held in folds(reviews.labels):
        chosen = np.zeros(len(margins), bool)
        chosen[fitted] = True
        pull, square, offset = _weights(presence[fitted], reviews.part(chosen))
        known[held] = presence[held] @ (square > 0)
        norm = np.sqrt(np.maximum(presence[held] @ square, _SMALLEST))
        margins[held] = (presence[held] @ pull) / norm + offset
    return Heard(margins, strangeness(known, np.diff(presence.indptr)))


def _part(texts: Sequence[str]) -> sparse.csr_matrix:
    grams = hashed_grams(texts)
    starts = np.searchsorted(grams.text, np.arange(len(texts) + 1))
    ones = np.ones(len(grams.bucket), np.float32)
    return sparse.csr_matrix((ones, grams.bucket, starts), shape=(len(texts), 1 << BITS))


def _weights(
    presence: sparse.csr_matrix, reviews: LabelledReviews
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    used = np.flatnonzero(np.asarray(presence.sum(axis=0)).ravel() >= FEWEST_TEXTS)
    seen = presence[:, used]
    ratio = _log_count_ratio(seen, reviews.labels) * _breadth(seen, reviews.categories)
    machine = LinearSVC(C=SVM_COST, random_state=0)
    machine.fit(normalize(seen @ sparse.diags(ratio)), reviews.labels, reviews.weights)
    pull, square = np.zeros(1 << BITS, np.float32), np.zeros(1 << BITS, np.float32)
    pull[used] = machine.coef_[0] * ratio
    square[used] = ratio**2
    return pull, square, float(machine.intercept_[0])


def _log_count_ratio(seen: sparse.csr_matrix, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    good = np.asarray(seen[labels == 1].sum(axis=0)).ravel() + SMOOTHING
    bad = np.asarray(seen[labels == 0].sum(axis=0)).ravel() + SMOOTHING
    ratio: NDArray[np.float32] = np.log((good / good.sum()) / (bad / bad.sum())).astype(np.float32)
    return ratio


def _breadth(seen: sparse.csr_matrix, categories: NDArray[np.str_]) -> NDArray[np.float32]:
    """Trust n-grams of many categories more: what sells one sort of goods may not sell another."""
    names = np.unique(categories)
    met = [np.asarray(seen[categories == name].sum(axis=0)).ravel() > 0 for name in names]
    breadth: NDArray[np.float32] = np.sqrt(np.mean(met, axis=0)).astype(np.float32)
    return breadth


def _calibration(margins: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, float]:
    line = LogisticRegression(C=1e6).fit(margins[:, None], labels)
    return float(line.coef_[0][0]), float(line.intercept_[0])
