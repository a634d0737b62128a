"""Layers trained elsewhere stand in the place of the last ones, and change what texts become."""

from dataclasses import replace

import numpy as np
import pytest

from embedding.encoder import GraphEncoder
from embedding.packed_file import PackedFile
from embedding.reference import embedded, run
from embedding.tokens import Tokenizer
from embedding.weights import Layer, Weights

pytest.importorskip("onnxruntime")

TEXTS = ["物流很快，包装完好", "收到就是坏的，客服也不理人，再也不来了"]


def _bent(layer: Layer) -> Layer:
    """Return a layer that says something else: its last map turned round."""
    return replace(layer, narrow=replace(layer.narrow, weight=-layer.narrow.weight))


def test_the_last_layers_are_replaced_and_no_others(packed: PackedFile) -> None:
    plain = Weights(packed)
    own = (_bent(plain.layer(10)), _bent(plain.layer(11)))
    weights = Weights(packed, own_layers=own)
    assert weights.layer(10) is own[0]
    assert weights.layer(11) is own[1]
    assert np.array_equal(weights.layer(9).narrow.weight, plain.layer(9).narrow.weight)


def test_own_layers_make_other_vectors_as_the_reference_says(packed: PackedFile) -> None:
    plain = Weights(packed)
    own = (_bent(plain.layer(11)),)
    fast = GraphEncoder(packed, own_layers=own)
    tokenizer = Tokenizer(packed.pieces())
    ids = [tokenizer.ids(text) for text in TEXTS]
    layers = [*plain.layers()[:11], *own]
    wanted = run(layers, embedded(plain, ids), plain.sizes).pooled()
    assert ((fast.vectors(TEXTS) * wanted).sum(axis=1) > 0.995).all()
    assert ((fast.vectors(TEXTS) * GraphEncoder(packed).vectors(TEXTS)).sum(axis=1) < 0.98).all()


def test_means_are_the_vectors_before_they_are_cut_to_length_one(packed: PackedFile) -> None:
    fast = GraphEncoder(packed)
    means = fast.means(TEXTS)
    length = np.linalg.norm(means, axis=1, keepdims=True)
    assert (abs(length - 1) > 0.01).all()
    assert fast.vectors(TEXTS) == pytest.approx(means / length, abs=1e-6)
    assert fast.means([]).shape == (0, 384)
