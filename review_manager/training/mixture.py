"""Mixes the labelled clauses of the project into labelled reviews, as categories of their own."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from review_manager.training.clauses_file import LabelledClause
from review_manager.training.reviews_file import LabelledReviews

CLAUSE_WEIGHT = 2.0  # they are few, and speak of goods that the reviews never mention


def with_clauses(reviews: LabelledReviews, clauses: Sequence[LabelledClause]) -> LabelledReviews:
    """Return the reviews and every clause that takes a side, praise and blame in balance."""
    sided = [clause for clause in clauses if clause.side]
    count = len(sided)
    sides = np.array([clause.side for clause in sided])
    rarer = float((sides < 0).sum()) / max(1.0, float((sides > 0).sum()))
    weights = np.where(sides > 0, CLAUSE_WEIGHT * rarer, CLAUSE_WEIGHT)
    return LabelledReviews(
        texts=reviews.texts + tuple(clause.text for clause in sided),
        labels=np.append(reviews.labels, [int(clause.side > 0) for clause in sided]),
        categories=np.append(reviews.categories, np.full(count, "clauses")),
        weights=np.append(reviews.weights, weights),
    )


def invented(clauses: Sequence[LabelledClause]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the texts that take a side, and their labels (1 good, 0 bad)."""
    sided = [clause for clause in clauses if clause.side]
    labels = np.array([clause.side > 0 for clause in sided], np.int64)
    return tuple(clause.text for clause in sided), labels
