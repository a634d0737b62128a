"""Where the words of a draft come from, as it is stored with the draft."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from review_manager.language_model.failure import Why
from review_manager.language_model.wire import Message
from review_manager.replies.likeness import likeness, ngrams

WORDING = "wording"
PRIVATE_WORDING = "private_wording"
MODEL, TEMPLATE = "model", "template"
DESCENDED = 0.5
"""A text this like a model's draft (Jaccard index of trigrams) is that draft, edited."""

Note = dict[str, Any]


def by_model(text: str, messages: Sequence[Message], *, model: str, prompt_version: str) -> Note:
    """Return the note on a text that a model worded; `prompt_hash` is that of what was sent."""
    return {
        "source": MODEL,
        "model": model,
        "prompt_version": prompt_version,
        "prompt_hash": prompt_hash(messages),
        "text_hash": hashlib.sha256(text.encode()).hexdigest(),
    }


def by_template(why: Why, *, model: str, prompt_version: str) -> Note:
    """Return the note on a text for which the model was meant, and why it is the template's."""
    return {"source": TEMPLATE, "model": model, "prompt_version": prompt_version, "why": str(why)}


def prompt_hash(messages: Sequence[Message]) -> str:
    """Return the SHA-256 of the messages as they were sent, as a NUL-separated text."""
    parts = (part for message in messages for part in asdict(message).values())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_generated(text: str, drafts: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a reply is a model's draft, as it was or edited, and so needs its label."""
    drafts = list(drafts)
    if any(draft["text"] == text and not _is_models(draft) for draft in drafts):
        return False
    written = ngrams(text)
    return any(
        likeness(written, ngrams(draft["text"])) >= DESCENDED
        for draft in drafts
        if _is_models(draft)
    )


def _is_models(draft: Mapping[str, Any]) -> bool:
    note = draft.get(WORDING) or {}
    return bool(note.get("source") == MODEL)
