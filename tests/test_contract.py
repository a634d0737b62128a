"""What two rooms say of each other is true: domain and actions, topics, protocol, policies."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

ROOT = Path(__file__).parents[1]
DOMAIN_FILES = sorted((ROOT / "bot" / "domain").glob("*.yml"))
SECTIONS = ("intents", "entities", "slots", "forms", "actions", "responses")


def _domain(section: str) -> list[str]:
    names: list[str] = []
    for file in DOMAIN_FILES:
        names += [_name(entry) for entry in yaml.safe_load(file.read_text()).get(section) or ()]
    return names


def _name(entry: Any) -> str:
    return next(iter(entry)) if isinstance(entry, dict) else str(entry)


def _used_in_actions(pattern: str) -> set[str]:
    code = "\n".join(file.read_text() for file in (ROOT / "actions").glob("*.py"))
    return set(re.findall(pattern, code))


def _steps() -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for file in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text())["rules"]:
            steps += rule["steps"]
    return steps


@pytest.mark.parametrize("section", SECTIONS)
def test_no_domain_key_stands_twice(section: str) -> None:
    """Rasa silently takes the first of two and says nothing."""
    twice = [name for name, times in Counter(_domain(section)).items() if times > 1]
    assert twice == []


def test_every_action_of_the_domain_exists_and_back() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    ours = {name for name in executor.actions if not name.startswith("rasa_sdk")}
    assert set(_domain("actions")) == ours


def test_every_response_an_action_or_rule_names_exists() -> None:
    declared = set(_domain("responses"))
    named = _used_in_actions(r'"(utter_\w+)"')
    in_rules = {step["action"] for step in _steps() if "action" in step}
    assert named | {name for name in in_rules if name.startswith("utter_")} <= declared


def test_every_rule_uses_what_the_domain_declares() -> None:
    known = {*_domain("actions"), *_domain("responses"), *_domain("forms")}
    known |= {"action_listen", "action_default_fallback", "action_deactivate_loop"}
    assert {step["action"] for step in _steps() if "action" in step} <= known
    assert {step["intent"] for step in _steps() if "intent" in step} <= set(_domain("intents"))


def test_every_slot_that_an_action_sets_exists() -> None:
    declared = {*_domain("slots"), "requested_slot"}
    remembered = _used_in_actions(r"(?s)remember\(([^*]*?)\)\n")
    assert set(re.findall(r"(\w+)=", " ".join(remembered))) <= declared
    assert _used_in_actions(r'\.slot\("(\w+)"\)') <= declared


def test_every_intent_has_training_sentences_and_back() -> None:
    files = (ROOT / "data" / "nlu").glob("*.yml")
    trained = {
        entry["intent"].split("/")[0]
        for file in files
        for entry in yaml.safe_load(file.read_text())["nlu"]
        if "intent" in entry
    }
    assert trained == set(_domain("intents")) - {"nlu_fallback"}


def test_every_topic_with_actions_has_rules() -> None:
    topics = {file.stem for file in DOMAIN_FILES if "actions" in yaml.safe_load(file.read_text())}
    assert topics <= {file.stem for file in (ROOT / "data" / "rules").glob("*.yml")}
