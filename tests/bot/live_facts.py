"""Tries the parts of bot/live that need Rasa; run by test_live.py in the bot's own environment.

Prints one JSON object of what was observed.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "bot"))

from live.action_endpoint import OpenEndpoint, is_answer, not_answered
from live.conversation_locks import ConversationLocks
from live.tracker_store import RecentTrackers
from rasa.core.lock_store import LockError
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    SessionStarted,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

SLOT = {"event": "slot", "name": "wish", "value": None}
ANSWERS: "dict[str, Any]" = {
    "nothing": {},
    "empty lists": {"events": [], "responses": []},
    "a slot": {"events": [SLOT], "responses": [{"text": "好"}]},
    "made here": not_answered("action_parcel"),
    "null": None,
    "a list": [],
    "events are no list": {"events": {}},
    "responses are no list": {"responses": {"text": "好"}},
    "a response is no object": {"responses": ["好"]},
    "an event is no object": {"events": ["slot"]},
    "an event without name": {"events": [{"name": "wish"}]},
    "an unknown event": {"events": [{"event": "explode"}]},
    "an event of strange type": {"events": [{"event": ["slot"]}]},
    "a slot without value": {"events": [{"event": "slot", "name": "wish"}]},
    "one bad among good": {"events": [SLOT, {"event": "slot"}]},
}


async def locks() -> "dict[str, Any]":
    """Three messages of one conversation and one of another."""
    store, order = ConversationLocks(), []

    async def turn(conversation: str, name: str, seconds: float) -> None:
        async with store.lock(conversation):
            order.append(f"{name} in")
            await asyncio.sleep(seconds)
            order.append(f"{name} out")

    began = time.monotonic()
    turns = [
        turn("a", "1", 0.1),
        turn("a", "2", 0.1),
        turn("b", "other", 0.05),
        turn("a", "3", 0.0),
    ]
    await asyncio.gather(*turns)
    seconds = time.monotonic() - began
    facts = {"order": order, "seconds": seconds, "left": len(store._doors)}
    return {**facts, **await _locks_and_errors(store)}


async def _locks_and_errors(store: ConversationLocks) -> "dict[str, Any]":
    async def fail() -> None:
        async with store.lock("a"):
            raise asyncio.TimeoutError  # noqa: UP041 - the bot runs on Python 3.10

    facts = {}
    try:
        await fail()
    except Exception as error:
        facts["error of a turn"] = type(error).__name__
    async with store.lock("a"):
        try:
            async with store.lock("a", lock_lifetime=0.05):
                facts["waited for ever"] = True
        except LockError:
            facts["gave up"] = True
    async with store.lock("a"):
        facts["free again"] = True
    return facts


def _begin_session(tracker: DialogueStateTracker, said: str) -> DialogueStateTracker:
    begins = [ActionExecuted("action_session_start"), SessionStarted()]
    tracker.update_with_events([*begins, ActionExecuted("action_listen")], None)
    tracker.update(UserUttered(said))
    return tracker


async def trackers() -> "dict[str, Any]":
    """Three conversations where two are kept, a turn that fails, a second session."""
    store = RecentTrackers(Domain.empty(), keep=2)
    for name in ("a", "b", "a", "c"):
        tracker = await store.get_or_create_tracker(name)
        tracker.update(UserUttered(f"{name} spoke"))
        await store.save(tracker)
    kept = sorted(await store.keys())
    failed = await store.get_or_create_tracker("a")
    failed.update(UserUttered("never saved"))
    again = await store.get_or_create_tracker("a")
    said = [event.text for event in again.events if isinstance(event, UserUttered)]
    await store.save(_begin_session(_begin_session(again, "same day"), "next day"))
    latest, full = await store.retrieve("a"), await store.retrieve_full_tracker("a")
    return {
        "kept": kept,
        "said": said,
        "latest session": [e.text for e in latest.events if isinstance(e, UserUttered)],
        "all sessions": [e.text for e in full.events if isinstance(e, UserUttered)],
        "a stranger": await store.retrieve("nobody"),
    }


def endpoint() -> "dict[str, Any]":
    """What an endpoint takes over from Rasa's, and what it leaves out of a call."""
    settings = {"url": "http://127.0.0.1:1/webhook", "token": "t", "seconds": 2, "messages": 2}
    mine = OpenEndpoint.like(
        EndpointConfig.from_dict({**settings, "enable_selective_domain": True})
    )
    events = [{"event": name} for name in ("action", "user", "slot", "user", "bot", "user", "slot")]
    short = mine._shortened({"events": events, "slots": {"a": 1}})
    made = deserialise_events(not_answered("x")["events"])
    return {
        "url": mine.url,
        "parameters": mine.combine_parameters(),
        "selective": mine.kwargs["enable_selective_domain"],
        "seconds": mine._limit.total,
        "shortened": [event["event"] for event in short["events"]],
        "slots": short["slots"],
        "untouched": len(events),
        "few": len(mine._shortened({"events": events[:2]})["events"]),
        "made": [type(event).__name__ for event in made],
    }


if __name__ == "__main__":
    facts = {
        "answers": {name: is_answer(answer) for name, answer in ANSWERS.items()},
        "locks": asyncio.run(locks()),
        "trackers": asyncio.run(trackers()),
        "endpoint": endpoint(),
    }
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
