"""The values that the analysis of one review yields: what it says, how sure we are, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Polarity(StrEnum):
    """Which way a review or one of its clauses leans."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Sentiment(StrEnum):
    """The mood of a whole review."""

    NEGATIVE = "negative"
    MIXED = "mixed"
    POSITIVE = "positive"


class Aspect(StrEnum):
    """The thirteen things that a review praises or complains about."""

    QUALITY = "quality"
    EFFECT = "effect"
    AUTHENTICITY = "authenticity"
    DESCRIPTION = "description"
    SIZE_FIT = "size_fit"
    FRESHNESS_TASTE = "freshness_taste"
    PACKAGING = "packaging"
    LOGISTICS = "logistics"
    WRONG_MISSING = "wrong_missing"
    SERVICE = "service"
    AFTER_SALES = "after_sales"
    INSTALLATION = "installation"
    PRICE = "price"


@dataclass(frozen=True)
class AspectFinding:
    """One aspect with its own polarity; `text` is `review[start:end]`, word for word."""

    aspect: Aspect
    polarity: Polarity
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Analysis:
    """What one review says.

    `p_negative` (0-1) is calibrated on reviews that the model was not trained on; `polarity` is
    forced: negative above 0.5, after the full analysis above 0.44 (`Judge.bad_from`). `safety`:
    injury, health, fire or children are at stake. `threat`: authorities, media or a lawsuit.
    `hidden_bad`: a bad text under four or five stars. `misclick`: a good text under one or two
    stars.
    """

    polarity: Polarity
    p_negative: float
    sentiment: Sentiment
    aspects: tuple[AspectFinding, ...]
    safety: bool
    threat: bool
    misclick: bool
    hidden_bad: bool
