"""The encoder's weights as matrices, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedding.packed_file import PackedFile, Sizes

Table = NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """`values @ weight + bias`; shapes (inputs, outputs) and (outputs,)."""

    weight: Table
    bias: Table


@dataclass(frozen=True)
class Norm:
    """Layer normalisation: what a normalised token is multiplied by, and what is added."""

    weight: Table
    bias: Table


@dataclass(frozen=True)
class Layer:
    """One layer of the encoder: attention, then two linear maps with a GELU between them."""

    query: Linear
    key: Linear
    value: Linear
    out: Linear
    attention_norm: Norm
    widen: Linear
    narrow: Linear
    output_norm: Norm


Change = Callable[[int, Layer], Layer]
"""Says what training made of a layer: takes its number, counted from 0, and how it came."""


class Weights:
    """The weights of a packed file; nothing is read before it is asked for."""

    def __init__(self, packed: PackedFile, *, change: Change | None = None) -> None:
        """Take the weights of `packed`, and of its layers what `change` makes of them."""
        self._packed = packed
        self._change = change
        self.sizes: Sizes = packed.sizes
        self._first = packed.plain("emb.type")[: self.sizes.width]

    def layer(self, number: int) -> Layer:
        """Return layer `number`, counted from 0, as writable matrices of float32."""
        width, inner, name = self.sizes.width, self.sizes.inner, f"l{number}."
        layer = Layer(
            query=self._linear(name + "q", width),
            key=self._linear(name + "k", width),
            value=self._linear(name + "v", width),
            out=self._linear(name + "ao", width),
            attention_norm=self._norm(name + "aln"),
            widen=self._linear(name + "fi", width),
            narrow=self._linear(name + "fo", inner),
            output_norm=self._norm(name + "oln"),
        )
        return layer if self._change is None else self._change(number, layer)

    def layers(self) -> list[Layer]:
        """Return all layers, the one next to the words first; 85 MB."""
        return [self.layer(number) for number in range(self.sizes.layers)]

    def words(self, ids: NDArray[np.int64]) -> Table:
        """Return the rows of the vocabulary's table; shape (len(ids), width)."""
        return self._packed.rows("emb.word", self.sizes.width, ids)

    def positions(self) -> Table:
        """Return what is added to a word at each place; shape (positions, width)."""
        return self._packed.plain("emb.pos").reshape(-1, self.sizes.width) + self._first

    def words_norm(self) -> Norm:
        """Return the normalisation before the first layer."""
        return self._norm("emb.ln")

    def _linear(self, name: str, inputs: int) -> Linear:
        weight = np.ascontiguousarray(self._packed.rows(name + ".w", inputs).T)
        return Linear(weight, self._packed.plain(name + ".b").copy())

    def _norm(self, name: str) -> Norm:
        return Norm(self._packed.plain(name + ".w").copy(), self._packed.plain(name + ".b").copy())
