"""Estimates how the model does on goods it never saw: trains without a category, tests on it."""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.training.clauses_file import TALES, read_clauses
from review_manager.training.mixture import invented, with_clauses
from review_manager.training.polarity import fit
from review_manager.training.reviews_file import LabelledReviews, read_reviews
from review_manager.training.second_opinion import Embedded, embed_all, fit_second_opinion


def main() -> None:
    """Print accuracy, recall of negative reviews and share of doubtful ones, by category."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=Path, required=True, help="CSV: cat, label, review")
    parser.add_argument("--cache", type=Path, help="file that keeps embeddings between runs")
    options = parser.parse_args()
    reviews = read_reviews(options.reviews)
    texts, labels = invented((*read_clauses(), *read_clauses(TALES)))
    vectors = embed_all(reviews.texts + texts, options.cache)
    own = Embedded(vectors[len(reviews.texts) :], labels)
    for category in np.unique(reviews.categories):
        print(line(str(category), reviews, vectors[: len(reviews.texts)], own), flush=True)  # noqa: T201


def line(
    category: str, reviews: LabelledReviews, vectors: NDArray[np.float32], own: Embedded
) -> str:
    """Train on every other category and the project's own texts, and test on this one."""
    held = reviews.categories == category
    known = reviews.part(~held)
    polarity, margins = fit(with_clauses(known, read_clauses()))
    seen = Embedded(vectors[~held], known.labels)
    second = fit_second_opinion(seen, own, margins[: len(known.labels)], polarity)
    asked = reviews.part(held)
    fast = polarity.margins(asked.texts)
    doubtful = np.abs(fast) < second.doubt
    opinions = second.opinions(vectors[held])
    full = np.where(doubtful, second.weight * fast + second.trust * opinions, fast)
    scores = [
        f"{name} {_score(margin, asked)}" for name, margin in (("fast", fast), ("full", full))
    ]
    return f"{category}: {'; '.join(scores)}; doubtful {doubtful.mean():.2f}"


def _score(margins: NDArray[np.float64], reviews: LabelledReviews) -> str:
    right = (margins > 0) == (reviews.labels == 1)
    return f"{right.mean():.4f} (negative recall {right[reviews.labels == 0].mean():.4f})"


if __name__ == "__main__":
    main()
