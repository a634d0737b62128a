"""What training made of layers is computed with in their place, and changes what texts become."""

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


def _last_bent(number: int, layer: Layer) -> Layer:
    return _bent(layer) if number == 11 else layer


def test_a_layer_is_changed_where_its_number_says_so(packed: PackedFile) -> None:
    plain, changed = Weights(packed), Weights(packed, change=_last_bent)
    assert np.array_equal(changed.layer(11).narrow.weight, -plain.layer(11).narrow.weight)
    assert np.array_equal(changed.layer(10).narrow.weight, plain.layer(10).narrow.weight)


def test_changed_layers_make_other_vectors_as_the_reference_says(packed: PackedFile) -> None:
    plain = Weights(packed)
    fast = GraphEncoder(packed, change=_last_bent)
    tokenizer = Tokenizer(packed.pieces())
    ids = [tokenizer.ids(text) for text in TEXTS]
    layers = Weights(packed, change=_last_bent).layers()
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
