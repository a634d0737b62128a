"""When the second opinion is asked, and what its answer does to a margin."""

from pathlib import Path

import numpy as np
import pytest

from review_manager.analysis.embedding import DIMENSIONS, embed, excerpt, is_available
from review_manager.analysis.second_opinion import SecondOpinion

HIDDEN = 2
needs_embedding = pytest.mark.skipif(not is_available(), reason="no embedding on this platform")


@pytest.fixture
def second() -> SecondOpinion:
    """Return a committee of one that says 2.0 of everything."""
    return SecondOpinion(
        centre=np.zeros(DIMENSIONS, np.float32),
        scale=np.ones(DIMENSIONS, np.float32),
        first=np.zeros((1, DIMENSIONS, HIDDEN), np.float32),
        first_bias=np.ones((1, HIDDEN), np.float32),
        last=np.full((1, HIDDEN), 0.5, np.float32),
        last_bias=np.ones(1, np.float32),
        doubt=0.35,
        weight=0.5,
        trust=0.1,
    )


def test_the_committee_votes(second: SecondOpinion) -> None:
    assert second.opinions(np.zeros((3, DIMENSIONS), np.float32)).tolist() == [2.0, 2.0, 2.0]


@needs_embedding
def test_only_doubtful_margins_are_settled(second: SecondOpinion) -> None:
    texts = ["质量一般吧", "太差了", "很好", "还行", ""]
    margins = np.array([0.2, -0.35, 0.9, -0.34, 0.0])
    settled = second.settle(texts, margins)
    assert settled.tolist() == pytest.approx([0.1 + 0.2, -0.35, 0.9, -0.17 + 0.2, 0.0])
    assert margins.tolist() == [0.2, -0.35, 0.9, -0.34, 0.0]


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
        ("一" * 64, "一" * 64),
        ("头" * 40 + "尾" * 40, "头" * 32 + "尾" * 32),
    ],
)
def test_a_long_text_is_read_at_both_ends(text: str, read: str) -> None:
    assert excerpt(text) == read


def test_a_committee_is_read_back_as_it_was_stored(second: SecondOpinion, tmp_path: Path) -> None:
    second.write(tmp_path / "second.npz")
    read = SecondOpinion.read(tmp_path / "second.npz")
    assert (read.doubt, read.weight, read.trust) == (0.35, 0.5, 0.1)
    assert read.opinions(np.zeros((1, DIMENSIONS), np.float32)).tolist() == [2.0]
