"""Trackers, runner and rules that do less do the same as Rasa's own, tried with the real Rasa."""

from collections.abc import Callable
from typing import Any

import pytest

Observe = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def facts(observe: Observe) -> dict[str, Any]:
    """What live_copies.py observed."""
    return observe("live_copies.py", seconds=300)


def test_a_tracker_is_after_every_event_what_rasas_is(facts: dict[str, Any]) -> None:
    found = facts["trackers"]
    assert found["differ"] == []
    assert found["compared"] == 2400
    assert found["longest"] > 8  # conversations long enough for something to go wrong


def test_a_copy_goes_its_own_way(facts: dict[str, Any]) -> None:
    found = facts["trackers"]
    assert found["kept by the first"] == ["x", False]
    assert found["events"] == [3, 6]
    assert found["of the model"] == [None, None, None]


def test_who_takes_parts_out_of_a_state_changes_nothing(facts: dict[str, Any]) -> None:
    assert facts["trackers"]["asked twice"] == 3  # the user, the slot, the loop
    assert facts["trackers"]["other domain"] == 1


def test_the_store_gives_back_what_it_was_given(facts: dict[str, Any]) -> None:
    assert facts["store"]["same"]
    assert facts["store"]["said"] == 30


def test_every_conversation_is_kept_in_our_way(facts: dict[str, Any]) -> None:
    assert facts["store"]["kinds"] == ["KeptTracker", "KeptTracker"]


def test_the_graph_gives_what_it_gives_by_rasas_runner(facts: dict[str, Any]) -> None:
    found = facts["runner"]
    assert found["given"] == [{"last": 1015}, {"last": 1018}, {"apart": 5, "two": 14}, {"apart": 5}]
    assert found["same"]
    assert found["components"] == 5


def test_only_what_leads_to_the_target_runs(facts: dict[str, Any]) -> None:
    assert facts["runner"]["runs"] == 2


def test_a_failure_is_told_as_by_rasas_runner(facts: dict[str, Any]) -> None:
    found = facts["runner"]
    assert found["fails"] == ["GraphComponentException", "GraphComponentException"]
    assert found["without input"] == ["GraphRunError", "GraphRunError"]


def test_rules_choose_the_same_by_the_latest_states_alone(facts: dict[str, Any]) -> None:
    found = facts["rules"]
    assert found["differ"] == []
    assert {"action_greet", "action_last", "action_listen", "proof_form"} <= set(found["chosen"])


def test_rules_are_compared_once_with_each_situation(facts: dict[str, Any]) -> None:
    found = facts["rules"]["compared"]
    assert found["asked"] > 1000
    assert 0 < found["compared"] < found["asked"] / 2


def test_rules_look_back_as_far_as_the_longest(facts: dict[str, Any]) -> None:
    assert facts["rules"]["back"] == 3
    assert facts["rules"]["no rules"] == 1
