"""Stores layers of the sentence encoder that were trained here: matrices in 7 bits, a byte each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedding.weights import Layer, Linear, Norm

_MOST = 63  # the encoder multiplies in as many steps, so storing more would gain nothing
_SMALLEST = np.float32(1e-12)

Tables = dict[str, NDArray[Any]]


def packed(layers: Sequence[Layer]) -> Tables:
    """Return named tables: of each matrix whole numbers from -63 to 63 and a scale a column."""
    tables: Tables = {}
    for number, layer in enumerate(layers):
        for name, part in _parts(layer):
            tables[f"{number}.{name}.bias"] = part.bias
            if isinstance(part, Norm):
                tables[f"{number}.{name}.weight"] = part.weight
            else:
                scale = np.maximum(np.abs(part.weight).max(axis=0), _SMALLEST) / np.float32(_MOST)
                tables[f"{number}.{name}.scale"] = scale
                tables[f"{number}.{name}.whole"] = np.rint(part.weight / scale).astype(np.int8)
    return tables


def unpacked(tables: Mapping[str, NDArray[Any]]) -> tuple[Layer, ...]:
    """Return the layers that `packed` made tables of; other tables are not looked at."""
    numbers = sorted({int(name.split(".")[0]) for name in tables if name.endswith(".whole")})
    return tuple(_layer(tables, number) for number in numbers)


def _layer(tables: Mapping[str, NDArray[Any]], number: int) -> Layer:
    return Layer(
        **{field.name: _part(tables, f"{number}.{field.name}.") for field in fields(Layer)}
    )


def _part(tables: Mapping[str, NDArray[Any]], name: str) -> Any:
    bias = tables[name + "bias"].astype(np.float32)
    if name + "weight" in tables:
        return Norm(tables[name + "weight"].astype(np.float32), bias)
    weight = tables[name + "whole"].astype(np.float32) * tables[name + "scale"].astype(np.float32)
    return Linear(weight, bias)


def _parts(layer: Layer) -> Iterator[tuple[str, Linear | Norm]]:
    for field in fields(layer):
        yield field.name, getattr(layer, field.name)
