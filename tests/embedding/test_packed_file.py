"""The model file is read whole, and another file is refused."""

import struct
from pathlib import Path

import numpy as np
import pytest

from embedding import packed_file
from embedding.packed_file import (
    ModelFileError,
    NoModelError,
    PackedFile,
    find_model_file,
    open_model,
)


def test_the_sizes_are_those_of_the_model(packed: PackedFile) -> None:
    sizes = packed.sizes
    assert (sizes.width, sizes.layers, sizes.heads, sizes.inner) == (384, 12, 12, 1536)
    assert (sizes.pieces, sizes.positions) == (250037, 512)
    assert sizes.epsilon == pytest.approx(1e-12)


def test_pieces_come_with_scores_and_foldings(packed: PackedFile) -> None:
    pieces = packed.pieces()
    assert len(pieces.text) == len(pieces.score)
    assert pieces.text[pieces.begin] == "<s>"
    assert pieces.text[pieces.end] == "</s>"
    assert pieces.text[pieces.unknown] == "<unk>"
    assert pieces.folded[ord("Ａ")] == "A"
    assert "".join(pieces.folded[ord(mark)] for mark in "½①") == "1\u204421"


def test_four_bits_become_the_numbers_they_stand_for(packed: PackedFile) -> None:
    stored = packed.blocks("l3.fo.w", 1536)[7]
    row = packed.rows("l3.fo.w", 1536)[7]
    for place in (0, 15, 16, 31, 32, 1535):
        block, within = stored[place // 32], place % 32
        byte = int(block["nibbles"][within % 16])
        nibble = byte & 15 if within < 16 else byte >> 4
        assert row[place] == np.float32(nibble - 8) * np.float32(block["scale"])


def test_only_the_rows_asked_for_are_unpacked(packed: PackedFile) -> None:
    some = packed.rows("emb.word", 384, np.array([5, 5, 249_999]))
    assert some.shape == (3, 384)
    assert np.array_equal(some[0], some[1])
    assert some.dtype == np.float32


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    for number, content in enumerate(
        [b"E5S1", b"x" * 200, struct.pack("<4s30i", b"E5S1", *[7] * 30)]
    ):
        file = tmp_path / f"{number}.bin"
        file.write_bytes(content)
        with pytest.raises(ModelFileError, match=str(file)):
            PackedFile(file)


def test_without_the_wheel_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_file, "find_model_file", lambda: None)
    with pytest.raises(NoModelError):
        open_model()


def test_the_wheel_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert find_model_file() is None
