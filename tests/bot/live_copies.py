"""Compares trackers, runner and rules of bot/live with Rasa's own; run by test_live_copies.py.

Prints one JSON object of what was observed.
"""

import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "bot"))

from live.kept_tracker import KeptTracker
from live.planned_runner import PlannedRunner
from live.rules import look_back_no_further
from live.tracker_store import RecentTrackers
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core import events as said
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [greet, parcel, affirm]
entities: [phone]
slots:
  seen: {type: text, influence_conversation: true, mappings: [{type: custom}]}
  unseen: {type: any, mappings: [{type: custom}]}
actions: [action_parcel, action_greet, action_last]
forms:
  proof_form: {required_slots: [unseen]}
""")
INTENTS = ["greet", "parcel", "affirm"]
ACTIONS = ["action_listen", "action_parcel", "action_greet", "action_last", "proof_form"]
KINDS = (
    lambda dice: said.ActionExecuted(dice.choice(ACTIONS)),
    lambda dice: said.ActionExecuted(dice.choice(ACTIONS)),
    lambda dice: _spoken(dice.choice(INTENTS)),
    lambda dice: _spoken(dice.choice(INTENTS)),
    lambda dice: said.BotUttered("好的", {"custom": {"a": 1}}),
    lambda dice: said.SlotSet(dice.choice(["seen", "unseen"]), dice.choice([None, "x", "y"])),
    lambda dice: said.SlotSet("seen", dice.choice([None, "x"])),
    lambda dice: said.DefinePrevUserUtteredFeaturization(False),
    lambda dice: said.ActiveLoop(dice.choice([None, "proof_form"])),
    lambda dice: said.LoopInterrupted(dice.choice([True, False])),
    lambda dice: said.ActionExecutionRejected("proof_form"),
    lambda dice: said.FollowupAction("action_last"),
    lambda dice: said.UserUtteranceReverted(),
    lambda dice: said.ActionReverted(),
    lambda dice: said.AllSlotsReset(),
    lambda dice: said.ConversationPaused(),
    lambda dice: said.ConversationResumed(),
    lambda dice: said.SessionStarted(),
    lambda dice: said.Restarted(),
)
RARE = 7
"""The last so many kinds come a tenth as often, or conversations would never get long."""


def _spoken(intent: str) -> said.UserUttered:
    parsed = {"intent": {"name": intent}, "entities": [{"entity": "phone", "value": "1"}]}
    return said.UserUttered(intent, parsed["intent"], parsed["entities"], parsed, message_id="1")


def _events(seed: int, count: int) -> "list[said.Event]":
    dice = random.Random(seed)
    often = [10] * (len(KINDS) - RARE) + [1] * RARE
    made = [dice.choices(KINDS, often)[0](dice) for _ in range(count)]
    for number, event in enumerate(made):
        event.timestamp = float(number)
    return made


def _state(tracker: DialogueStateTracker) -> "dict[str, Any]":
    return {
        **tracker.current_state(EventVerbosity.ALL),
        "loop": asdict(tracker.active_loop) if tracker.active_loop else None,
        "applied": [event.as_dict() for event in tracker.applied_events()],
        "set": {name: slot.has_been_set for name, slot in tracker.slots.items()},
        "says": tracker.latest_bot_utterance.text,
        "source": tracker.sender_source,
        "model": (tracker.model_id, tracker.assistant_id),
        "past": tracker.past_states(DOMAIN),
        "set slots only": tracker.past_states(DOMAIN, omit_unset_slots=True),
        "without rules": tracker.past_states(DOMAIN, ignore_rule_only_turns=True),
    }


def trackers() -> "dict[str, Any]":
    """Random conversations, each event heard by Rasa's tracker and by ours, copied in between."""
    differ, compared, longest = [], 0, 0
    for seed in range(60):
        rasas = DialogueStateTracker("a", DOMAIN.slots)
        ours: DialogueStateTracker = KeptTracker("a", DOMAIN.slots)
        for mine, its in zip(_events(seed, 40), _events(seed, 40), strict=True):
            rasas.update(its)
            ours.update(mine)
            if seed % 3 == 0:
                rasas, ours = rasas.copy(), ours.copy()
            elif seed % 3 == 1:
                ours.copy().update(said.SlotSet("seen", "other"))
            compared += 1
            longest = max(longest, len(ours.past_states(DOMAIN)))
            if _state(rasas) != _state(ours):
                one, other = _state(rasas), _state(ours)
                unlike = [name for name in one if one[name] != other[name]]
                differ.append([seed, type(mine).__name__, *unlike])
    return {"differ": differ, "compared": compared, "longest": longest, **_one_copy()}


