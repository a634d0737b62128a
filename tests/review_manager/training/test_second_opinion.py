"""The committee learns from embeddings, and is trusted as far as held-out reviews allow."""

from pathlib import Path

import numpy as np
import pytest

from review_manager.analysis.embedding import DIMENSIONS, is_available
from review_manager.analysis.ngrams import BITS
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.second_opinion import (
    DOUBT,
    OWN_TIMES,
    RATIO,
    Embedded,
    embed_all,
    fit_second_opinion,
)


def made_up(rows: int, seed: int) -> Embedded:
    """Return vectors whose first numbers lean to the label, among noise."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 2, rows)
    vectors = draw.normal(0, 1, (rows, DIMENSIONS)).astype(np.float32)
    vectors[:, :60] += (2 * labels - 1)[:, None]
    return Embedded(vectors, labels)


def blind_polarity() -> PolarityModel:
    table = np.zeros(1 << BITS, np.float32)
    return PolarityModel(table, table, offset=0.0, slope=4.0, shift=0.0)


def test_own_texts_are_repeated_after_the_reviews() -> None:
    reviews, own = made_up(5, 0), made_up(2, 1)
    both = reviews.with_own(own)
    assert both.vectors.shape == (5 + 2 * OWN_TIMES, DIMENSIONS)
    assert both.labels.tolist() == reviews.labels.tolist() + own.labels.tolist() * OWN_TIMES
    assert reviews.at(np.array([3])).labels.tolist() == [reviews.labels[3]]


def test_the_committee_settles_what_the_words_leave_open() -> None:
    reviews, own, unseen = made_up(600, 2), made_up(40, 3), made_up(200, 4)
    margins = np.random.default_rng(5).normal(0, DOUBT / 3, 600)
    second = fit_second_opinion(reviews, own, margins, blind_polarity())
    assert ((second.opinions(unseen.vectors) > 0) == (unseen.labels == 1)).mean() > 0.95
    assert second.doubt == DOUBT
    assert second.weight > 0
    assert second.trust == pytest.approx(second.weight * RATIO)


@pytest.mark.skipif(not is_available(), reason="no embedding on this platform")
def test_kept_vectors_are_taken_for_the_same_texts_by_the_same_encoder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, place = tmp_path / "kept.npz", "review_manager.training.second_opinion"
    first = embed_all(["很好", "太差"], file)
    with monkeypatch.context() as patched:
        patched.setattr(f"{place}.embed", None)
        assert embed_all(["很好", "太差"], file) == pytest.approx(first, abs=1e-3)
    other = embed_all(["很好", "一般"], file)
    assert not np.allclose(other[1], first[1], atol=1e-2)
    monkeypatch.setattr(f"{place}.encoder_name", lambda: "another")
    monkeypatch.setattr(f"{place}.embed", lambda texts: np.ones((len(texts), DIMENSIONS)))
    assert embed_all(["很好", "一般"], file).min() == 1
