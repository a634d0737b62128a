"""Trains the polarity model further on a shop's own labelled reviews."""

import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import normalize

from review_manager.analysis.analyzer import SHIPPED_MODEL
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.polarity import gram_matrix
from review_manager.training.reviews_file import LabelledReviews, read_reviews

FEWEST_REVIEWS = 50
FEWEST_OF_A_SIDE = 10
HELD_OUT = 0.2
FOLDS = 4
COSTS = (0.03, 0.1, 0.3, 1.0, 3.0)
BASE_SCALE = 4.0  # lets the shipped margin pass the penalty on weights almost free
NEW_GRAM = 0.05  # squared weight of an n-gram that the shipped model never met


class TooFewReviewsError(ValueError):
    """There are too few labelled reviews to learn from and to measure on."""

    def __init__(self, file: Path, found: int) -> None:
        super().__init__(
            f"{file}: {found} labelled reviews; at least {FEWEST_REVIEWS} are needed, "
            f"{FEWEST_OF_A_SIDE} of them good and {FEWEST_OF_A_SIDE} bad"
        )


@dataclass(frozen=True)
class TrainingReport:
    """How the model in use and the new one did on reviews that neither was trained on."""

    reviews: int
    held_out: int
    accuracy_before: float
    accuracy_after: float
    replaced: bool
    model: str

    def as_record(self) -> dict[str, Any]:
        """Return the report as a JSON-ready dictionary."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the report as two sentences."""
        verdict = f"kept in {self.model}" if self.replaced else "not better: nothing was replaced"
        return (
            f"Trained on {self.reviews - self.held_out}, measured on {self.held_out} others: "
            f"{self.accuracy_before:.3f} before, {self.accuracy_after:.3f} after; {verdict}."
        )


def train_for_shop(file: Path, *, models: Path, shipped: Path = SHIPPED_MODEL) -> TrainingReport:
    """Train on `file` on top of the model in use; replace `models/reviews` only if better.

    The shop's weights are corrections to the shipped margin, so a few hundred reviews do not make
    the model forget the many thousands that it was trained on.
    """
    reviews = read_reviews(file)
    _check(file, reviews)
    own = models / "reviews" / "polarity.npz"
    in_use = PolarityModel.read(own if own.exists() else shipped / "polarity.npz")
    rows = np.arange(len(reviews.labels))
    learn, held = train_test_split(
        rows, test_size=HELD_OUT, random_state=7, stratify=reviews.labels
    )
    base = PolarityModel.read(shipped / "polarity.npz")
    candidate = corrected(base, reviews.part(np.isin(rows, learn)))
    measured = reviews.part(np.isin(rows, held))
    before, after = accuracy(in_use, measured), accuracy(candidate, measured)
    if after > before:
        _store(corrected(base, reviews), own)
    return TrainingReport(len(rows), len(held), before, after, after > before, str(own))


def corrected(base: PolarityModel, reviews: LabelledReviews) -> PolarityModel:
    """Return `base` with corrections learned from `reviews`, as sharp as cross-validation likes."""
    presence = gram_matrix(reviews.texts)
    seen = np.flatnonzero(np.asarray(presence.sum(axis=0)).ravel())
    square = base.square.copy()
    square[seen] = np.maximum(square[seen], NEW_GRAM)
    scale = np.sqrt(square[seen])
    corrections = normalize(presence[:, seen] @ sparse.diags(scale))
    norm = np.sqrt(np.maximum(presence @ square, NEW_GRAM))
    margins = ((presence @ base.pull) / norm + base.offset) * BASE_SCALE
    inputs = sparse.hstack([corrections, margins[:, None]]).tocsr()
    machine = LogisticRegressionCV(
        Cs=COSTS,
        cv=FOLDS,
        max_iter=2000,
        scoring="accuracy",
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
    ).fit(inputs, reviews.labels)
    weights = machine.coef_[0]
    trust = weights[-1] * BASE_SCALE / base.slope
    pull = base.pull * np.float32(trust)
    pull[seen] += (weights[:-1] * scale / base.slope).astype(np.float32)
    offset = base.offset * trust + float(machine.intercept_[0]) / base.slope
    return replace(base, pull=pull, square=square, offset=float(offset), shift=0.0)


def accuracy(model: PolarityModel, reviews: LabelledReviews) -> float:
    """Return the share of reviews whose side the model gets right."""
    positive: NDArray[np.bool_] = model.margins(reviews.texts) > 0
    return float((positive == (reviews.labels == 1)).mean())


def _check(file: Path, reviews: LabelledReviews) -> None:
    good = int((reviews.labels == 1).sum())
    bad = len(reviews.labels) - good
    if len(reviews.labels) < FEWEST_REVIEWS or min(good, bad) < FEWEST_OF_A_SIDE:
        raise TooFewReviewsError(file, len(reviews.labels))


def _store(model: PolarityModel, file: Path) -> None:
    """Write beside the old model first, so that a reader never meets half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".npz", dir=file.parent)
    os.close(handle)
    model.write(Path(name))
    Path(name).chmod(0o644)
    os.replace(name, file)
