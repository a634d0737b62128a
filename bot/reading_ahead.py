"""Computes the sentence vectors of a whole file beside the bot that reads it line by line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from components.embeddings import Embedder, find_offline_embedder
from components.normal_form import normal_form


class ReadingAhead:
    """An embedder that already knows most of what it is asked, thanks to a second thread.

    The vector is much of reading a line, and Rasa takes ten seconds to start: the thread uses
    both. Where it has not come yet the asker computes for itself
    and the thread goes on further down, so that nothing is computed twice for long.
    """

    def __init__(self, texts: list[str], engine: Embedder) -> None:
        self._texts = list(dict.fromkeys(texts))
        self._places = {text: place for place, text in enumerate(self._texts)}
        self._engine = engine
        self._known: dict[str, np.ndarray] = {}
        self._from = 0
        self._own: Embedder | None = None
        self.name = engine.name
        Thread(target=self._run, daemon=True).start()

    def join(self, own: Embedder) -> "ReadingAhead":
        """Let `own`, the reader's engine, compute what is not known yet."""
        self._own = own
        return self

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Return a row for each text; lines not in the file are computed as ever."""
        return np.vstack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> np.ndarray:
        known = self._known.get(text)
        if known is not None:
            return known
        if self._own is None:
            raise RuntimeError("asked before `join`")
        self._from = self._places.get(text, self._from) + 2
        vector = self._own.vectors([text])[0]
        self._known[text] = vector
        return vector

    def _run(self) -> None:
        place = 0
        while place < len(self._texts):
            text = self._texts[place]
            if text not in self._known:
                self._known[text] = self._engine.vectors([text])[0]
            place = max(place + 1, self._from)


def start_reading_ahead(file: Path) -> ReadingAhead | None:
    """Begin with the lines of `file`; None where vectors do not come from this machine."""
    if os.environ.get("KEFU_EMBEDDINGS_URL"):
        return None
    engine = find_offline_embedder()
    if engine is None:
        return None
    return ReadingAhead([normal_form(text) for text in _texts(file) if text.strip()], engine)


def _texts(file: Path) -> Iterator[str]:
    """Yield what will be read, in its order; lines that are none are somebody else's to report."""
    for line in file.read_bytes().splitlines():
        try:
            record: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            said = record.get("context")
            said = said if isinstance(said, list) else []
            yield from (text for text in [*said, record.get("text")] if isinstance(text, str))
