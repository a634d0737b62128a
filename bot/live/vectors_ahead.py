"""Computes a line's sentence vector in a thread before the bot reads the line."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from components.embeddings import (
    Embedder,
    EmbeddingsUnavailableError,
    OfflineEmbedder,
    store_key,
)
from components.normal_form import normal_form

REMEMBERED = 4096
"""Lines whose vector is kept: customers say the same things."""

ENDPOINT_CALLS = 8
"""Lines asked of an endpoint at once."""


class VectorsAhead:
    """An embedder in front of another one, which lets the server go on meanwhile.

    Rasa reads a line on the one thread that serves every conversation. The vector is the longest
    part of that, and needs the interpreter only at its ends: computed in another thread it costs
    the others nothing, and an endpoint that is slow holds up nobody but who wrote the line.

    trained: vectors of the training sentences as the store keeps them, by the hash of the sentence;
        greetings and thanks are mostly among them
    """

    def __init__(self, embedder: Embedder, trained: Mapping[str, np.ndarray] | None = None) -> None:
        self._trained = trained or {}
        self.name = embedder.name
        self._embedder = embedder
        # What computes here would only take the processors from the server's own thread.
        offline = isinstance(embedder, OfflineEmbedder)
        self._pool = ThreadPoolExecutor(1 if offline else ENDPOINT_CALLS)
        self._known: OrderedDict[str, np.ndarray] = OrderedDict()
        self._failed: dict[str, EmbeddingsUnavailableError] = {}

    async def prepare(self, text: str) -> None:
        """Have the vector of a line ready; raises nothing, the failure comes with `vectors`."""
        key = normal_form(text)
        if self._find(key) is not None:
            return
        try:
            vector = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._embedder.vectors, [key]
            )
        except EmbeddingsUnavailableError as error:
            # Told once to who reads the line next, who would else wait for the same failure.
            self._failed[key] = error
            return
        self._failed.pop(key, None)
        self._known[key] = vector[0]
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Return a row for each text, at once where it was prepared.

        Raises:
            EmbeddingsUnavailableError: the endpoint did not answer, now or when asked ahead.
        """
        if len(texts) == 1 and texts[0] in self._failed:
            raise self._failed.pop(texts[0])
        found = [self._find(text) for text in texts]
        if any(vector is None for vector in found):
            return self._embedder.vectors(texts)
        return np.vstack(found)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _find(self, text: str) -> np.ndarray | None:
        if text in self._known:
            self._known.move_to_end(text)
            return self._known[text]
        return self._trained.get(store_key(text))