def _one_copy() -> "dict[str, Any]":
    first = KeptTracker("a", DOMAIN.slots, sender_source="file")
    first.model_id = first.assistant_id = "model"
    for event in (said.ActiveLoop("proof_form"), said.SlotSet("seen", "x"), _spoken("greet")):
        first.update(event)
    asked = first.past_states(DOMAIN)
    asked[-1].clear()
    asked[0].clear()
    second = first.copy()
    for event in (said.SlotSet("seen", "y"), said.LoopInterrupted(True), _spoken("parcel")):
        second.update(event)
    return {
        "kept by the first": [first.get_slot("seen"), first.active_loop.is_interrupted],
        "events": [len(first.events), len(second.events)],
        "of the model": [second.sender_source, second.model_id, second.assistant_id],
        "asked twice": len(first.past_states(DOMAIN)[-1]),
        "other domain": len(first.past_states(Domain.empty())),
    }


async def store() -> "dict[str, Any]":
    """What the store begins and gives back, one event a turn."""
    ours = RecentTrackers(DOMAIN)
    for event in _events(7, 30):
        tracker = await ours.get_or_create_tracker("a", append_action_listen=False)
        tracker.update(event)
        await ours.save(tracker)
    again = await ours.retrieve("a")
    heard = DialogueStateTracker.from_events("a", _events(7, 30), DOMAIN.slots)
    facts = {"same": _state(again) == _state(heard), "said": len(again.events), "kinds": []}
    await ours.save(heard)  # a tracker of Rasa's own is taken as well
    for name in ("a", "new"):
        facts["kinds"].append(type(await ours.get_or_create_tracker(name)).__name__)
    return facts


class Adds(GraphComponent):
    """A component that adds up what it is given."""

    runs = 0

    @classmethod
    def create(
        cls, config: Any, model_storage: Any, resource: Any, execution_context: Any
    ) -> "Adds":
        made = cls()
        made.own = config["own"]
        return made

    @staticmethod
    def get_default_config() -> "dict[str, Any]":
        return {"own": 0}

    def add(self, **given: int) -> int:
        Adds.runs += 1
        if self.own == "fails":
            raise RuntimeError("on purpose")
        return sum(given.values()) + self.own


def _node(own: Any, **needs: str) -> SchemaNode:
    return SchemaNode(
        needs=needs, uses=Adds, constructor_name="create", fn="add", config={"own": own}, eager=True
    )


def runner() -> "dict[str, Any]":
    """The same graph by Rasa's runner and by ours."""
    nodes = {
        "last": _node(1000, one="one", two="two", given="__given__"),
        "one": _node(1, given="__given__"),
        "two": _node(10, one="one"),
        "apart": _node(5),
        "fails": _node("fails"),
    }
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage(Path(folder))
        context = ExecutionContext(GraphSchema(nodes), "model")
        ours = PlannedRunner.create(GraphSchema(nodes), storage, context)
        rasas = DaskGraphRunner.create(GraphSchema(nodes), storage, context)
    facts: dict[str, Any] = {"given": [], "same": True, "components": len(ours.components(Adds))}
    for given, targets in ((1, ["last"]), (2, ["last"]), (3, ["apart", "two"]), (4, ["apart"])):
        found = ours.run({"__given__": given}, targets)
        facts["given"].append(found)
        facts["same"] &= found == rasas.run({"__given__": given}, targets)
    Adds.runs = 0
    ours.run({"__given__": 1}, ["two"])
    facts["runs"] = Adds.runs
    facts["fails"] = [_failure(each, ["fails"]) for each in (ours, rasas)]
    facts["without input"] = [_failure(each, ["one"]) for each in (ours, rasas)]
    return facts


