"""Reads customer lines with a trained model, outside of any conversation: JSON lines in and out.

Started by `kefu bot parse` in this folder as `python read_lines.py <model> [<file>]`. Each line in
holds `text` and optionally `context` (the customer's lines before); each line out holds what the
live bot would read, because it is the live bot's own pipeline that reads it. A file with the lines
to come lets the reader work ahead while Rasa starts.
"""

import asyncio
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")
sys.path.insert(0, os.getcwd())

from reading_ahead import ReadingAhead, start_reading_ahead  # noqa: E402

# Before Rasa is imported: that takes longest.
AHEAD = start_reading_ahead(Path(sys.argv[2])) if len(sys.argv) > 2 else None

from components.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.shared.core.events import UserUttered  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402

LABELS = {"affirm": "affirm_deny", "deny": "affirm_deny"}
FALLBACK = "nlu_fallback"
# What the live bot's relay passes on at most.
LONGEST = 2000
# As many customer lines before this one as a follow-up may refer to.
CONTEXT_LINES = 3
NOTES = ("handoff", "wish", "second_intent")


async def read_line(agent: Agent, text: str, context: list[str]) -> dict[str, Any]:
    """Return label, confidence, entities and handoff reason of one line after its context."""
    tracker = DialogueStateTracker("lines", slots=[])
    for said in context[-CONTEXT_LINES:]:
        parsed = await _parse(agent, said, tracker)
        tracker.update(UserUttered(said, parsed["intent"], parsed["entities"], parsed))
    return _answer(text, await _parse(agent, text, tracker))


async def _parse(agent: Agent, text: str, tracker: DialogueStateTracker) -> dict[str, Any]:
    # A leading slash would be read as a command by Rasa; full width it is text like any other.
    shown = text[:LONGEST].strip()
    shown = "／" + shown[1:] if shown.startswith("/") else shown
    message = UserMessage(shown, sender_id="lines")
    return await agent.processor.parse_message(message, tracker, only_output_properties=True)


def _answer(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    asks_back = parsed["intent"]["name"] == FALLBACK
    ranking = [entry for entry in parsed.get("intent_ranking", []) if entry["name"] != FALLBACK]
    best = ranking[0] if ranking else {"name": "out_of_scope", "confidence": 0.0}
    notes = {entity["entity"]: entity["value"] for entity in parsed["entities"]}
    second = notes.get("second_intent")
    return {
        "text": text,
        "intent": LABELS.get(best["name"], best["name"]),
        "confidence": round(best["confidence"], 4),
        "answers": not asks_back,
        "fine_intent": best["name"],
        "second_intent": LABELS.get(second, second),
        "wish": notes.get("wish"),
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end")}
            for entity in parsed["entities"]
            if entity["entity"] not in NOTES
        ],
        "handoff": notes.get("handoff"),
    }


def _use(ahead: ReadingAhead) -> None:
    """Let the loaded model ask `ahead` for its vectors."""
    for featurizer in SentenceEmbeddingFeaturizer.loaded:
        if featurizer.embedder is not None:
            featurizer.embedder = ahead.join(featurizer.embedder)


async def _main(model: str) -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    agent = Agent.load(model)
    if AHEAD is not None:
        _use(AHEAD)
    for line in sys.stdin:
        record = json.loads(line)
        answer = await read_line(agent, record["text"], record.get("context") or [])
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    configure_structlog(logging.ERROR)
    asyncio.run(_main(sys.argv[1]))
