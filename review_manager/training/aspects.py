"""Fits the aspect model on the labelled clauses that come with the project."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from review_manager.analysis.aspect_model import ASPECTS, CUES, SIDE, AspectModel, cue_table
from review_manager.analysis.lexicon import Lexicon
from review_manager.analysis.ngrams import hashed_grams
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.clauses_file import LabelledClause
from review_manager.training.polarity import gram_matrix

COST = 3.0
CUE_SCALE = 0.7  # keeps the few cues from drowning the many n-grams


def fit_aspects(
    clauses: Sequence[LabelledClause], polarity: PolarityModel, lexicon: Lexicon
) -> AspectModel:
    """Fit one logistic regression an aspect, and one for the side of clauses that take one."""
    texts = tuple(clause.text for clause in clauses)
    presence = gram_matrix(texts)
    bucket = np.flatnonzero(np.asarray(presence.sum(axis=0)).ravel())
    seen = presence[:, bucket]
    rarity = np.log(len(texts) / np.asarray(seen.sum(axis=0)).ravel()).astype(np.float32) + 1
    cues = cue_table(lexicon.hits(texts), polarity.margins_of(hashed_grams(texts))) * CUE_SCALE
    inputs = sparse.hstack([normalize(seen @ sparse.diags(rarity)), cues]).tocsr()
    named = [np.array([aspect in clause.aspects for clause in clauses]) for aspect in ASPECTS]
    sides = np.array([clause.side for clause in clauses])
    columns = [_column(inputs, truth) for truth in named]
    columns.append(_column(inputs[sides != 0], sides[sides != 0] > 0))
    return _model(bucket, rarity, columns)


def _column(inputs: sparse.csr_matrix, truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    machine = LogisticRegression(C=COST, max_iter=1000).fit(inputs, truth)
    return np.append(machine.coef_[0], machine.intercept_[0])


def _model(
    bucket: NDArray[np.int64], rarity: NDArray[np.float32], columns: list[NDArray[np.float64]]
) -> AspectModel:
    table = np.stack(columns, axis=1).astype(np.float32)
    assert table.shape == (len(bucket) + CUES + 1, SIDE + 1)  # noqa: S101
    grams = len(bucket)
    return AspectModel(
        bucket=bucket.astype(np.uint32),
        rarity=rarity,
        weight=table[:grams],
        cue=table[grams:-1] * CUE_SCALE,
        bias=table[-1],
    )
