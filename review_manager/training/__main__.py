"""Trains the shipped model; run as `python -m review_manager.training --help`."""

import argparse
import logging
from pathlib import Path

import numpy as np

from review_manager.analysis.alarm_model import AlarmModel
from review_manager.analysis.alarms import Alarm, load_alarms
from review_manager.analysis.lexicon import load_lexicon
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.training.alarm_lines import LINES, MARKS, read_lines, read_marks
from review_manager.training.alarms import (
    CAUTION,
    QUIET_WITH_SENSE,
    Stretches,
    fit_alarm,
    of_reviews,
    quiet_ones,
)
from review_manager.training.aspects import fit_aspects
from review_manager.training.clauses_file import TALES, read_clauses
from review_manager.training.embedded import embed_all
from review_manager.training.mixture import invented, with_clauses
from review_manager.training.polarity import fit
from review_manager.training.reviews_file import LabelledReviews, read_reviews
from review_manager.training.second_opinion import fit_second_opinion, weighed

MODEL = Path(__file__).parents[1] / "analysis" / "model"


def main() -> None:
    """Fit, store, read back, and report on the held-out file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=Path, required=True, help="CSV: cat, label, review")
    parser.add_argument("--dev", type=Path, required=True, help="CSV held out for the report")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--all", action="store_true", help="after the report, fit on both files")
    parser.add_argument("--linear-only", action="store_true", help="keep the alarms as they are")
    parser.add_argument("--tune", action="store_true", help="train the second opinion: needs torch")
    parser.add_argument("--weigh", action="store_true", help="weigh the second opinion anew")
    parser.add_argument("--alarms-only", action="store_true", help="fit safety and threat alone")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    reviews, held_out = read_reviews(options.reviews), read_reviews(options.dev)
    if options.alarms_only:
        train_alarms(reviews, options.out, cache=options.cache)
        return
    train(reviews, options.out, tuned=options.tune, weigh=options.weigh)
    print(report(options.out, held_out))  # noqa: T201
    if options.all:
        # Tuning once more, for an eighth more reviews, would take as long again.
        train(reviews.followed_by(held_out), options.out, tuned=False)
    if not options.linear_only:  # by the first file alone: in the second nobody marked alarms
        train_alarms(reviews, options.out, cache=options.cache)


def train(reviews: LabelledReviews, out: Path, *, tuned: bool, weigh: bool = False) -> None:
    """Fit the moods and aspects on `reviews` and the project's own texts, and store them in `out`.

    `tuned`: train the second opinion, too; otherwise the one in `out` stays; `weigh`: but finds out
    anew how far it is to be trusted, which is right only for the reviews that it was tuned on.
    """
    clauses = read_clauses()
    polarity, heard = fit(with_clauses(reviews, clauses))
    polarity.write(out / "polarity.npz")
    fit_aspects(clauses, polarity, load_lexicon()).write(out / "aspects.npz")
    learned = heard.at(np.arange(len(reviews.texts)))
    if weigh:
        file = out / "second_opinion.npz"
        weighed(SecondOpinion.read(file), reviews, learned, polarity).write(file)
    if tuned:
        from review_manager.training.tuned_encoder import tune

        own = invented((*clauses, *read_clauses(TALES)))
        second = fit_second_opinion(reviews, own, learned, polarity, tune)
        second.write(out / "second_opinion.npz")


def train_alarms(reviews: LabelledReviews, out: Path, *, cache: Path | None) -> None:
    """Fit both alarms beside the polarity model that `out` holds; some ten minutes of one core."""
    polarity = PolarityModel.read(out / "polarity.npz")
    for alarm in Alarm:
        _alarm(alarm, reviews, polarity, cache).write(out / f"{alarm}.npz")


def _alarm(
    alarm: Alarm, reviews: LabelledReviews, polarity: PolarityModel, cache: Path | None
) -> AlarmModel:
    bell = load_alarms()[alarm]
    texts, labels = read_lines(LINES[alarm])
    lines = Stretches.of(texts, labels.tolist(), 1.0, bell)
    marked, quiet = of_reviews(reviews, read_marks(MARKS[alarm]), bell)
    everyday = quiet_ones([clause.text for clause in (*read_clauses(), *read_clauses(TALES))], bell)
    read, quiet = lines.followed_by(marked), everyday.followed_by(quiet)
    embedded = (*read.texts, *quiet.texts[: len(everyday.texts) + QUIET_WITH_SENSE])
    vectors = embed_all(embedded, cache / f"{alarm}.npz" if cache else None)
    return fit_alarm(read, quiet, vectors, polarity, caution=CAUTION[alarm])


def report(model: Path, reviews: LabelledReviews) -> str:
    """Return accuracy and recall of negative reviews, fast and full, in all and by category."""
    polarity = PolarityModel.read(model / "polarity.npz")
    heard = polarity.hear(reviews.texts)
    fast = heard.margins
    full = SecondOpinion.read(model / "second_opinion.npz").settle(reviews.texts, heard)
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
