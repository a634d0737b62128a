"""The classifier's arithmetic: margins, probabilities, and what a file keeps."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from components.linear_head import LinearHead, probabilities


@pytest.fixture
def head() -> LinearHead:
    sparse = sp.csr_matrix(np.eye(6, dtype=np.float32))
    dense = np.array([[1.0], [1.0], [0.0], [0.0], [-1.0], [-1.0]], dtype=np.float32)
    labels = ["a", "a", "b", "b", "c", "c"]
    return LinearHead.fit(sparse, dense, labels, regularisation=10.0, dense_weight=1.5)


def test_it_learns_what_it_was_shown(head: LinearHead) -> None:
    margins = head.margins(sp.csr_matrix(np.eye(6, dtype=np.float32)), None)
    assert [head.classes[place] for place in margins.argmax(axis=1)] == list("aabbcc")


def test_dense_features_decide_where_sparse_ones_say_nothing(head: LinearHead) -> None:
    nothing = sp.csr_matrix((1, 6), dtype=np.float32)
    warm = head.margins(nothing, np.array([[2.0]], dtype=np.float32))
    cold = head.margins(nothing, np.array([[-2.0]], dtype=np.float32))
    assert warm[0, 0] > cold[0, 0]
    assert warm[0, 2] < cold[0, 2]


def test_missing_dense_features_count_as_the_average(head: LinearHead) -> None:
    row = sp.csr_matrix(np.eye(6, dtype=np.float32))[:1]
    assert head.margins(row, None) == pytest.approx(head.margins(row, head.mean[None, :]))


def test_vectors_of_another_length_are_not_mixed_in(head: LinearHead) -> None:
    row = sp.csr_matrix(np.eye(6, dtype=np.float32))[:1]
    assert head.margins(row, np.ones((1, 7))) == pytest.approx(head.margins(row, None))


def test_two_classes_get_a_margin_each() -> None:
    sparse = sp.csr_matrix(np.eye(2, dtype=np.float32))
    head = LinearHead.fit(sparse, None, ["no", "yes"], regularisation=1.0, dense_weight=1.0)
    margins = head.margins(sparse, None)
    assert margins.shape == (2, 2)
    assert margins[0, 0] == pytest.approx(-margins[0, 1])
    assert margins[1].argmax() == 1


def test_a_file_keeps_the_head(head: LinearHead, tmp_path: Path) -> None:
    head.save(tmp_path, "why")
    kept = LinearHead.load(tmp_path, "why")
    row = sp.csr_matrix(np.eye(6, dtype=np.float32))
    assert kept.classes == head.classes
    assert kept.margins(row, None) == pytest.approx(head.margins(row, None), abs=2e-3)


def test_probabilities_sum_to_one_and_a_lower_temperature_is_surer() -> None:
    margins = np.array([[0.5, -0.5, -1.0], [900.0, -900.0, 0.0]])
    sure, unsure = probabilities(margins, 0.25), probabilities(margins, 1.0)
    assert sure.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert sure[0, 0] > unsure[0, 0] > 1 / 3
