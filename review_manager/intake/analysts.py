"""Who analyses while a file is read: this process a few reviews, one process a core many."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

from review_manager.analysis import Analysis
from review_manager.orphans import end_with_parent
from review_manager.own_model import find_own_model, load_model

Text = tuple[str, float | None]
_AT_MOST = 4


class Analysts:
    """Analyses batches of texts without blocking the event loop; close it when done."""

    def __init__(self, *, many: bool, fast: bool = True, processes: int | None = None) -> None:
        self._fast = fast
        self.count = min(_AT_MOST, processes or os.cpu_count() or 1) if many else 1
        self._executor: Executor = (
            ProcessPoolExecutor(self.count, get_context("spawn"), end_with_parent)
            if many
            else ThreadPoolExecutor(1, "analyst")
        )

    async def analyse(self, texts: Sequence[Text]) -> list[Analysis]:
        """Analyse (text, stars) pairs, in order."""
        if not texts:
            return []
        loop = asyncio.get_running_loop()
        own = find_own_model()
        return await loop.run_in_executor(self._executor, _analyse, list(texts), self._fast, own)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


def _analyse(texts: list[Text], fast: bool, own: Path | None) -> list[Analysis]:
    return load_model(own).analyse_many(texts, fast=fast)
