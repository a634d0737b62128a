"""What training changed in layers is stored, and applied again as near as 15 steps allow."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from embedding.weights import Layer, Linear, Norm
from review_manager.analysis.tuned_layers import changer, changes

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


def _moved(layer: Layer, seed: int) -> Layer:
    """Return a layer a little away from this one."""
    other, parts = _layer(seed), {}
    for field in fields(Layer):
        part, far = getattr(layer, field.name), getattr(other, field.name)
        weight = part.weight + np.float32(0.1) * far.weight
        parts[field.name] = type(part)(weight, part.bias + far.bias)
    return Layer(**parts)


def test_tuned_layers_come_back_nearly_as_they_were(tmp_path: Path) -> None:
    own = [_layer(seed) for seed in range(11)]
    tuned = [_moved(layer, 100 + number) for number, layer in enumerate(own)]
    np.savez_compressed(tmp_path / "layers.npz", rule=np.zeros(3), **changes(tuned, own))
    with np.load(tmp_path / "layers.npz", allow_pickle=False) as stored:
        change = changer(dict(stored))
    for number, (before, wanted) in enumerate(zip(own, tuned, strict=True)):
        after = change(number, before)
        assert np.allclose(after.output_norm.weight, wanted.output_norm.weight, atol=1e-6)
        assert np.allclose(after.narrow.bias, wanted.narrow.bias, atol=1e-6)
        step = np.abs(wanted.widen.weight - before.widen.weight).max(axis=0) / 7
        assert (np.abs(after.widen.weight - wanted.widen.weight) <= step / 2 + 1e-6).all()
        assert after.widen.weight.shape == (WIDTH, INNER)
        assert after.widen.weight.dtype == np.float32


def test_a_layer_that_did_not_change_stays_as_it_is() -> None:
    layer = _layer(4)
    same = changer(changes([layer], [layer]))(0, layer)
    assert np.array_equal(same.key.weight, layer.key.weight)
    assert np.array_equal(same.output_norm.bias, layer.output_norm.bias)


def test_a_layer_without_tables_stays_as_it_is() -> None:
    layer = _layer(5)
    untouched = changer(changes([_moved(layer, 6)], [layer]))(1, layer)
    assert untouched == layer
    assert changer({})(0, layer) == layer