def _failure(tried: GraphRunner, targets: "list[str]") -> str:
    try:
        tried.run({}, targets)
    except Exception as error:
        return type(error).__name__
    return ""


def _rule(*steps: "tuple[str, str]") -> str:
    states = [
        {"prev_action": {"action_name": action}, **({"user": {"intent": intent}} if intent else {})}
        for action, intent in steps
    ]
    return json.dumps(states, sort_keys=True)


LISTENS, LOOPS = "action_listen", {"active_loop": {"name": "proof_form"}}
RULES = {
    _rule((LISTENS, "greet")): "action_greet",
    _rule((LISTENS, "greet"), ("action_greet", "greet")): LISTENS,
    _rule((LISTENS, "parcel")): "action_parcel",
    _rule((LISTENS, "parcel"), ("action_parcel", "parcel")): "action_last",
    _rule((LISTENS, "parcel"), ("action_parcel", "parcel"), ("action_last", "parcel")): LISTENS,
    _rule((LISTENS, "greet"), ("action_last", "greet"), (LISTENS, "affirm")): "action_last",
}
UNHAPPY = {json.dumps([{**LOOPS, "prev_action": {"action_name": LISTENS}}]): "do_not_predict_loop"}


def _policy() -> RulePolicy:
    with tempfile.TemporaryDirectory() as folder:
        policy = RulePolicy(
            RulePolicy.get_default_config(),
            LocalModelStorage(Path(folder)),
            Resource("rules"),
            ExecutionContext(GraphSchema({}), "model"),
        )
    policy.lookup = {"rules": RULES, "rules_for_loop_unhappy_path": UNHAPPY}
    return policy


def _counting(policy: RulePolicy) -> "Callable[[], dict[str, int]]":
    """Return what counts how often rules were asked for and how often they were compared."""
    asked, possible, match = [], policy._get_possible_keys, RulePolicy._is_rule_applicable
    compared: list[str] = []
    policy._get_possible_keys = lambda *words: (asked.append(1), possible(*words))[1]
    policy._is_rule_applicable = lambda *words: (compared.append(words[0]), match(policy, *words))[
        1
    ]
    return lambda: {"asked": len(asked), "compared": compared.count(next(iter(RULES)))}


def rules() -> "dict[str, Any]":
    """What Rasa's policy chooses in random conversations, looking back all the way and as far."""
    whole, short = _policy(), _policy()
    look_back_no_further(short)
    compared = _counting(short)
    facts: dict[str, Any] = {"back": short.featurizer.max_history, "differ": [], "chosen": set()}
    for seed in range(40):
        tracker = KeptTracker("a", DOMAIN.slots)
        for event in _events(seed, 60):
            tracker.update(event)
            if not tracker.latest_message.text:
                continue
            one = whole.predict_action_probabilities(tracker, DOMAIN)
            other = short.predict_action_probabilities(tracker, DOMAIN)
            facts["chosen"].add(DOMAIN.action_names_or_texts[other.max_confidence_index])
            if (one.probabilities, one.events) != (other.probabilities, other.events):
                facts["differ"].append([seed, len(tracker.events)])
    facts["compared"] = compared()
    none = _policy()
    none.lookup = {}
    look_back_no_further(none)
    return {**facts, "chosen": sorted(facts["chosen"]), "no rules": none.featurizer.max_history}


if __name__ == "__main__":
    facts = {
        "trackers": trackers(),
        "store": asyncio.run(store()),
        "runner": runner(),
        "rules": rules(),
    }
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
