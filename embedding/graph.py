"""The encoder as a graph for onnxruntime, with its matrices in 7 bits and its sums in integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedding import onnx_form
from embedding.weights import Layer, Linear, Norm, Weights

GIVEN, ANSWER = "states", "mean"
_OURS = "com.microsoft"  # onnxruntime's own operators, each several of ONNX in one
_OPERATORS = {"": 18, _OURS: 1}
_MOST = 63
"""Weights reach from -63 to 63. Processors with AVX2 alone add two products of 8 bits in 16, which
overflows from 65 on (255 * 65 * 2); with AVX512-VNNI 8 bits would gain .0003 of cosine."""


def encoder_graph(weights: Weights) -> bytes:
    """Return a model from the words of one text, (1, tokens, width), to their mean, (1, width).

    The words come before their normalisation. The numbers of a token are scaled to the largest of
    them before the two wide maps, where tokens differ much; elsewhere the text has one scale.
    """
    return _GraphWriter(weights).written()


class _GraphWriter:
    def __init__(self, weights: Weights) -> None:
        self._weights, self._sizes = weights, weights.sizes
        self._nodes: list[bytes] = []
        self._tables: list[bytes] = []
        self._last_axis = self._table("last_axis", np.array([-1], np.int64))

    def written(self) -> bytes:
        width, epsilon = self._sizes.width, self._sizes.epsilon
        norm = self._norm("words", self._weights.words_norm())
        state = self._node("LayerNormalization", [GIVEN, *norm], "words", epsilon=epsilon, axis=-1)
        for number in range(self._sizes.layers):
            state = self._layer(f"{number}.", state, self._weights.layer(number))
        tokens = self._table("tokens_axis", np.array([1], np.int64))
        self._node("ReduceMean", [state, tokens], ANSWER, keepdims=0)
        graph = onnx_form.graph(
            self._nodes,
            self._tables,
            given=onnx_form.value(GIVEN, [1, "tokens", width]),
            answer=onnx_form.value(ANSWER, [1, width]),
        )
        return onnx_form.model(graph, _OPERATORS)

    def _layer(self, name: str, state: str, layer: Layer) -> str:
        attended = self._product(name + "out", self._attention(name, state, layer), layer.out)
        state = self._added(name + "a", attended, state, layer.out, layer.attention_norm)
        wide = self._scaled_product(name + "widen", state, layer.widen)
        bias = self._table(name + "widen_bias", layer.widen.bias)
        wide = self._node("BiasGelu", [wide, bias], name + "gelu", domain=_OURS)
        narrow = self._scaled_product(name + "narrow", wide, layer.narrow)
        return self._added(name + "o", narrow, state, layer.narrow, layer.output_norm)

    def _attention(self, name: str, state: str, layer: Layer) -> str:
        three = (layer.query, layer.key, layer.value)
        bias = np.concatenate([part.bias for part in three])
        whole = Linear(np.hstack([part.weight for part in three]), bias)
        parts = [name + part for part in ("query", "key", "value")]
        product = self._product(name + "three", state, whole)
        self._nodes.append(onnx_form.node("Split", [product], parts, axis=-1, num_outputs=3))
        takes = [*parts, self._table(name + "three_bias", bias)]
        heads = self._sizes.heads
        return self._node("MultiHeadAttention", takes, name + "seen", domain=_OURS, num_heads=heads)

    def _product(self, name: str, values: str, part: Linear) -> str:
        """Multiply without the bias, values in 8 bits of one scale."""
        scale = np.abs(part.weight).max(axis=0) / np.float32(_MOST)
        rounded = np.rint(part.weight / scale).astype(np.int8)
        takes = [
            values,
            self._table(name + "_weight", rounded),
            self._table(name + "_scale", scale),
            self._table(name + "_zero", np.zeros(len(scale), np.int8)),
        ]
        return self._node("DynamicQuantizeMatMul", takes, name, domain=_OURS)

    def _scaled_product(self, name: str, values: str, part: Linear) -> str:
        """Multiply without the bias, each token with a scale of its own."""
        size = self._node("Abs", [values], name + "_size")
        most = self._node("ReduceMax", [size, self._last_axis], name + "_most", keepdims=1)
        scaled = self._node("Div", [values, most], name + "_scaled")
        product = self._product(name + "_product", scaled, part)
        return self._node("Mul", [product, most], name)

    def _added(self, name: str, values: str, before: str, part: Linear, norm: Norm) -> str:
        """Add the bias and what was there before, and normalise."""
        bias = self._table(name + "_bias", part.bias)
        takes = [values, before, *self._norm(name, norm), bias]
        epsilon = self._sizes.epsilon
        return self._node(
            "SkipLayerNormalization", takes, name + "_state", domain=_OURS, epsilon=epsilon
        )

    def _norm(self, name: str, norm: Norm) -> list[str]:
        return [
            self._table(name + "_norm", norm.weight),
            self._table(name + "_norm_bias", norm.bias),
        ]

    def _node(self, operator: str, takes: list[str], gives: str, **settings: Any) -> str:
        self._nodes.append(onnx_form.node(operator, takes, [gives], **settings))
        return gives

    def _table(self, name: str, values: NDArray[Any]) -> str:
        self._tables.append(onnx_form.table(name, values))
        return name
