"""Which intents are a subject of their own and which only carry the talk along."""

import numpy as np
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY

SMALL_TALK = frozenset({"greet", "thanks_bye", "affirm", "deny", "ask_human", "out_of_scope"})

# From this chance small talk is small talk whatever was said before.
_CLEARLY = 0.6

# How far back a follow-up may refer, in customer lines.
_LOOK_BACK = 3
# A line this short leans fully on the subject before it; one of `_COMPLETE` characters not at all.
_ELLIPTICAL, _COMPLETE = 8, 20


def is_subject(intent: str | None) -> bool:
    """Say whether the intent names something the customer wants done or known."""
    return bool(intent) and intent not in SMALL_TALK and intent != "nlu_fallback"


def is_small_talk(chances: np.ndarray, classes: list[str]) -> bool:
    """Say whether a line is clearly small talk, which goes on about nothing."""
    best = int(chances.argmax())
    return classes[best] in SMALL_TALK and chances[best] >= _CLEARLY


def find_previous_subject(tracker: DialogueStateTracker | None) -> str | None:
    """Return the subject of the customer's last lines, None where there is none."""
    if tracker is None:
        return None
    said = [event for event in tracker.events if isinstance(event, UserUttered)]
    for event in reversed(said[-_LOOK_BACK:]):
        best = _best_intent(event)
        if is_subject(best):
            return best
    return None


def _best_intent(event: UserUttered) -> str | None:
    ranking: list[dict] = (event.parse_data or {}).get(INTENT_RANKING_KEY) or []
    names = [event.intent_name] + [entry[INTENT_NAME_KEY] for entry in ranking[:2]]
    return next((name for name in names if name and name != "nlu_fallback"), None)


def find_previous_line(tracker: DialogueStateTracker | None) -> str | None:
    """Return what the customer typed last about a subject, None where there is no such line."""
    if tracker is None:
        return None
    said = [event for event in tracker.events if isinstance(event, UserUttered)]
    for event in reversed(said[-_LOOK_BACK:]):
        if is_subject(_best_intent(event)):
            text = event.text or ""
            return None if text.startswith("/") else text or None
    return None


def leaning(
    chances: np.ndarray, classes: list[str], *, length: int, previous: str | None, pull: float
) -> np.ndarray:
    """Return the chances of one line after the subject before it has had its say.

    A short line that is not clearly small talk (那要多久) mostly goes on about the last subject:
    that subject's chance is multiplied by up to `pull`, the less the longer the line.
    """
    if previous not in classes or is_small_talk(chances, classes):
        return chances
    shortness = min(max((_COMPLETE - length) / (_COMPLETE - _ELLIPTICAL), 0.0), 1.0)
    leaned = chances.copy()
    leaned[classes.index(previous)] *= 1 + (pull - 1) * shortness
    return leaned / leaned.sum()
