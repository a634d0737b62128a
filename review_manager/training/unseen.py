"""Estimates how the model does on goods it never saw: trains without a category, tests on it."""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.training.clauses_file import TALES, read_clauses
from review_manager.training.mixture import invented, with_clauses
from review_manager.training.polarity import fit
from review_manager.training.reviews_file import LabelledReviews, read_reviews
from review_manager.training.second_opinion import Labelled, Tuner, fit_second_opinion


def main() -> None:
    """Print accuracy, recall of negative reviews and share of doubtful ones, by category."""
    from review_manager.training.tuned_encoder import tune

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=Path, required=True, help="CSV: cat, label, review")
    parser.add_argument("--category", action="append", help="only this one (may be repeated)")
    options = parser.parse_args()
    reviews = read_reviews(options.reviews)
    own = invented((*read_clauses(), *read_clauses(TALES)))
    for category in options.category or np.unique(reviews.categories):
        print(line(str(category), reviews, own, tune), flush=True)  # noqa: T201


def line(category: str, reviews: LabelledReviews, own: Labelled, tune: Tuner) -> str:
    """Train on every other category and the project's own texts, and test on this one."""
    held = reviews.categories == category
    known, asked = reviews.part(~held), reviews.part(held)
    polarity, heard = fit(with_clauses(known, read_clauses()))
    learned = heard.at(np.arange(len(known.labels)))
    second = fit_second_opinion(known, own, learned, polarity, tune)
    said = polarity.hear(asked.texts)
    fast, full = said.margins, second.settle(asked.texts, said)
    scores = [
        f"{name} {_score(margin, asked)}" for name, margin in (("fast", fast), ("full", full))
    ]
    doubtful = second.is_doubtful(said)
    return f"{category}: {'; '.join(scores)}; doubtful {doubtful.mean():.2f}"


def _score(margins: NDArray[np.float64], reviews: LabelledReviews) -> str:
    right = (margins > 0) == (reviews.labels == 1)
    return f"{right.mean():.4f} (negative recall {right[reviews.labels == 0].mean():.4f})"


if __name__ == "__main__":
    main()
