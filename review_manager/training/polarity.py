"""Fits the polarity model: a naive-Bayes support vector machine over hashed n-grams."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from review_manager.analysis.ngrams import BITS, hashed_grams
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.reviews_file import LabelledReviews

SMOOTHING = 1.0
FEWEST_TEXTS = 2
SVM_COST = 0.2
FOLDS = 5


def fit(reviews: LabelledReviews) -> PolarityModel:
    """Fit on all rows, calibrated on margins that cross-validation held out."""
    presence = gram_matrix(reviews.texts)
    margins = held_out_margins(presence, reviews.labels)
    slope, shift = _calibration(margins, reviews.labels)
    pull, square, offset = _weights(presence, reviews.labels)
    return PolarityModel(pull, square, offset, slope, shift)


def gram_matrix(texts: tuple[str, ...]) -> sparse.csr_matrix:
    """Return presence (1.0) of n-gram buckets, one row a text."""
    grams = hashed_grams(texts)
    starts = np.searchsorted(grams.text, np.arange(len(texts) + 1))
    ones = np.ones(len(grams.bucket), np.float32)
    return sparse.csr_matrix((ones, grams.bucket, starts), shape=(len(texts), 1 << BITS))


def held_out_margins(presence: sparse.csr_matrix, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each row's margin by a model that was fitted without that row."""
    margins = np.zeros(len(labels))
    for fitted, held in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(labels, labels):
        pull, square, offset = _weights(presence[fitted], labels[fitted])
        norm = np.sqrt(np.maximum(presence[held] @ square, 1e-9))
        margins[held] = (presence[held] @ pull) / norm + offset
    return margins


def _weights(
    presence: sparse.csr_matrix, labels: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    used = np.flatnonzero(np.asarray(presence.sum(axis=0)).ravel() >= FEWEST_TEXTS)
    seen = presence[:, used]
    ratio = _log_count_ratio(seen, labels)
    machine = LinearSVC(C=SVM_COST, random_state=0)
    machine.fit(normalize(seen @ sparse.diags(ratio)), labels)
    pull, square = np.zeros(1 << BITS, np.float32), np.zeros(1 << BITS, np.float32)
    pull[used] = machine.coef_[0] * ratio
    square[used] = ratio**2
    return pull, square, float(machine.intercept_[0])


def _log_count_ratio(seen: sparse.csr_matrix, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    good = np.asarray(seen[labels == 1].sum(axis=0)).ravel() + SMOOTHING
    bad = np.asarray(seen[labels == 0].sum(axis=0)).ravel() + SMOOTHING
    ratio: NDArray[np.float32] = np.log((good / good.sum()) / (bad / bad.sum())).astype(np.float32)
    return ratio


def _calibration(margins: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, float]:
    line = LogisticRegression(C=1e6).fit(margins[:, None], labels)
    return float(line.coef_[0][0]), float(line.intercept_[0])
