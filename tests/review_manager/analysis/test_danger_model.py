"""The danger model's arithmetic, on weights small enough to check by hand."""

from pathlib import Path

import numpy as np
import pytest

from review_manager.analysis.danger_model import BEST, WORST, DangerModel, Voices
from review_manager.analysis.ngrams import Grams, hashed_grams


@pytest.fixture
def model() -> DangerModel:
    return DangerModel(
        bucket=np.array([3, 7], np.uint32),
        weight=np.array([2.0, -1.0, 0.5], np.float32),
        sense=np.append(np.eye(1, 384)[0], 0.25).astype(np.float32),
        by_words=np.array([1.0, 2.0, -1.0, -0.5], np.float32),
        by_sense=np.array([3.0, 1.0, 2.0, -1.0, -0.5], np.float32),
    )


def test_known_grams_are_summed_over_the_root_of_their_number(model: DangerModel) -> None:
    grams = Grams(3, np.array([0, 0, 0, 1]), np.array([3, 5, 7, 9]))
    assert model.heard(grams) == pytest.approx([(2.0 - 1.0) / np.sqrt(2) + 0.5, 0.5, 0.5])


def test_a_bucket_beyond_the_last_known_one_is_unknown(model: DangerModel) -> None:
    assert model.heard(Grams(1, np.array([0]), np.array([4_000_000]))) == pytest.approx([0.5])


def test_the_embedding_head_is_linear(model: DangerModel) -> None:
    vectors = np.zeros((2, 384), np.float32)
    vectors[1, 0] = 2.0
    assert model.sensed(vectors) == pytest.approx([0.25, 2.25])


def test_voices_are_weighed_and_moods_are_limited(model: DangerModel) -> None:
    voices = Voices.of(np.array([1.0, 1.0]), [True, False], np.array([-9.0, 9.0]))
    assert model.words_score(voices) == pytest.approx([1 + 2 - WORST - 0.5, 1 - BEST - 0.5])
    assert model.full_score(voices, np.array([1.0, 0.0])) == pytest.approx(
        [3 + 1 + 2 - WORST - 0.5, 1 - BEST - 0.5]
    )
    assert model.words_score(voices.at([1])) == pytest.approx([1 - BEST - 0.5])


def test_a_model_is_read_back_as_it_was_stored(model: DangerModel, tmp_path: Path) -> None:
    model.write(tmp_path / "dangers.npz")
    read = DangerModel.read(tmp_path / "dangers.npz")
    for name in ("bucket", "weight", "sense", "by_words", "by_sense"):
        assert getattr(read, name) == pytest.approx(getattr(model, name), abs=1e-3)
    grams = hashed_grams(["充电时冒烟"])
    assert read.heard(grams) == pytest.approx(model.heard(grams), abs=1e-3)
