"""Fits the danger model on labelled lines and, at small weight, on stretches of real reviews."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize

from review_manager.analysis.alarms import AlarmBell
from review_manager.analysis.clauses import split_clauses, stretches
from review_manager.analysis.danger_model import DangerModel, Voices
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.polarity import gram_matrix
from review_manager.training.reviews_file import LabelledReviews

SHORT = 14  # characters of a stretch to learn from: of one thing only, like the labelled lines
QUIET, QUIET_WITH_SENSE = 30_000, 5_000  # stretches; the second number is embedded, too
QUIET_WEIGHT = 0.1  # nobody read them one by one
RINGING = 2_500  # stretches at most, of each label
RINGING_WEIGHT = 0.05
WORDS_COST, SENSE_COST, VOICES_COST = 10.0, 0.01, 1e3
FEWEST_TEXTS = 2
FOLDS = 5
# Log-odds added to the scores without and with embedding: a missed danger is worse than a needless
# look. Chosen so that about as many everyday reviews ring as did by alarm words alone.
CAUTION, CAUTION_WITH_SENSE = 0.5, 0.25
_UNSURE = 0.6  # a mood at which mild alarm words count


@dataclass(frozen=True)
class Stretches:
    """Stretches of reviews, labelled 1 danger or 0, with weights; `signs`: an alarm word rings."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    signs: NDArray[np.bool_]

    def followed_by(self, other: "Stretches") -> "Stretches":
        """Return these stretches and then the others."""
        return Stretches(
            self.texts + other.texts,
            np.append(self.labels, other.labels),
            np.append(self.weights, other.weights),
            np.append(self.signs, other.signs),
        )

    def first(self, count: int) -> "Stretches":
        """Return the first stretches."""
        return Stretches(
            self.texts[:count], self.labels[:count], self.weights[:count], self.signs[:count]
        )


def labelled_lines(lines: tuple[tuple[str, ...], NDArray[np.int64]], bell: AlarmBell) -> Stretches:
    """Return the project's own labelled lines, at full weight."""
    texts, labels = lines
    signs = [bell.rings(text, p_negative=_UNSURE) for text in texts]
    return Stretches(texts, labels, np.ones(len(texts)), np.array(signs))


def of_reviews(reviews: LabelledReviews, bell: AlarmBell) -> tuple[Stretches, Stretches]:
    """Return the stretches of labelled reviews that ring, and some of those that do not.

    Nobody labelled them. Where alarm words ring in a bad review it is mostly a danger, and in a
    good one it is not; where none rings there is hardly ever one. Their weights are small.
    """
    chosen = np.random.default_rng(0).permutation(len(reviews.texts))
    loud: dict[int, list[str]] = {0: [], 1: []}
    quiet: list[str] = []
    for row in chosen.tolist():
        text = reviews.texts[row]
        rings = bell.rings(text, p_negative=_UNSURE)
        for part in stretches(text, split_clauses(text), enough=SHORT):
            if not rings:
                quiet.append(part.text)
            elif bell.rings(part.text, p_negative=_UNSURE):
                loud[int(reviews.labels[row])].append(part.text)
    bad, good = (loud[label][:RINGING] for label in (0, 1))
    return (
        _unread(bad, 1, RINGING_WEIGHT, signs=True).followed_by(
            _unread(good, 0, RINGING_WEIGHT, signs=True)
        ),
        _unread(_spread(quiet, QUIET), 0, QUIET_WEIGHT, signs=False),
    )


def fit_dangers(
    lines: Stretches,
    ringing: Stretches,
    quiet: Stretches,
    vectors: NDArray[np.float32],
    polarity: PolarityModel,
) -> DangerModel:
    """Fit both heads, and from held-out answers how far each voice is trusted.

    `vectors` are the embeddings of the lines, the ringing and the first of the quiet stretches.
    """
    rows = lines.followed_by(ringing).followed_by(quiet)
    grams = gram_matrix(rows.texts)
    heard, sensed = _held_out(grams, vectors, rows)
    known = rows.first(len(vectors))
    voices = Voices.of(heard[: len(vectors)], known.signs.tolist(), polarity.margins(known.texts))
    every = np.arange(len(rows.texts))
    bucket, words = _words_head(grams, rows, every)
    return DangerModel(
        bucket=bucket.astype(np.uint32),
        weight=words.astype(np.float32),
        sense=_sense_head(vectors, rows, every).astype(np.float32),
        by_words=_trust(voices.table, known, CAUTION),
        by_sense=_trust(np.column_stack([sensed, voices.table]), known, CAUTION_WITH_SENSE),
    )


def _held_out(
    grams: sparse.csr_matrix, vectors: NDArray[np.float32], rows: Stretches
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what both heads say of each row (the second: of each embedded one) unseen."""
    heard, sensed = np.zeros(len(rows.texts)), np.zeros(len(vectors))
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=3)
    for fitted, held in split.split(rows.texts, rows.labels):
        bucket, words = _words_head(grams, rows, fitted)
        heard[held] = normalize(grams[held][:, bucket]) @ words[:-1] + words[-1]
        embedded = held[held < len(vectors)]
        sense = _sense_head(vectors, rows, fitted)
        sensed[embedded] = vectors[embedded] @ sense[:-1] + sense[-1]
    return heard, sensed


def _unread(texts: Sequence[str], label: int, weight: float, *, signs: bool) -> Stretches:
    count = len(texts)
    return Stretches(
        tuple(texts),
        np.full(count, label, np.int64),
        np.full(count, weight),
        np.full(count, signs),
    )


def _spread(texts: Sequence[str], most: int) -> Sequence[str]:
    return texts[:: max(1, len(texts) // most)][:most]


def _words_head(
    grams: sparse.csr_matrix, rows: Stretches, learn: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the buckets used and the weights of the n-gram head, its bias last."""
    seen = grams[learn]
    bucket = np.flatnonzero(np.asarray(seen.sum(axis=0)).ravel() >= FEWEST_TEXTS)
    return bucket, _machine(WORDS_COST, normalize(seen[:, bucket]), rows, learn)


def _sense_head(
    vectors: NDArray[np.float32], rows: Stretches, learn: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the weights of the embedding head over plain vectors, its bias last."""
    known = learn[learn < len(vectors)]
    centre, scale = vectors[known].mean(axis=0), vectors[known].std(axis=0)
    sense = _machine(SENSE_COST, (vectors[known] - centre) / scale, rows, known)
    slope = sense[:-1] / scale
    return np.append(slope, sense[-1] - float(slope @ centre))


def _machine(
    cost: float,
    inputs: NDArray[np.float32] | sparse.csr_matrix,
    rows: Stretches,
    learn: NDArray[np.int64],
) -> NDArray[np.float64]:
    machine = LogisticRegression(C=cost, max_iter=300, tol=1e-3, solver="liblinear")
    fitted = machine.fit(inputs, rows.labels[learn], rows.weights[learn])
    return np.append(fitted.coef_[0], fitted.intercept_[0])


def _trust(table: NDArray[np.float64], rows: Stretches, caution: float) -> NDArray[np.float32]:
    line = LogisticRegression(C=VOICES_COST).fit(table, rows.labels, rows.weights)
    return np.append(line.coef_[0], line.intercept_[0] + caution).astype(np.float32)
