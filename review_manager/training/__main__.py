"""Trains the shipped model; run as `python -m review_manager.training --help`."""

import argparse
from pathlib import Path

import numpy as np

from review_manager.analysis.alarms import Alarm, load_alarms
from review_manager.analysis.danger_model import DangerModel
from review_manager.analysis.lexicon import load_lexicon
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.training.aspects import fit_aspects
from review_manager.training.clauses_file import TALES, read_clauses
from review_manager.training.dangers import (
    QUIET_WITH_SENSE,
    fit_dangers,
    labelled_lines,
    of_reviews,
)
from review_manager.training.dangers_file import read_dangers
from review_manager.training.mixture import invented, with_clauses
from review_manager.training.polarity import fit
from review_manager.training.reviews_file import LabelledReviews, read_reviews
from review_manager.training.second_opinion import Embedded, embed_all, fit_second_opinion

MODEL = Path(__file__).parents[1] / "analysis" / "model"


def main() -> None:
    """Fit, store, read back, and report on the held-out file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=Path, required=True, help="CSV: cat, label, review")
    parser.add_argument("--dev", type=Path, required=True, help="CSV held out for the report")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--all", action="store_true", help="after the report, fit on both files")
    parser.add_argument("--linear-only", action="store_true", help="keep the second opinion")
    options = parser.parse_args()
    reviews, held_out = read_reviews(options.reviews), read_reviews(options.dev)
    train(reviews, options.out, cache=options.cache, linear_only=options.linear_only)
    print(report(options.out, held_out))  # noqa: T201
    if options.all:
        both = reviews.followed_by(held_out)
        train(both, options.out, cache=options.cache, linear_only=options.linear_only)


def train(reviews: LabelledReviews, out: Path, *, cache: Path | None, linear_only: bool) -> None:
    """Fit every part of the model on `reviews` and the labelled clauses, and store it in `out`."""
    clauses = read_clauses()
    mixed = with_clauses(reviews, clauses)
    polarity, margins = fit(mixed)
    polarity.write(out / "polarity.npz")
    fit_aspects(clauses, polarity, load_lexicon()).write(out / "aspects.npz")
    if not linear_only:
        texts, labels = invented((*clauses, *read_clauses(TALES)))
        kept = cache / f"{len(reviews.texts) + len(texts)}.npz" if cache else None
        vectors, count = embed_all(reviews.texts + texts, kept), len(reviews.texts)
        known, own = Embedded(vectors[:count], reviews.labels), Embedded(vectors[count:], labels)
        second = fit_second_opinion(known, own, margins[:count], polarity)
        second.write(out / "second_opinion.npz")
        _dangers(reviews, polarity, cache).write(out / "dangers.npz")


def _dangers(reviews: LabelledReviews, polarity: PolarityModel, cache: Path | None) -> DangerModel:
    bell = load_alarms()[Alarm.SAFETY]
    lines = labelled_lines(read_dangers(), bell)
    ringing, quiet = of_reviews(reviews, bell)
    embedded = (*lines.texts, *ringing.texts, *quiet.texts[:QUIET_WITH_SENSE])
    vectors = embed_all(embedded, cache / f"dangers{len(embedded)}.npz" if cache else None)
    return fit_dangers(lines, ringing, quiet, vectors, polarity)


def report(model: Path, reviews: LabelledReviews) -> str:
    """Return accuracy and recall of negative reviews, fast and full, in all and by category."""
    polarity = PolarityModel.read(model / "polarity.npz")
    fast = polarity.margins(reviews.texts)
    full = SecondOpinion.read(model / "second_opinion.npz").settle(reviews.texts, fast)
    bad = reviews.labels == 0
    lines = []
    for name, margins in (("fast", fast), ("full", full)):
        right = (margins > 0) == (reviews.labels == 1)
        lines.append(
            f"{name}: accuracy {right.mean():.4f}, negative recall {right[bad].mean():.4f}"
        )
        for category in np.unique(reviews.categories):
            rows = reviews.categories == category
            lines.append(f"  {category}: {right[rows].mean():.4f} on {rows.sum()}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
