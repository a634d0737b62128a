"""The phrase banks of data/reviews/reply_templates.yml, validated on load."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from policies.files import PolicyError, Strict, read_policy
from review_manager.analysis.findings import Aspect

PHRASES_FILE = Path(__file__).parents[2] / "data" / "reviews" / "reply_templates.yml"
GENERAL = "general"
Bank = tuple[str, ...]
_SLOT = re.compile(r"\{(\w+)\}")
_SLOTS = {
    "problem", "pain", "good", "product", "amount", "use", "owner", "plan", "words", "address",
    "order_number", "remedy", "refund",
}  # fmt: skip


class Plan(Strict):
    """Who mends it, and how; `plan` begins with its verb."""

    owner: str
    plan: str


class AspectPhrases(Strict):
    """What is said about one aspect; `problems` are pairs of pattern and name."""

    good: str
    default: str
    problems: tuple[tuple[str, str], ...]
    pains: Bank = Field(min_length=3)
    plans: tuple[Plan, ...] = Field(min_length=3)


class ThanksPhrases(Strict):
    """One line of thanks: an opening (quoting, naming what is praised, or neither), an ending."""

    with_words: Bank
    with_good: Bank
    plain: Bank
    endings: Bank
    durable_endings: Bank


class SafetyPhrases(Strict):
    """An answer to injury or danger: every part is said, each in one of several ways."""

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


class NamingWords(Strict):
    """Patterns that tell which of a customer's words a reply may repeat."""

    rude: str
    person: str
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
    safety: SafetyPhrases
    threat: ThreatPhrases
    private: PrivatePhrases
    aspects: Mapping[str, AspectPhrases]

    def get_aspect(self, aspect: Aspect | None) -> AspectPhrases:
        """The phrases of an aspect, or the general ones."""
        return self.aspects.get(aspect or GENERAL, self.aspects[GENERAL])


@cache
def load_phrases(file: Path = PHRASES_FILE) -> Phrases:
    """Read and validate a phrase file; raises PolicyError naming file and key."""
    phrases = read_policy(file, Phrases)
    missing = ({GENERAL} | set(Aspect)) - phrases.aspects.keys()
    if missing:
        raise PolicyError(f"{file}: aspects.{min(missing)}: Field required")
    unknown = {match[1] for match in _SLOT.finditer(file.read_text(encoding="utf-8"))} - _SLOTS
    if unknown:
        raise PolicyError(f"{file}: no slot {{{min(unknown)}}}")
    return phrases
