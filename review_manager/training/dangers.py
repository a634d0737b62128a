"""Fits the danger model on labelled stretches, and on everyday reviews that nothing rings for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize

from review_manager.analysis.alarms import AlarmBell
from review_manager.analysis.danger_model import DangerModel, Voices
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.polarity import gram_matrix
from review_manager.training.reviews_file import LabelledReviews

LONGEST_EVERYDAY = 48  # characters: a longer review may hide a danger that the words miss
MOST_GOOD, MOST_BAD = 3000, 5000
EVERYDAY_WEIGHT = 0.05  # nobody read them one by one
WORDS_COST, SENSE_COST, VOICES_COST = 10.0, 0.01, 1e3
FEWEST_TEXTS = 2
FOLDS = 5
CAUTION = 0.5  # log-odds added to every score: a missed danger is worse than a needless look
_UNSURE = 0.6  # a mood at which mild alarm words count


@dataclass(frozen=True)
class Stretches:
    """Stretches with their n-grams, embeddings (rows, 384), labels (1 danger) and weights."""

    grams: sparse.csr_matrix
    vectors: NDArray[np.float32]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]

    def at(self, rows: NDArray[np.int64]) -> "Stretches":
        """Return some of the rows."""
        return Stretches(
            self.grams[rows], self.vectors[rows], self.labels[rows], self.weights[rows]
        )


def fit_dangers(
    lines: tuple[tuple[str, ...], NDArray[np.int64]],
    line_vectors: NDArray[np.float32],
    everyday: tuple[tuple[str, ...], NDArray[np.float32]],
    bell: AlarmBell,
    polarity: PolarityModel,
) -> DangerModel:
    """Fit both heads on labelled `lines` and harmless `everyday` texts, each with its embedding.

    How far each voice is trusted is learned from what the heads say of lines they did not see.
    """
    texts, labels = lines
    rows = _rows(lines, line_vectors, everyday)
    heard, sensed = _held_out(rows, len(labels))
    signs = [bell.rings(text, p_negative=_UNSURE) for text in texts]
    voices = Voices.of(heard, signs, polarity.margins(texts))
    bucket, weight, sense = _heads(rows)
    return DangerModel(
        bucket=bucket.astype(np.uint32),
        weight=weight.astype(np.float32),
        sense=sense.astype(np.float32),
        by_words=_trust(voices.table, labels),
        by_sense=_trust(np.column_stack([sensed, voices.table]), labels),
    )


def everyday_rows(reviews: LabelledReviews, bell: AlarmBell) -> NDArray[np.int64]:
    """Choose short reviews, good and bad, for which no alarm word rings; the seed is fixed."""
    quiet = np.array(
        [
            len(text) <= LONGEST_EVERYDAY and not bell.rings(text, p_negative=_UNSURE)
            for text in reviews.texts
        ]
    )
    shuffled = np.random.default_rng(0).permutation(np.flatnonzero(quiet))
    good = shuffled[reviews.labels[shuffled] == 1][:MOST_GOOD]
    bad = shuffled[reviews.labels[shuffled] == 0][:MOST_BAD]
    return np.concatenate([bad, good])


def _rows(
    lines: tuple[tuple[str, ...], NDArray[np.int64]],
    line_vectors: NDArray[np.float32],
    everyday: tuple[tuple[str, ...], NDArray[np.float32]],
) -> Stretches:
    count = len(everyday[0])
    return Stretches(
        grams=gram_matrix(lines[0] + everyday[0]),
        vectors=np.vstack([line_vectors, everyday[1]]),
        labels=np.append(lines[1], np.zeros(count, np.int64)),
        weights=np.append(np.ones(len(lines[1])), np.full(count, EVERYDAY_WEIGHT)),
    )


def _heads(
    rows: Stretches,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the buckets used, the n-gram weights and the embedding weights, biases last."""
    bucket = np.flatnonzero(np.asarray(rows.grams.sum(axis=0)).ravel() >= FEWEST_TEXTS)
    words = _machine(WORDS_COST, normalize(rows.grams[:, bucket]), rows)
    centre, scale = rows.vectors.mean(axis=0), rows.vectors.std(axis=0)
    sense = _machine(SENSE_COST, (rows.vectors - centre) / scale, rows)
    slope = sense[:-1] / scale
    return bucket, words, np.append(slope, sense[-1] - float(slope @ centre))


def _machine(
    cost: float, inputs: NDArray[np.float32] | sparse.csr_matrix, rows: Stretches
) -> NDArray[np.float64]:
    fitted = LogisticRegression(C=cost, max_iter=3000).fit(inputs, rows.labels, rows.weights)
    return np.append(fitted.coef_[0], fitted.intercept_[0])


def _held_out(rows: Stretches, lines: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what both heads say of each labelled line, fitted without that line."""
    heard, sensed = np.zeros(lines), np.zeros(lines)
    everyday = np.arange(lines, len(rows.labels))
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=3)
    for fitted, held in split.split(np.zeros(lines), rows.labels[:lines]):
        bucket, words, sense = _heads(rows.at(np.concatenate([fitted, everyday])))
        heard[held] = normalize(rows.grams[held][:, bucket]) @ words[:-1] + words[-1]
        sensed[held] = rows.vectors[held] @ sense[:-1] + sense[-1]
    return heard, sensed


def _trust(table: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    line = LogisticRegression(C=VOICES_COST).fit(table, labels)
    return np.append(line.coef_[0], line.intercept_[0] + CAUTION).astype(np.float32)
