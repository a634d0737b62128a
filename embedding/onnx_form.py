"""Writes a neural network in the ONNX file form, whose messages are few and fixed for good.

The `onnx` package would do, but it is 31 MB for what takes a page, and would have to fit the
protobuf of two Pythons. Field numbers are those of onnx.proto3 in github.com/onnx/onnx, ONNX IR 9.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_IR_VERSION = 9
_NUMBER, _BYTES, _FLOAT = 0, 2, 5  # how protobuf marks what follows
_KINDS = {np.dtype(np.float32): 1, np.dtype(np.int8): 3, np.dtype(np.int64): 7}
_ATTRIBUTE_FLOAT, _ATTRIBUTE_NUMBER = 1, 2


def model(graph: bytes, operators: dict[str, int]) -> bytes:
    """Return a whole model; `operators`: version by domain, "" is ONNX itself."""
    sets = [_field(8, _text(1, name) + _number(2, version)) for name, version in operators.items()]
    return _number(1, _IR_VERSION) + b"".join(sets) + _field(7, graph)


def graph(nodes: Iterable[bytes], tables: Iterable[bytes], *, given: bytes, answer: bytes) -> bytes:
    """Return a graph of one input and one output, made by `value`."""
    parts = [_field(1, node) for node in nodes] + [_field(5, table) for table in tables]
    return b"".join([*parts, _text(2, "encoder"), _field(11, given), _field(12, answer)])


def node(
    operator: str,
    takes: Sequence[str],
    gives: Sequence[str],
    *,
    domain: str = "",
    **settings: float,
) -> bytes:
    """Return one step of a graph; `settings` are its attributes, numbers all of them."""
    parts = [_text(1, name) for name in takes] + [_text(2, name) for name in gives]
    parts += [_field(5, _attribute(name, of)) for name, of in settings.items()]
    return b"".join([*parts, _text(4, operator), _text(7, domain)])


def table(name: str, values: NDArray[Any]) -> bytes:
    """Return a constant: numbers of float32, int8 or int64."""
    dims = b"".join(_number(1, size) for size in values.shape)
    raw = np.ascontiguousarray(values).tobytes()
    return dims + _number(2, _KINDS[values.dtype]) + _text(8, name) + _field(9, raw)


def value(name: str, shape: Sequence[int | str]) -> bytes:
    """Describe an input or output of float32; a size that varies has a name."""
    sizes = [_text(2, size) if isinstance(size, str) else _number(1, size) for size in shape]
    form = _number(1, _KINDS[np.dtype(np.float32)])
    form += _field(2, b"".join(_field(1, size) for size in sizes))
    return _text(1, name) + _field(2, _field(1, form))


def _attribute(name: str, of: float) -> bytes:
    if isinstance(of, int):
        return _text(1, name) + _number(3, of) + _number(20, _ATTRIBUTE_NUMBER)
    real = _varint(2 << 3 | _FLOAT) + struct.pack("<f", of)
    return _text(1, name) + real + _number(20, _ATTRIBUTE_FLOAT)


def _number(field: int, of: int) -> bytes:
    return _varint(field << 3 | _NUMBER) + _varint(of & 0xFFFF_FFFF_FFFF_FFFF)


def _text(field: int, of: str) -> bytes:
    return _field(field, of.encode())


def _field(field: int, of: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(of)) + of


def _varint(of: int) -> bytes:
    out = bytearray()
    while of > 0x7F:
        out.append(of & 0x7F | 0x80)
        of >>= 7
    out.append(of)
    return bytes(out)
