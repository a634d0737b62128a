"""Fits an alarm model on labelled lines and, at small weight, on quiet stretches of reviews."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import normalize

from review_manager.analysis.alarm_model import AlarmModel, Voices
from review_manager.analysis.alarms import Alarm, AlarmBell
from review_manager.analysis.clauses import split_clauses, stretches
from review_manager.analysis.committee import Committee
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.alarm_lines import UNSURE, fingerprint
from review_manager.training.polarity import gram_matrix
from review_manager.training.reviews_file import LabelledReviews

QUIET, QUIET_WITH_SENSE = 30_000, 5_000  # stretches; the second number is embedded, too
QUIET_WEIGHT = 0.1  # nobody read them one by one
WORDS_COST, VOICES_COST = 10.0, 1e3
FEWEST_TEXTS = 2
FOLDS = 5
MEMBERS, HIDDEN = 3, 128
PENALTY, RATE, PASSES = 1.0, 1e-3, 12
NOISE = 0.5  # standard deviations added to a second copy of each row, against learning by heart
# Log-odds added to the scores without and with embedding: a missed alarm is worse than a needless
# look. Chosen so that little more everyday reviews ring than tell of a danger.
CAUTION = {Alarm.SAFETY: (1.2, 1.4), Alarm.THREAT: (1.2, 1.0)}
_UNSURE = 0.6  # a mood at which mild alarm words count


@dataclass(frozen=True)
class Stretches:
    """Stretches of reviews, labelled 1 alarm or 0, with weights; `signs`: what alarm words say."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    signs: NDArray[np.int64]

    @classmethod
    def of(
        cls, texts: Sequence[str], labels: Sequence[int], weight: float, bell: AlarmBell
    ) -> "Stretches":
        """Return plain texts that weigh the same."""
        signs = [bell.says(text, p_negative=_UNSURE) for text in texts]
        weights = np.full(len(texts), weight)
        return cls(tuple(texts), np.array(labels, np.int64), weights, np.array(signs, np.int64))

    def followed_by(self, other: "Stretches") -> "Stretches":
        """Return these stretches and then the others."""
        return Stretches(
            self.texts + other.texts,
            np.append(self.labels, other.labels),
            np.append(self.weights, other.weights),
            np.append(self.signs, other.signs),
        )


def of_reviews(
    reviews: LabelledReviews, marks: Mapping[str, int], bell: AlarmBell
) -> tuple[Stretches, Stretches]:
    """Return the stretches of reviews that somebody read and marked, and some quiet ones.

    Where no alarm word rings in a review there is hardly ever an alarm, so its stretches count as
    quiet at small weight. What rings and was not marked, or left unsure, teaches nothing.
    """
    read: dict[str, int] = {}
    quiet: list[str] = []
    for row in np.random.default_rng(0).permutation(len(reviews.texts)).tolist():
        text = reviews.texts[row]
        silent = not bell.rings(text, p_negative=_UNSURE)
        for part in stretches(text, split_clauses(text)):
            mark = marks.get(fingerprint(part.text))
            if mark is not None:
                read[part.text] = mark
            elif silent:
                quiet.append(part.text)
    known = {text: mark for text, mark in sorted(read.items()) if mark != UNSURE}
    some = quiet[:: max(1, len(quiet) // QUIET)][:QUIET]
    return Stretches.of(list(known), list(known.values()), 1.0, bell), quiet_ones(some, bell)


def quiet_ones(texts: Sequence[str], bell: AlarmBell) -> Stretches:
    """Return as quiet at small weight those texts in which no alarm word rings."""
    some = [text for text in dict.fromkeys(texts) if not bell.rings(text, p_negative=_UNSURE)]
    return Stretches.of(some, [0] * len(some), QUIET_WEIGHT, bell)


def fit_alarm(
    read: Stretches,
    quiet: Stretches,
    vectors: NDArray[np.float32],
    polarity: PolarityModel,
    *,
    caution: tuple[float, float],
) -> AlarmModel:
    """Fit both heads, and from held-out answers how far each voice is trusted.

    `vectors` are the embeddings of `read` (lines and marked stretches) and then of the first quiet
    ones. `caution` is added to the log-odds without and with them: a missed alarm is worse than a
    needless look.
    """
    rows = read.followed_by(quiet)
    grams, count = gram_matrix(rows.texts), len(vectors)
    heard, sensed = _held_out(grams, vectors, rows)
    moods = polarity.margins(rows.texts[:count])
    voices = Voices.of(heard[:count], rows.signs[:count].tolist(), moods)
    every, labels = np.arange(len(rows.texts)), rows.labels[:count]
    bucket, words = _words_head(grams, rows, every)
    return AlarmModel(
        bucket=bucket.astype(np.uint32),
        weight=words.astype(np.float32),
        by_words=_trust(voices.table, labels, caution[0]),
        by_sense=_trust(np.column_stack([sensed, voices.table]), labels, caution[1]),
        sense=_committee(vectors, labels, members=MEMBERS),
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
        known, asked = fitted[fitted < len(vectors)], held[held < len(vectors)]
        committee = _committee(vectors[known], rows.labels[known], members=1)
        sensed[asked] = committee.says(vectors[asked])
    return heard, sensed


def _words_head(
    grams: sparse.csr_matrix, rows: Stretches, learn: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the buckets used and the weights of the n-gram head, its bias last."""
    seen = grams[learn]
    bucket = np.flatnonzero(np.asarray(seen.sum(axis=0)).ravel() >= FEWEST_TEXTS)
    machine = LogisticRegression(C=WORDS_COST, max_iter=300, tol=1e-3, solver="liblinear")
    fitted = machine.fit(normalize(seen[:, bucket]), rows.labels[learn], rows.weights[learn])
    return bucket, np.append(fitted.coef_[0], fitted.intercept_[0])


def _committee(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], *, members: int
) -> Committee:
    centre, scale = vectors.mean(axis=0), vectors.std(axis=0)
    fitted = [_member((vectors - centre) / scale, labels, seed) for seed in range(members)]
    return Committee(
        centre=centre,
        scale=scale,
        first=np.stack([one.coefs_[0] for one in fitted]).astype(np.float32),
        first_bias=np.stack([one.intercepts_[0] for one in fitted]).astype(np.float32),
        last=np.stack([one.coefs_[1][:, 0] for one in fitted]).astype(np.float32),
        last_bias=np.array([one.intercepts_[1][0] for one in fitted], np.float32),
    )


def _member(shown: NDArray[np.float32], labels: NDArray[np.int64], seed: int) -> MLPClassifier:
    network = MLPClassifier(
        (HIDDEN,), alpha=PENALTY, learning_rate_init=RATE, max_iter=PASSES, random_state=seed
    )
    noise = np.random.default_rng(seed).normal(0.0, NOISE, shown.shape).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is the point
        return network.fit(np.vstack([shown, shown + noise]), np.append(labels, labels))


def _trust(
    table: NDArray[np.float64], labels: NDArray[np.int64], caution: float
) -> NDArray[np.float32]:
    line = LogisticRegression(C=VOICES_COST).fit(table, labels)
    return np.append(line.coef_[0], line.intercept_[0] + caution).astype(np.float32)
