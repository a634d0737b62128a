"""The encoder in plain numpy, layer by layer: what the fast one is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from embedding.packed_file import Sizes
from embedding.weights import Layer, Linear, Norm, Weights

_BARRED = np.float32(-1e9)


@dataclass(frozen=True)
class Hidden:
    """The state of some texts after a layer.

    Shapes: `states` (texts, tokens, width), the tokens of shorter texts filled up at the end;
    `real` (texts, tokens): which of them stand for a piece of the text.
    """

    states: NDArray[np.float32]
    real: NDArray[np.bool_]

    def pooled(self) -> NDArray[np.float32]:
        """Return the mean of each text's tokens, of length 1; shape (texts, width)."""
        total = (self.states * self.real[..., None]).sum(axis=1)
        mean = total / self.real.sum(axis=1, keepdims=True)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return mean.astype(np.float32)


def embedded(weights: Weights, texts: Sequence[Sequence[int]]) -> Hidden:
    """Return the state before the first layer of texts given as numbers of pieces."""
    longest = max(map(len, texts))
    real = np.array([[place < len(ids) for place in range(longest)] for ids in texts])
    padded = np.array([[*ids, *[0] * (longest - len(ids))] for ids in texts])
    states = weights.words(padded.ravel()).reshape(*padded.shape, -1)
    states += weights.positions()[:longest]
    return Hidden(_normal(states, weights.words_norm(), weights.sizes.epsilon), real)


def run(layers: Iterable[Layer], hidden: Hidden, sizes: Sizes) -> Hidden:
    """Return the state after some layers: the model's own, or others put in their place.

    `embedded` and the first k layers give the state after layer k; the rest, run on that, gives
    what all of them together would.
    """
    states = hidden.states
    for layer in layers:
        attended = _attend(layer, states, hidden.real, sizes.heads)
        states = _normal(states + attended, layer.attention_norm, sizes.epsilon)
        wide = _gelu(_linear(states, layer.widen))
        narrow = _linear(wide, layer.narrow)
        states = _normal(states + narrow, layer.output_norm, sizes.epsilon)
    return Hidden(states, hidden.real)


def _attend(
    layer: Layer, states: NDArray[np.float32], real: NDArray[np.bool_], heads: int
) -> NDArray[np.float32]:
    texts, tokens, width = states.shape

    def split(part: Linear) -> NDArray[np.float32]:
        shown = _linear(states, part).reshape(texts, tokens, heads, width // heads)
        return shown.transpose(0, 2, 1, 3)

    likeness = split(layer.query) @ split(layer.key).transpose(0, 1, 3, 2)
    likeness /= np.sqrt(np.float32(width // heads))
    likeness = np.where(real[:, None, None, :], likeness, _BARRED)
    share = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    seen = (share @ split(layer.value)).transpose(0, 2, 1, 3).reshape(texts, tokens, width)
    return _linear(seen, layer.out)


def _linear(values: NDArray[np.float32], part: Linear) -> NDArray[np.float32]:
    shown: NDArray[np.float32] = values @ part.weight + part.bias
    return shown


def _gelu(values: NDArray[np.float32]) -> NDArray[np.float32]:
    shown: NDArray[np.float32] = values * 0.5 * (1 + erf(values / np.sqrt(np.float32(2))))
    return shown


def _normal(values: NDArray[np.float32], norm: Norm, epsilon: float) -> NDArray[np.float32]:
    middle = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt((middle**2).mean(axis=-1, keepdims=True) + np.float32(epsilon))
    return (middle / spread * norm.weight + norm.bias).astype(np.float32, copy=False)
