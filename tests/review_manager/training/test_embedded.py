"""Embeddings of many texts, kept between two runs of the training."""

from pathlib import Path

import numpy as np

from review_manager.training.embedded import embed_all


def test_a_cache_is_made_with_its_folder_and_serves_the_same_texts_only(tmp_path: Path) -> None:
    cache = tmp_path / "not" / "yet" / "there.npz"
    made = embed_all(["很好", "很差"], cache)
    assert made.shape == (2, 384)
    assert not np.allclose(made[0], made[1], atol=1e-3)
    written = cache.stat().st_mtime_ns
    assert np.allclose(embed_all(["很好", "很差"], cache), made, atol=1e-3)
    assert cache.stat().st_mtime_ns == written
    assert np.allclose(embed_all(["很差", "很好"], cache), made[::-1], atol=1e-3)
