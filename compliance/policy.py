"""The wording policy: which patterns a text may not show, in which context, and under which law."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from compliance.verdict import Channel, Severity
from policies.files import POLICY_FOLDER, PolicyError, Strict, read_policy

WORDING_FILE = POLICY_FOLDER / "wording.yml"
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Exceptions = tuple[str, ...]


def _joined(value: object) -> object:
    """A pattern may be written as a list of alternatives."""
    return f"(?:{'|'.join(map(str, value))})" if isinstance(value, list) else value


Alternatives = Annotated[str, BeforeValidator(_joined)]


class PatternEntry(Strict):
    """One forbidden pattern and the contexts in which it is lawful after all."""

    find: Alternatives
    unless_before: Exceptions = ()
    unless_after: Exceptions = ()
    unless_in: Exceptions = ()
    unless_text: Exceptions = ()
    ignore_before: bool = False
    channels: frozenset[Channel] | None = None
    above_yuan: int | None = None
    severity: Severity | None = None
    rewrite: str | None = None
    span: Literal["match", "clause"] | None = None


class RuleEntry(Strict):
    """A rule: its law, its patterns and the exceptions that all of them share."""

    source: str
    severity: Severity = Severity.BLOCK
    rewrite: str = ""
    span: Literal["match", "clause"] = "match"
    unless_before: Exceptions = ()
    unless_after: Exceptions = ()
    unless_in: Exceptions = ()
    unless_text: Exceptions = ()
    patterns: tuple[PatternEntry, ...]


class SpellingEntry(Strict):
    """A disguise of a word, as a regular expression over the folded text."""

    to: str
    disguise: str = Field(alias="from")


class SoundEntry(Strict):
    """A word whose character at `at` is often swapped for one that sounds the same."""

    word: str
    at: int
    exception: str = Field(alias="except")


class PersonalEntry(Strict):
    """What looks like personal data in public and is none."""

    own_contact: Alternatives
    own_address: Alternatives
    product_code: Alternatives
    not_names: Alternatives
    surnames: Alternatives
    common_surnames: str


class LabelEntry(Strict):
    """What shows that a text carries the label it needs, and the label to add."""

    opt_out: str
    offer: Alternatives
    call: str
    opt_out_line: str
    generated: str
    generated_line: str


class WordingPolicy(Strict):
    """The whole of a wording file."""

    valid_from: date
    source: str
    characters: Mapping[str, str]
    spellings: tuple[SpellingEntry, ...]
    pinyin: tuple[str, ...]
    sounds_like: tuple[SoundEntry, ...]
    words: Mapping[str, Alternatives]
    contexts: Mapping[str, Alternatives]
    rules: Mapping[RuleName, RuleEntry]
    personal: PersonalEntry
    labels: LabelEntry


class ShopRules(Strict):
    """A shop's own rules, in a file of its own, with the words and contexts of the preset."""

    valid_from: date
    source: str
    rules: Mapping[RuleName, RuleEntry]


@cache
def load_wording(file: Path = WORDING_FILE, *, own_rules: Path | None = None) -> WordingPolicy:
    """Read and validate a wording file, with the shop's own rules added to it.

    Raises PolicyError naming file and key. A rule of the shop may not take the name of a preset
    rule, so that nobody switches off a law by accident.
    """
    policy = read_policy(file, WordingPolicy)
    if own_rules is not None:
        own = read_policy(own_rules, ShopRules)
        taken = policy.rules.keys() & own.rules.keys()
        if taken:
            raise PolicyError(f"{own_rules}: rules.{min(taken)} is the name of a preset rule")
        policy = policy.model_copy(update={"rules": {**policy.rules, **own.rules}})
    _compile_everything(policy, own_rules or file)
    return policy


def expand(policy: WordingPolicy, pattern: str) -> str:
    """Put the word classes and the gap marks of the file into a pattern."""
    for _ in range(4):
        pattern = re.sub(r"%([a-z_]+)%", lambda m: policy.words[m[1]], pattern)
    pattern = re.sub(r"~(\d+)~", r"[^。!?;\\n]{0,\1}?", pattern)
    return re.sub(r"_(\d+)_", r"[^,。!?;:\\n]{0,\1}?", pattern)


def _compile_everything(policy: WordingPolicy, file: Path) -> None:
    """Compile every pattern once, so that a slip in the file shows when it is read."""
    for name, rule in policy.rules.items():
        for number, entry in enumerate(rule.patterns):
            key = f"rules.{name}.patterns.{number}"
            exceptions = entry.unless_before + entry.unless_after
            exceptions += entry.unless_in + entry.unless_text
            for pattern in (entry.find, *exceptions):
                _compile(policy, policy.contexts.get(pattern, pattern), f"{file}: {key}")


def _compile(policy: WordingPolicy, pattern: str, where: str) -> None:
    try:
        re.compile(expand(policy, pattern))
    except re.error as error:
        raise PolicyError(f"{where}: {error} in {pattern!r}") from error
    except KeyError as error:
        raise PolicyError(f"{where}: no word class {error} in {pattern!r}") from error
