"""How far back the rules look at a conversation."""

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.domain import State


def look_back_no_further(policy: RulePolicy) -> None:
    """Show the policy as many of the latest states as its longest rule has.

    Rasa compares every state of the conversation with every rule, though a state from before the
    longest rule's first can rule none out; and it lists them all for its log.
    """
    lookups = (policy.lookup.get(kind, {}) for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
    longest = max((len(_states(key)) for lookup in lookups for key in lookup), default=1)
    policy.featurizer.max_history = longest


def _states(rule: str) -> list[State]:
    return RulePolicy._rule_key_to_state(rule)
