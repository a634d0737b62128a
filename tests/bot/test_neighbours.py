"""The nearest training sentences and their votes."""

from pathlib import Path

import numpy as np
import pytest
from components.neighbours import Neighbours

# Two islands of one intent on either side of another: no straight border parts them.
POINTS = np.array(
    [[-3.0, 0.1], [-3.0, -0.1], [3.0, 0.1], [3.0, -0.1], [0.1, 1.0], [-0.1, 1.0]], np.float32
)
INTENTS = ["invoice", "invoice", "invoice", "invoice", "logistics", "logistics"]
REASONS = ["", "", "", "complaint", "", ""]


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours.fit(POINTS, {"intent": INTENTS, "handoff": REASONS}, axes=2)


def at(x: float, y: float) -> np.ndarray:
    return np.array([x, y], np.float32)


def test_each_island_votes_for_its_own(neighbours: Neighbours) -> None:
    for point, intent in ((at(-2, 0), "invoice"), (at(2, 0), "invoice"), (at(0, 2), "logistics")):
        votes = neighbours.votes(point, nearest=2, reach=0.05)["intent"]
        assert votes == {intent: pytest.approx(1.0)}


def test_votes_of_each_kind_add_up_to_one(neighbours: Neighbours) -> None:
    votes = neighbours.votes(at(1, 0.5), nearest=5, reach=0.5)
    assert {kind: pytest.approx(sum(votes[kind].values())) for kind in votes} == {
        "intent": 1.0,
        "handoff": 1.0,
    }


def test_the_nearer_sentence_counts_more(neighbours: Neighbours) -> None:
    near_complaint = neighbours.votes(at(3, -0.6), nearest=2, reach=0.001)["handoff"]
    assert near_complaint["complaint"] > 0.9


def test_more_voters_than_sentences_are_all_sentences(neighbours: Neighbours) -> None:
    votes = neighbours.votes(at(0, 0.5), nearest=500, reach=1e6)["intent"]
    assert votes == {"invoice": pytest.approx(4 / 6), "logistics": pytest.approx(2 / 6)}


def test_a_vector_of_another_model_gets_no_votes(neighbours: Neighbours) -> None:
    assert neighbours.votes(np.ones(3, np.float32), nearest=2, reach=0.05) == {}


def test_a_vector_at_the_very_middle_is_still_answered(neighbours: Neighbours) -> None:
    votes = neighbours.votes(neighbours.mean, nearest=3, reach=0.05)
    assert sum(votes["intent"].values()) == pytest.approx(1.0)


def test_what_was_saved_votes_the_same(neighbours: Neighbours, tmp_path: Path) -> None:
    neighbours.save(tmp_path)
    kept = Neighbours.find(tmp_path)
    assert kept is not None
    expected = neighbours.votes(at(1, 1), nearest=4, reach=0.1)
    found = kept.votes(at(1, 1), nearest=4, reach=0.1)
    assert found["intent"] == pytest.approx(expected["intent"], abs=0.01)
    assert found["handoff"] == pytest.approx(expected["handoff"], abs=0.01)


def test_a_model_without_embeddings_has_no_neighbours(tmp_path: Path) -> None:
    assert Neighbours.find(tmp_path) is None


def test_an_axis_along_which_nothing_differs_is_not_kept() -> None:
    wider = np.hstack([POINTS, np.full((len(POINTS), 1), 7.0, np.float32)])
    narrow = Neighbours.fit(wider, {"intent": INTENTS}, axes=2)
    assert narrow.rows.shape == (len(POINTS), 2)
    votes = narrow.votes(np.array([0, 2, 7], np.float32), nearest=2, reach=0.05)
    assert votes == {"intent": {"logistics": pytest.approx(1.0)}}


def test_more_axes_than_dimensions_are_all_dimensions() -> None:
    assert Neighbours.fit(POINTS, {"intent": INTENTS}, axes=192).rows.shape == (len(POINTS), 2)
