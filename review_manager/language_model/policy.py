"""The rules for language models in data/policies/language_model.yml, validated on load."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from policies.files import POLICY_FOLDER, PolicyError, Strict, read_policy

MODEL_FILE = POLICY_FOLDER / "language_model.yml"
_FIELDS = {"nonce", "review", "draft", "legend", "manner", "kind"}


def _joined(value: object) -> object:
    """A pattern may be written as a list of alternatives."""
    return "|".join(map(str, value)) if isinstance(value, list) else value


def _compilable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, BeforeValidator(_joined), AfterValidator(_compilable)]


class CallRules(Strict):
    """How the endpoint is called: how often, how stubbornly, and when it is left alone."""

    calls_per_hour: int = Field(ge=1)
    attempts: int = Field(ge=1, le=5)
    max_tokens: int = Field(ge=100)
    limit_field: Literal["max_tokens", "max_completion_tokens"]
    breaker_failures: int = Field(ge=1)
    breaker_pause_seconds: int = Field(ge=1)
    refused_key_pause_seconds: int = Field(ge=1)


class PromptTexts(Strict):
    """The prompt, with its blanks."""

    system: str
    user: str
    public: str
    private: str
    manners: tuple[str, ...] = Field(min_length=1)


class SlotNames(Strict):
    """How the placeholders are called."""

    fixed: str
    words: str
    problem: str
    address: str
    order: str
    hidden: str


class ModelPatterns(Strict):
    """What the model's own words may not be, and what they must be."""

    commits: Pattern
    claims: Pattern
    blames: Pattern
    not_prose: Pattern
    preface: Pattern
    apology: Pattern
    thanks: Pattern


class ModelPolicy(Strict):
    """The whole of a language model file."""

    valid_from: date
    source: str
    call: CallRules
    variants: int = Field(ge=0, le=3)
    private: bool
    longest_review: int = Field(ge=50)
    alike: float = Field(gt=0, le=1)
    copied_run: int = Field(ge=4)
    least_chinese: float = Field(ge=0, le=1)
    prompt_version: str
    prompt: PromptTexts
    slots: SlotNames
    patterns: ModelPatterns


@cache
def load_model_policy(file: Path = MODEL_FILE) -> ModelPolicy:
    """Read and validate a language model file; raises PolicyError naming file and key."""
    policy = read_policy(file, ModelPolicy)
    _check_blanks(file, "prompt.user", policy.prompt.user, sorted(_FIELDS))
    _check_blanks(file, "prompt.system", policy.prompt.system, ["longest", "shortest"])
    return policy


def _check_blanks(file: Path, key: str, text: str, wanted: Sequence[str]) -> None:
    found = sorted(set(re.findall(r"\{(\w*)\}", text)))
    if found != list(wanted):
        raise PolicyError(f"{file}: {key}: the blanks are {found}, wanted are {list(wanted)}")
