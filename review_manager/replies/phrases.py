"""The phrase banks of data/reviews/reply_templates.yml, validated on load."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from policies.files import PolicyError, Strict, read_policy
from review_manager.analysis.findings import Aspect

PHRASES_FILE = Path(__file__).parents[2] / "data" / "reviews" / "reply_templates.yml"
GENERAL = "general"
SIZE_OF_GOODS = "size_of_goods"
"""The key of phrases about the size of what is not worn."""
Bank = tuple[str, ...]
_FEWEST_PLANS = 3
_SLOT = re.compile(r"\{(\w+)\}")
_SLOTS = {
    "problem", "pain", "good", "product", "amount", "use", "owner", "plan", "words", "address",
    "order_number", "remedy", "refund",
}  # fmt: skip


class Plan(Strict):
    """Who mends it, and how; `plan` begins with its verb.

    `when` is a pattern of the complaints that it fits; without one it fits any.
    """

    owner: str
    plan: str
    when: str | None = None


class AspectPhrases(Strict):
    """What is said about one aspect; `problems` are pairs of pattern and name."""

    good: str
    default: str
    problems: tuple[tuple[str, str], ...]
    pains: Bank = Field(min_length=3)
    plans: tuple[Plan, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def _has_plans_for_anything(self) -> Self:
        if sum(plan.when is None for plan in self.plans) < _FEWEST_PLANS:
            raise ValueError(f"at least {_FEWEST_PLANS} plans must fit any complaint")
        return self

    def plans_for(self, words: str) -> tuple[Plan, ...]:
        """Return the plans that fit a complaint: those made for its words, else the general."""
        made = tuple(plan for plan in self.plans if plan.when and re.search(plan.when, words))
        general = tuple(plan for plan in self.plans if plan.when is None)
        return made + general[: max(_FEWEST_PLANS, len(general) - len(made))]


class ThanksPhrases(Strict):
    """One line of thanks: an opening (quoting, naming what is praised, or neither), an ending."""

    with_words: Bank
    with_good: Bank
    plain: Bank
    endings: Bank
    durable_endings: Bank


class MiddlingPhrases(Strict):
    """An answer to few stars under words that complain of nothing: thanks, and an ear."""

    openings: Bank
    asks: Bank


class WatchfulPhrases(Strict):
    """An answer to a word of danger in a review that reads content."""

    openings: Bank
    cares: Bank


class SafetyPhrases(Strict):
    """An answer to injury or danger: every part is said, each in one of several ways.

    `problems` are pairs of pattern and name for what the customer reports.
    """

    problems: tuple[tuple[str, str], ...]
    apologies: Bank
    stop: Bank
    health: Bank
    contact: Bank
    plans: tuple[Plan, ...]


class ThreatPhrases(Strict):
    """An answer to a threat with authorities or the press."""

    apologies: Bank
    process: Bank
    basis: Bank
    rights: Bank


class PrivatePhrases(Strict):
    """The pieces of the private message."""

    greetings: Bank
    order: str
    apologies: Bank
    remedy: str
    refund: str
    coupon: str
    untied: Bank
    closing: Bank
    safety: str
    threat: str
    thanks: Bank


class PromisePhrases(Strict):
    """What a reply promises besides its remedy, for the list of promises."""

    urgent: str
    lead: str
    coupon: str
    ask: str


class NamingWords(Strict):
    """Patterns that tell which of a customer's words a reply may repeat."""

    rude: str
    person: str
    unsure: str
    lead: str
    tail: str
    praise: str
    good: str
    complaint: str


class Phrases(Strict):
    """All banks of a phrase file."""

    product: str
    use: str
    use_food: str
    grave_matter: str
    threat_matter: str
    promises: PromisePhrases
    naming: NamingWords

    apologies: Bank = Field(min_length=6)
    second_complaints: Bank
    remedies: Mapping[str, Bank]
    coupons: Bank
    improvements: Bank
    closings: Bank
    good_openings: Bank
    thanks: ThanksPhrases
    middling: MiddlingPhrases
    watchful: WatchfulPhrases
    safety: SafetyPhrases
    threat: ThreatPhrases
    private: PrivatePhrases
    aspects: Mapping[str, AspectPhrases]

    def get_aspect(self, aspect: Aspect | str | None) -> AspectPhrases:
        """The phrases of an aspect or of another key of the file, or the general ones."""
        return self.aspects.get(aspect or GENERAL, self.aspects[GENERAL])


@cache
def load_phrases(file: Path = PHRASES_FILE) -> Phrases:
    """Read and validate a phrase file; raises PolicyError naming file and key."""
    phrases = read_policy(file, Phrases)
    missing = ({GENERAL, SIZE_OF_GOODS} | set(Aspect)) - phrases.aspects.keys()
    if missing:
        raise PolicyError(f"{file}: aspects.{min(missing)}: Field required")
    unknown = {match[1] for match in _SLOT.finditer(file.read_text(encoding="utf-8"))} - _SLOTS
    if unknown:
        raise PolicyError(f"{file}: no slot {{{min(unknown)}}}")
    return phrases
