"""The alarm model's arithmetic, on weights small enough to check by hand."""

from pathlib import Path

import numpy as np
import pytest

from review_manager.analysis.alarm_model import BEST, HUSHED, WORST, AlarmModel, Voices
from review_manager.analysis.committee import Committee
from review_manager.analysis.ngrams import Grams, hashed_grams


def committee(*lasts: float) -> Committee:
    """Return members of one hidden unit, which sees the first number of the embedding."""
    first = np.zeros((len(lasts), 384, 1), np.float32)
    first[:, 0] = 1.0
    return Committee(
        centre=np.full(384, 1.0, np.float32),
        scale=np.full(384, 2.0, np.float32),
        first=first,
        first_bias=np.full((len(lasts), 1), 0.5, np.float32),
        last=np.array(lasts, np.float32)[:, None],
        last_bias=np.full(len(lasts), -1.0, np.float32),
    )


@pytest.fixture
def model() -> AlarmModel:
    return AlarmModel(
        bucket=np.array([3, 7], np.uint32),
        weight=np.array([2.0, -1.0, 0.5], np.float32),
        by_words=np.array([1.0, 2.0, -1.0, -0.5], np.float32),
        by_sense=np.array([3.0, 1.0, 2.0, -1.0, -0.5], np.float32),
        sense=committee(4.0),
    )


def test_known_grams_are_summed_over_the_root_of_their_number(model: AlarmModel) -> None:
    grams = Grams(3, np.array([0, 0, 0, 1]), np.array([3, 5, 7, 9]))
    assert model.heard(grams) == pytest.approx([(2.0 - 1.0) / np.sqrt(2) + 0.5, 0.5, 0.5])


def test_a_bucket_beyond_the_last_known_one_is_unknown(model: AlarmModel) -> None:
    assert model.heard(Grams(1, np.array([0]), np.array([4_000_000]))) == pytest.approx([0.5])


def test_a_committee_scales_rectifies_and_takes_the_mean() -> None:
    vectors = np.zeros((3, 384), np.float32)
    vectors[:, 0] = [5.0, 1.0, -3.0]  # scaled: 2, 0, -2; with the bias 2.5, 0.5 and nothing
    assert committee(4.0).says(vectors) == pytest.approx([9.0, 1.0, -1.0])
    assert committee(4.0, 0.0).says(vectors) == pytest.approx([4.0, 0.0, -1.0])


def test_voices_are_weighed_and_moods_are_limited(model: AlarmModel) -> None:
    voices = Voices.of(np.array([1.0, 1.0]), [1, 0], np.array([-9.0, 9.0]))
    assert model.words_score(voices) == pytest.approx([1 + 2 - WORST - 0.5, 1 - BEST - 0.5])
    assert model.full_score(voices, np.array([1.0, 0.0])) == pytest.approx(
        [3 + 1 + 2 - WORST - 0.5, 1 - BEST - 0.5]
    )
    assert model.words_score(voices.at([1])) == pytest.approx([1 - BEST - 0.5])


def test_sense_hushes_words_but_does_not_silence_the_loudest(model: AlarmModel) -> None:
    voices = Voices.of(np.array([1.0, 1.0, 4.0]), [1, 0, 1], np.zeros(3))
    words = model.words_score(voices)
    assert model.full_score(voices, np.full(3, -50.0)) == pytest.approx(words - HUSHED)
    assert (words - HUSHED > 0).tolist() == [True, False, True]


def test_a_model_is_read_back_as_it_was_stored(model: AlarmModel, tmp_path: Path) -> None:
    model.write(tmp_path / "safety.npz")
    read = AlarmModel.read(tmp_path / "safety.npz")
    for name in ("bucket", "weight", "by_words", "by_sense"):
        assert getattr(read, name) == pytest.approx(getattr(model, name), abs=1e-3)
    vectors = np.random.default_rng(0).normal(0, 1, (4, 384)).astype(np.float32)
    assert read.sensed(vectors) == pytest.approx(model.sensed(vectors), abs=1e-2)
    grams = hashed_grams(["充电时冒烟"])
    assert read.heard(grams) == pytest.approx(model.heard(grams), abs=1e-3)
