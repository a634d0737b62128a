"""Layers are stored a byte a weight and read back as near as 127 steps allow."""

from pathlib import Path

import numpy as np
import pytest

from embedding.weights import Layer, Linear, Norm
from review_manager.analysis.own_layers import packed, unpacked

WIDTH, INNER = 6, 8


def _layer(seed: int) -> Layer:
    draw = np.random.default_rng(seed)

    def linear(inputs: int, outputs: int) -> Linear:
        weight = draw.normal(size=(inputs, outputs)).astype(np.float32)
        return Linear(weight, draw.normal(size=outputs).astype(np.float32))

    def norm() -> Norm:
        return Norm(*draw.normal(size=(2, WIDTH)).astype(np.float32))

    return Layer(
        query=linear(WIDTH, WIDTH),
        key=linear(WIDTH, WIDTH),
        value=linear(WIDTH, WIDTH),
        out=linear(WIDTH, WIDTH),
        attention_norm=norm(),
        widen=linear(WIDTH, INNER),
        narrow=linear(INNER, WIDTH),
        output_norm=norm(),
    )


def test_layers_come_back_in_order_and_nearly_as_they_were(tmp_path: Path) -> None:
    layers = [_layer(seed) for seed in range(11)]
    np.savez_compressed(tmp_path / "layers.npz", rule=np.zeros(3), **packed(layers))
    with np.load(tmp_path / "layers.npz", allow_pickle=False) as stored:
        read = unpacked(stored)
    assert len(read) == 11
    for before, after in zip(layers, read, strict=True):
        assert np.array_equal(after.output_norm.weight, before.output_norm.weight)
        assert np.array_equal(after.narrow.bias, before.narrow.bias)
        step = np.abs(before.widen.weight).max(axis=0) / 63
        assert (np.abs(after.widen.weight - before.widen.weight) <= step / 2 + 1e-6).all()
        assert after.widen.weight.shape == (WIDTH, INNER)


def test_what_was_read_is_stored_as_it_is() -> None:
    once = unpacked(packed([_layer(3)]))
    assert unpacked(packed(once))[0].query.weight == pytest.approx(once[0].query.weight, rel=1e-5)


def test_a_column_of_nothing_but_zeros_stays_zero() -> None:
    layer = _layer(4)
    layer.key.weight[:, 2] = 0
    read = unpacked(packed([layer]))[0]
    assert read.key.weight[:, 2].tolist() == [0.0] * WIDTH
    assert np.isfinite(read.key.weight).all()


def test_no_layers_are_no_tables() -> None:
    assert packed([]) == {}
    assert unpacked({"rule": np.zeros(3)}) == ()
