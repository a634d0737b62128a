"""Analyses any number of reviews with all cores, in order and in constant memory."""

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path

from review_manager.analysis.analyzer import load
from review_manager.analysis.findings import Analysis
from review_manager.orphans import end_with_parent

Review = tuple[str, float | None]

_AT_ONCE = 500
_WORTH_PROCESSES = 3  # batches: below that, starting processes costs more than it saves
_AHEAD = 3  # batches waiting for each process


def analyse_stream(
    reviews: Iterable[Review],
    *,
    fast: bool = False,
    model: Path | None = None,
    processes: int | None = None,
) -> Iterator[Analysis]:
    """Yield the analysis of each (review, stars) pair, in order.

    Short streams are answered in this process; long ones by `processes` (all cores by default),
    with never more than a few batches in memory.
    """
    batches = _batches(iter(reviews))
    first = list(islice(batches, _WORTH_PROCESSES))
    workers = processes or os.cpu_count() or 1
    if len(first) < _WORTH_PROCESSES or workers == 1:
        for batch in _chained(first, batches):
            yield from _analyse(batch, fast=fast, model=model)
        return
    context = _context()
    if context.get_start_method() == "fork":
        load(model, fast=fast)  # once for all of them
    with ProcessPoolExecutor(workers, context, _warm_up, (fast, model)) as pool:
        waiting: deque[Future[list[Analysis]]] = deque()
        for batch in _chained(first, batches):
            waiting.append(pool.submit(_analyse, batch, fast=fast, model=model))
            if len(waiting) >= workers * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _context() -> BaseContext:
    """Fork where nothing else runs in this process; who is spawned begins with an empty Python."""
    is_alone = sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    return get_context("fork" if is_alone else "spawn")


def _batches(reviews: Iterator[Review]) -> Iterator[tuple[Review, ...]]:
    while batch := tuple(islice(reviews, _AT_ONCE)):
        yield batch


def _chained(
    first: list[tuple[Review, ...]], rest: Iterable[tuple[Review, ...]]
) -> Iterator[tuple[Review, ...]]:
    yield from first
    yield from rest


def _warm_up(fast: bool, model: Path | None) -> None:
    end_with_parent()
    analyzer = load(model, fast=fast)
    if not fast:
        analyzer.analyse("")


def _analyse(batch: tuple[Review, ...], *, fast: bool, model: Path | None) -> list[Analysis]:
    return load(model, fast=fast).analyse_many(batch, fast=fast)
