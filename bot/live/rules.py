"""How far back the rules look at a conversation, and how often they look at the same."""

from collections.abc import Callable

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import TEXT

Comparison = Callable[[dict[str, str], list[State]], set[str]]

REMEMBERED = 2000
"""Situations whose rules are kept; a shop's talks come to a few hundred."""


def look_back_no_further(policy: RulePolicy) -> None:
    """Show the policy as many of the latest states as its longest rule has, and compare once.

    Rasa compares every state of the conversation with every rule, though a state from before the
    longest rule's first can rule none out; and it lists them all for its log.
    """
    lookups = [policy.lookup.get(kind, {}) for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)]
    rules = [RulePolicy._rule_key_to_state(key) for lookup in lookups for key in lookup]
    policy.featurizer.max_history = max(map(len, rules), default=1)
    if not any(TEXT in state.get(USER, {}) for rule in rules for state in rule):
        policy._get_possible_keys = _comparing_once(policy)


def _comparing_once(policy: RulePolicy) -> Comparison:
    """Return the policy's comparison of states with rules, none of which is about the words."""
    compare = policy._get_possible_keys
    known: dict[tuple[int, str], set[str]] = {}

    def possible(lookup: dict[str, str], states: list[State]) -> set[str]:
        read = [_without_words(state) for state in states]
        situation = id(lookup), str(read)
        if situation not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[situation] = compare(lookup, read)
        return set(known[situation])

    return possible


def _without_words(state: State) -> State:
    said = {name: value for name, value in state.get(USER, {}).items() if name != TEXT}
    return {**state, USER: said}
