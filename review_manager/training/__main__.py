"""Trains the shipped model; run as `python -m review_manager.training --help`."""

import argparse
from pathlib import Path

import numpy as np

from review_manager.analysis.lexicon import load_lexicon
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.aspects import fit_aspects
from review_manager.training.clauses_file import read_clauses
from review_manager.training.polarity import fit
from review_manager.training.reviews_file import LabelledReviews, read_reviews

MODEL = Path(__file__).parents[1] / "analysis" / "model"


def main() -> None:
    """Fit, store and report on the held-out file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=Path, required=True, help="CSV: cat, label, review")
    parser.add_argument("--dev", type=Path, required=True, help="CSV held out for the report")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    model = fit(read_reviews(options.reviews))
    model.write(options.out / "polarity.npz")
    aspects = fit_aspects(read_clauses(), model, load_lexicon())
    aspects.write(options.out / "aspects.npz")
    print(report(PolarityModel.read(options.out / "polarity.npz"), read_reviews(options.dev)))  # noqa: T201


def report(model: PolarityModel, reviews: LabelledReviews) -> str:
    """Return accuracy and recall of negative reviews, in all and by category."""
    positive = model.margins(reviews.texts) > 0
    right = positive == (reviews.labels == 1)
    bad = reviews.labels == 0
    lines = [f"all: accuracy {right.mean():.4f}, negative recall {right[bad].mean():.4f}"]
    for category in np.unique(reviews.categories):
        rows = reviews.categories == category
        lines.append(f"{category}: {right[rows].mean():.4f} on {rows.sum()}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
