"""Reviews as the analysis would hand them over, made by hand."""

from collections.abc import Callable

import pytest

from review_manager.analysis.findings import (
    Analysis,
    Aspect,
    AspectFinding,
    Polarity,
    Sentiment,
)
from review_manager.replies import ReviewCase

MakeCase = Callable[..., ReviewCase]


def make_case(
    *complaints: tuple[Aspect, str],
    praise: tuple[tuple[Aspect, str], ...] = (),
    review_id: str = "r1",
    platform: str = "tmall",
    product_name: str = "保温杯",
    stars: int | None = 2,
    p_negative: float | None = None,
    safety: bool = False,
    threat: bool = False,
    misclick: bool = False,
    edible: bool | None = None,
    worn: bool = False,
    text: str = "",
) -> ReviewCase:
    """A review with the given complaints and praise; its mood follows from them."""
    findings = [(aspect, Polarity.NEGATIVE, text) for aspect, text in complaints]
    findings += [(aspect, Polarity.POSITIVE, text) for aspect, text in praise]
    bad = bool(complaints) or not praise
    if p_negative is None:
        p_negative = 0.5 if complaints and praise else (0.95 if bad else 0.05)
    sentiment = Sentiment.NEGATIVE if bad else Sentiment.POSITIVE
    if complaints and praise:
        sentiment = Sentiment.MIXED
    analysis = Analysis(
        polarity=Polarity.NEGATIVE if p_negative >= 0.5 else Polarity.POSITIVE,
        p_negative=p_negative,
        sentiment=sentiment,
        aspects=tuple(
            AspectFinding(aspect, polarity, text, 0, len(text))
            for aspect, polarity, text in findings
        ),
        safety=safety,
        threat=threat,
        misclick=misclick,
        hidden_bad=False,
    )
    return ReviewCase(review_id, platform, product_name, stars, analysis, edible, worn, text)


@pytest.fixture
def a_case() -> MakeCase:
    return make_case
