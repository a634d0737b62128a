"""Stores what training changed in the layers of the sentence encoder: four bits a weight.

A change is small beside the weight it changes, so a coarse step of it is still a fine step of the
weight, and a layer costs half of what the weights themselves would.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedding.weights import Layer, Linear, Norm

_MOST = 7
_SMALLEST = np.float32(1e-12)

Tables = dict[str, NDArray[Any]]
Part = Linear | Norm


def changes(tuned: Sequence[Layer], own: Iterable[Layer]) -> Tables:
    """Return named tables that lead from the encoder's own layers to these, nearly.

    Of each matrix they hold whole numbers from -7 to 7 and a scale a column.
    """
    tables: Tables = {}
    for number, (after, before) in enumerate(zip(tuned, own, strict=True)):
        for field in fields(Layer):
            name = f"{number}.{field.name}."
            tables |= _change(name, getattr(after, field.name), getattr(before, field.name))
    return tables


def changer(tables: Mapping[str, NDArray[Any]]) -> Callable[[int, Layer], Layer]:
    """Return what applies the tables of `changes`; layers without tables stay as they are."""

    def change(number: int, layer: Layer) -> Layer:
        parts = {
            field.name: _changed(tables, f"{number}.{field.name}.", getattr(layer, field.name))
            for field in fields(Layer)
        }
        return Layer(**parts)

    return change


def _change(name: str, after: Part, before: Part) -> Tables:
    difference = after.weight - before.weight
    tables: Tables = {name + "bias": after.bias - before.bias}
    if isinstance(after, Norm):
        return tables | {name + "weight": difference}
    scale = np.maximum(np.abs(difference).max(axis=0), _SMALLEST) / np.float32(_MOST)
    return tables | {
        name + "scale": scale,
        name + "whole": np.rint(difference / scale).astype(np.int8),
    }


def _changed(tables: Mapping[str, NDArray[Any]], name: str, part: Part) -> Any:
    if name + "bias" not in tables:
        return part
    bias = part.bias + tables[name + "bias"]
    if isinstance(part, Norm):
        return Norm(part.weight + tables[name + "weight"], bias)
    return Linear(part.weight + tables[name + "whole"] * tables[name + "scale"], bias)
