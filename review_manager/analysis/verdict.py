"""Draws the answers about one review together into an Analysis."""

from review_manager.analysis.evidence import contradicts, stars_margin
from review_manager.analysis.findings import Analysis, AspectFinding, Polarity, Sentiment
from review_manager.analysis.judge import Judge

_UNDECIDED = 0.1  # this near to one half, a review leans neither way
_TORN = 0.42  # this near to one half, praise beside a complaint makes a review mixed
_TORN_UNDER_FIVE_STARS = 0.25  # plain narration reads like a complaint, and nobody was that torn


def verdict(
    judge: Judge,
    *,
    text: str,
    stars: int | None,
    words_margin: float,
    aspects: tuple[AspectFinding, ...],
    safety: bool,
    threat: bool,
) -> Analysis:
    """Return the analysis of a plain text; `words_margin` comes from words and emoji alone."""
    margin = words_margin + stars_margin(stars)
    p_negative = judge.probability(margin) if margin else 0.5
    is_bad = bool(margin) and p_negative > judge.bad_from  # without a margin nothing was said
    odd = contradicts(stars, judge.probability(words_margin), text)
    return Analysis(
        polarity=Polarity.NEGATIVE if is_bad else Polarity.POSITIVE,
        p_negative=round(p_negative, 4),
        sentiment=_sentiment(p_negative, aspects, stars),
        aspects=aspects,
        safety=safety,
        threat=threat,
        misclick=odd is Polarity.POSITIVE and not safety and not threat,
        hidden_bad=odd is Polarity.NEGATIVE,
    )


def _sentiment(
    p_negative: float, aspects: tuple[AspectFinding, ...], stars: int | None
) -> Sentiment:
    distance = abs(p_negative - 0.5)
    torn = _TORN_UNDER_FIVE_STARS if stars == 5 else _TORN
    if distance < _UNDECIDED or (distance < torn and _has_both_sides(aspects)):
        return Sentiment.MIXED
    return Sentiment.NEGATIVE if p_negative > 0.5 else Sentiment.POSITIVE


def _has_both_sides(aspects: tuple[AspectFinding, ...]) -> bool:
    """Return whether one stretch praises and another complains; a single one is merely unclear."""
    praise = {found.start for found in aspects if found.polarity is Polarity.POSITIVE}
    complaints = {found.start for found in aspects if found.polarity is Polarity.NEGATIVE}
    return bool(praise and complaints) and len(praise | complaints) > 1
