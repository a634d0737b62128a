"""The sentence encoder in torch, so that it can be taught; it and its teacher alone need torch."""

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from embedding import reference
from embedding.weights import Layer, Linear, Norm, Weights

_ALIKE = 0.99  # cosine; computing in 16 bits costs less than a thousandth
_BARRED = -1e4
_THREE = ("query", "key", "value")
_LOTS = 1 << 24

Ids = Sequence[int] | NDArray[np.int64]


class DriftError(RuntimeError):
    """What is computed here is not what the encoder computes."""

    def __init__(self, likeness: float) -> None:
        super().__init__(f"vectors are alike by {likeness:.4f} only, {_ALIKE} was expected")


class Dropout:
    """Silences a share of numbers; its lots are drawn once, since drawing costs as much as a layer.

    Each use takes a stretch of them from a place of its own.
    """

    def __init__(self, share: float, seed: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        kept = torch.rand(_LOTS, generator=draw) >= share
        self._lots = kept.bfloat16() / (1 - share)
        self._places = np.random.default_rng(seed)

    def __call__(self, values: Any) -> Any:
        """Return values of any shape, some of them 0."""
        count = values.numel()
        place = int(self._places.integers(0, _LOTS - count))
        return values * self._lots[place : place + count].view(values.shape)


class TorchEncoder:
    """The encoder with all its layers as tensors that learn."""

    def __init__(self, weights: Weights) -> None:
        """Take over the weights.

        Raises:
            DriftError: vectors come out otherwise than the encoder's own.
        """
        self._weights = weights
        self._places = torch.tensor(weights.positions())
        norm = weights.words_norm()
        self._norm = (torch.tensor(norm.weight), torch.tensor(norm.bias))
        self.layers = [_tensors(layer) for layer in weights.layers()]
        self._check()

    def means(self, texts: Sequence[Ids], *, dropout: Dropout | None = None) -> Any:
        """Return the mean of the tokens of texts given as numbers of pieces: (texts, width)."""
        states, real = self._words(texts)
        barred = torch.where(real, 0.0, _BARRED).bfloat16()
        with torch.autocast("cpu", torch.bfloat16):
            for parts in self.layers:
                states = self._layer(parts, states, barred, dropout)
        shown = real[..., None].float()
        return (states.float() * shown).sum(dim=1) / shown.sum(dim=1)

    def tuned(self) -> list[Layer]:
        """Return the layers as they are now."""
        return [_layer(parts) for parts in self.layers]

    def _words(self, texts: Sequence[Ids]) -> tuple[Any, Any]:
        longest = max(map(len, texts))
        ids = np.array([[*each, *[0] * (longest - len(each))] for each in texts])
        real = torch.arange(longest) < torch.tensor([len(each) for each in texts])[:, None]
        words = torch.from_numpy(self._weights.words(ids.ravel())).view(*ids.shape, -1)
        return _normal(words + self._places[:longest], self._norm), real

    def _layer(self, parts: dict[str, Any], states: Any, barred: Any, dropout: Any) -> Any:
        drop = dropout or (lambda values: values)
        attended = functional.linear(self._attend(parts, states, barred), *parts["out"])
        states = _normal(states + drop(attended), parts["attention_norm"])
        wide = functional.gelu(functional.linear(states, *parts["widen"]))
        narrow = functional.linear(wide, *parts["narrow"])
        return _normal(states + drop(narrow), parts["output_norm"])

    def _attend(self, parts: dict[str, Any], states: Any, barred: Any) -> Any:
        """Attend by plain products: torch's own attention takes longer here to learn from."""
        texts, tokens, width = states.shape
        heads = self._weights.sizes.heads
        three = functional.linear(states, *parts["three"])
        split = three.view(texts, tokens, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        query, key, value = split.reshape(3, texts * heads, tokens, width // heads)
        barred = barred[:, None, None].expand(texts, heads, tokens, tokens)
        likeness = torch.baddbmm(
            barred.reshape(texts * heads, tokens, tokens),
            query,
            key.transpose(1, 2),
            alpha=1 / math.sqrt(width // heads),
        )
        seen = (torch.softmax(likeness, dim=-1) @ value).view(texts, heads, tokens, -1)
        return seen.transpose(1, 2).reshape(texts, tokens, width)

    def _check(self) -> None:
        texts = [[0, *range(10, 10 + length), 2] for length in (3, 9, 40)]
        with torch.no_grad():
            here = self.means(texts).numpy()
        before = reference.embedded(self._weights, texts)
        there = reference.run(self._weights.layers(), before, self._weights.sizes).pooled()
        likeness = (here * there).sum(axis=1) / np.linalg.norm(here, axis=1)
        if likeness.min() < _ALIKE:
            raise DriftError(likeness.min())


def _tensors(layer: Layer) -> dict[str, Any]:
    """Return the tables of a layer by name, matrices as (outputs, inputs), three of them as one."""
    parts = {field.name: getattr(layer, field.name) for field in fields(Layer)}
    three = [parts.pop(name) for name in _THREE]
    weight = np.hstack([part.weight for part in three])
    parts["three"] = Linear(weight, np.concatenate([part.bias for part in three]))
    return {name: (_learning(part.weight.T), _learning(part.bias)) for name, part in parts.items()}


def _layer(parts: dict[str, Any]) -> Layer:
    shown = {name: [_shown(table) for table in pair] for name, pair in parts.items()}
    weight, bias = shown.pop("three")
    made: dict[str, Any] = {
        name: Linear(*pair)
        for name, pair in zip(
            _THREE, zip(np.split(weight, 3, axis=1), np.split(bias, 3), strict=True), strict=True
        )
    }
    for name, pair in shown.items():
        made[name] = (Norm if pair[0].ndim == 1 else Linear)(*pair)
    return Layer(**made)


def _learning(table: NDArray[np.float32]) -> Any:
    return torch.tensor(np.ascontiguousarray(table), requires_grad=True)


def _shown(table: Any) -> NDArray[np.float32]:
    """Return a table as the product knows it: (inputs, outputs)."""
    shown: NDArray[np.float32] = np.ascontiguousarray(table.detach().numpy().T).copy()
    return shown


def _normal(states: Any, norm: tuple[Any, Any]) -> Any:
    return functional.layer_norm(states, states.shape[-1:], *norm, eps=1e-12).bfloat16()
