"""Builds the prompt: the rules, the review as delimited data, and the draft with its holes."""

import re
import secrets
from collections.abc import Iterable

from review_manager.language_model.checking import Task
from review_manager.language_model.masking import hidden
from review_manager.language_model.policy import ModelPolicy
from review_manager.language_model.skeleton import SLOT
from review_manager.language_model.wire import Message

_BRACKETS = str.maketrans({"<": "＜", ">": "＞"})
_SPARE = 60


def build_prompt(
    task: Task, policy: ModelPolicy, *, known: Iterable[str], number: int
) -> tuple[Message, ...]:
    """Return the messages for one text; `number` chooses the manner, `known` is personal.

    The review stands between marks with a number that it cannot know, so it cannot end its block.
    """
    texts, known = policy.prompt, tuple(known)
    system = texts.system.format(shortest=task.shortest, longest=task.longest)
    user = texts.user.format(
        nonce=secrets.token_hex(4),
        review=masked_review(task.review, policy, known=known),
        draft=task.skeleton.text,
        legend=_legend(task, policy, known),
        manner=texts.manners[number % len(texts.manners)],
        kind=texts.public if task.public else texts.private,
    )
    return Message("system", system.strip()), Message("user", user.strip())


def masked_review(review: str, policy: ModelPolicy, *, known: Iterable[str]) -> str:
    """Return the review as the model may see it: without personal data, cut, and inert."""
    longest = policy.longest_review
    masked = hidden(review[: longest + _SPARE], slot=policy.slots.hidden, known=known)
    return masked[:longest].translate(_BRACKETS)


def _legend(task: Task, policy: ModelPolicy, known: tuple[str, ...]) -> str:
    """Say what each placeholder stands for, without numbers and without anything personal."""
    lines = []
    for slot, words in task.skeleton.slots.items():
        name = slot.strip("⟦⟧").rstrip("0123456789")
        shown = re.sub(r"\d+(?:\.\d+)?", "×", SLOT.sub("…", hidden(words, slot=name, known=known)))
        if name in {policy.slots.address, policy.slots.order}:
            shown = name
        lines.append(f"{slot}：{shown}")
    return "\n".join(lines)
