"""What runs beside the model: locks, memory and the calls of actions, tried with the real Rasa."""

from collections.abc import Callable
from typing import Any

import pytest

Observe = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def facts(observe: Observe) -> dict[str, Any]:
    """What live_facts.py observed."""
    return observe("live_facts.py", seconds=120)


def test_one_message_of_a_conversation_at_a_time_in_order(facts: dict[str, Any]) -> None:
    order = [step for step in facts["locks"]["order"] if "other" not in step]
    assert order == ["1 in", "1 out", "2 in", "2 out", "3 in", "3 out"]


def test_another_conversation_does_not_wait(facts: dict[str, Any]) -> None:
    order = facts["locks"]["order"]
    assert order.index("other out") < order.index("2 in")


def test_the_next_message_does_not_wait_a_second(facts: dict[str, Any]) -> None:
    assert 0.2 <= facts["locks"]["seconds"] < 1.0  # Rasa's own lock looks once a second
    assert facts["locks"]["left"] == 0


def test_a_failed_or_endless_turn_does_not_block_for_ever(facts: dict[str, Any]) -> None:
    assert facts["locks"]["error of a turn"] == "TimeoutError"
    assert facts["locks"]["gave up"]
    assert facts["locks"]["free again"]
    assert "waited for ever" not in facts["locks"]


def test_the_conversation_spoken_in_longest_ago_is_forgotten(facts: dict[str, Any]) -> None:
    assert facts["trackers"]["kept"] == ["a", "c"]
    assert facts["trackers"]["a stranger"] is None


def test_a_turn_that_fails_leaves_no_trace(facts: dict[str, Any]) -> None:
    assert facts["trackers"]["said"] == ["a spoke", "a spoke"]


def test_a_new_session_does_not_hear_the_old_one(facts: dict[str, Any]) -> None:
    assert facts["trackers"]["latest session"] == ["next day"]
    assert facts["trackers"]["all sessions"] == ["a spoke", "a spoke", "same day", "next day"]


def test_only_what_rasa_can_take_is_an_answer(facts: dict[str, Any]) -> None:
    good = {name for name, taken in facts["answers"].items() if taken}
    assert good == {"nothing", "empty lists", "a slot", "made here"}
    assert len(facts["answers"]) == 15


def test_the_endpoint_keeps_rasas_settings(facts: dict[str, Any]) -> None:
    found = facts["endpoint"]
    assert found["url"] == "http://127.0.0.1:1/webhook"
    assert found["parameters"] == {"token": "t"}
    assert found["selective"] is True
    assert found["seconds"] == 2


def test_the_history_that_goes_along_is_short(facts: dict[str, Any]) -> None:
    found = facts["endpoint"]
    assert found["shortened"] == ["user", "bot", "user", "slot"]
    assert found["slots"] == {"a": 1}
    assert (found["untouched"], found["few"]) == (7, 2)


def test_what_is_answered_for_a_failed_action_closes_the_form_and_stops(
    facts: dict[str, Any],
) -> None:
    assert facts["endpoint"]["made"] == ["ActiveLoop", "SlotSet", "FollowupAction"]
