"""Checks what a model wrote before anybody sees it; one doubt is enough for the template."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from compliance import Channel, Finding, check, rewritten
from review_manager.language_model.failure import NoWordingError, Why
from review_manager.language_model.policy import ModelPolicy
from review_manager.language_model.skeleton import Skeleton, fill, own_words
from review_manager.replies.likeness import nearest, ngrams

_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_GAP = "\u2003"


@dataclass(frozen=True)
class Task:
    """One text to word: what is decided, what it is checked against, how long it may be.

    `review` is what the customer wrote, `product` what the goods are called; `longest` and
    `shortest` count characters without the label, `limit` is the platform's with it.
    """

    skeleton: Skeleton
    template: str
    review: str
    product: str
    rude: str
    public: bool
    shortest: int
    longest: int
    limit: int


def accepted(answer: str, task: Task, policy: ModelPolicy) -> str:
    """Return the finished, labelled text; raises NoWordingError with the first thing wrong."""
    wording = re.sub(policy.patterns.preface, "", answer.strip())
    text = fill(task.skeleton, wording)
    if text == task.template:
        raise NoWordingError(Why.UNCHANGED)
    own = own_words(wording)
    _check_own_words(own, task, policy)
    _check_prose(own, task, policy)
    _check_copying(own, task, policy.copied_run)
    _check_manners(text, task, policy)
    if not task.shortest <= len(text) <= task.longest:
        raise NoWordingError(Why.LENGTH, f"{len(text)} characters")
    labelled = _lawful(text, public=task.public)
    if len(labelled) > task.limit:
        raise NoWordingError(Why.LENGTH, f"{len(labelled)} characters with its label")
    return labelled


def check_unlike(text: str, others: Sequence[str], *, template: str, alike: float) -> float:
    """Return the likeness to the nearest of `others`; raises NoWordingError where the text reads
    like a copy of one, and more so than the template's own text did."""
    known = [ngrams(other) for other in others]
    like = nearest(ngrams(text), known)
    if like >= alike and like > nearest(ngrams(template), known):
        raise NoWordingError(Why.ALIKE, f"likeness {like:.2f}")
    return like


def _check_prose(own: str, task: Task, policy: ModelPolicy) -> None:
    _refuse(own, policy.patterns.not_prose, task, Why.NOT_PROSE)
    letters = [character for character in own if character.isalnum()]
    chinese = len(_CHINESE.findall(own))
    if not letters or chinese < policy.least_chinese * len(letters):
        raise NoWordingError(Why.NOT_PROSE, "hardly any Chinese")
    strange = {"C", "S"} & {unicodedata.category(character)[0] for character in own}
    if strange:
        raise NoWordingError(Why.NOT_PROSE, "symbols or control characters")


def _check_own_words(own: str, task: Task, policy: ModelPolicy) -> None:
    """No number, name or address that the draft does not have; no promise, claim or insult."""
    numbers = [character for character in own if unicodedata.category(character)[0] == "N"]
    for token in (*numbers, *_LATIN.findall(own)):
        if not _is_known(token, task):
            raise NoWordingError(Why.INVENTED, token[:20])
    patterns = policy.patterns
    _refuse(own, patterns.claims, task, Why.CLAIMS)
    _refuse(own, patterns.commits, task, Why.COMMITS)
    _refuse(own, patterns.blames, task, Why.BLAMES)
    _refuse(own, task.rude, task, Why.RUDE)


def _check_copying(own: str, task: Task, run: int) -> None:
    """A review that dictates its own answer is not obeyed word for word."""
    review, known = _letters(task.review), _letters(task.skeleton.own)
    for piece in _letters(own).split(_GAP):
        for start in range(len(piece) - run + 1):
            words = piece[start : start + run]
            if words in review and words not in known:
                raise NoWordingError(Why.COPIES_REVIEW, words)


def _check_manners(text: str, task: Task, policy: ModelPolicy) -> None:
    """One apology where the template has one, thanks where it thanks."""
    owed = policy.patterns.apology
    if not re.search(owed, task.template):
        owed = policy.patterns.thanks
    if re.search(owed, task.template) and not re.search(owed, text):
        raise NoWordingError(Why.INCOMPLETE, "neither apology nor thanks")


def _lawful(text: str, *, public: bool) -> str:
    """Return the text with the label that it needs; raises NoWordingError for other findings."""
    channel = Channel.REVIEW_REPLY if public else Channel.CHAT
    first = check(text, channel=channel, public=public, generated=True)
    others = [finding for finding in first.findings if finding.rule != "missing_label"]
    if others:
        raise NoWordingError(Why.WORDING_RULES, _named(others))
    labelled = rewritten(text, first)
    left = check(labelled, channel=channel, public=public, generated=True).findings
    if left:
        raise NoWordingError(Why.WORDING_RULES, _named(left))
    return labelled


def _named(findings: Sequence[Finding]) -> str:
    return ", ".join(sorted({finding.rule for finding in findings}))


def _refuse(own: str, pattern: str, task: Task, why: Why) -> None:
    for match in re.finditer(pattern, own):
        if not _is_known(match[0], task):
            raise NoWordingError(why, match[0][:20])


def _is_known(words: str, task: Task) -> bool:
    """Whether the template says it itself, outside what code has decided, or the goods' name."""
    return words in task.skeleton.own or words in task.product


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalnum() or one == _GAP)
