"""Whether a review owes a reply, how grave it is, and what of its analysis is stored."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from review_manager.analysis import Analysis, Aspect, AspectFinding, Polarity, Sentiment

LOW_STARS = 2
MIDDLE_STARS = 3

GRAVEST, GRAVE, PLAIN, MILD, NONE = 4, 3, 2, 1, 0
"""Severities: safety; threat, or an outright bad review; a bad one; a mild one; no complaint."""

_SURE = 0.9
_PLAINLY = 0.7  # with the good stars counted as evidence against it


@dataclass(frozen=True)
class Judgement:
    """The analysis of one text together with what follows from it."""

    analysis: Analysis
    bad: bool
    severity: int


def judge(analysis: Analysis, *, stars: int | None, later: bool = False) -> Judgement:
    """Decide whether this text owes a reply, and how grave it is.

    Bad is: injury or threat; one or two stars whatever the text says (the platform counts them);
    a negative text under three stars, unknown stars, or more stars that it plainly contradicts;
    praise mixed with a complaint under three stars. A follow-up (`later`) has no stars and often
    only reports how things went on, so it must complain beyond doubt.
    """
    bad = _is_bad_later(analysis) if later else _is_bad(analysis, stars)
    return Judgement(analysis, bad, _severity(analysis, stars) if bad else NONE)


def _is_bad(analysis: Analysis, stars: int | None) -> bool:
    if analysis.safety or analysis.threat:
        return True
    if stars is not None and stars <= LOW_STARS:
        return True
    negative = analysis.sentiment is Sentiment.NEGATIVE
    if stars is None:
        return negative
    if stars == MIDDLE_STARS:
        return negative or analysis.sentiment is Sentiment.MIXED
    return negative and analysis.hidden_bad and analysis.p_negative >= _PLAINLY


def _is_bad_later(analysis: Analysis) -> bool:
    complains = any(found.polarity is Polarity.NEGATIVE for found in analysis.aspects)
    return analysis.safety or analysis.threat or (complains and analysis.p_negative >= _SURE)


def _severity(analysis: Analysis, stars: int | None) -> int:
    if analysis.safety:
        return GRAVEST
    outright = analysis.p_negative >= _SURE and stars is not None and stars <= 1
    if analysis.threat or outright:
        return GRAVE
    return PLAIN if analysis.sentiment is Sentiment.NEGATIVE else MILD


def stored_aspects(analysis: Analysis) -> list[dict[str, Any]]:
    """Return the aspects as JSON."""
    return [asdict(finding) for finding in analysis.aspects]


def stored_analysis(analysis: Analysis) -> dict[str, Any]:
    """Return the columns of a review or follow-up that hold its analysis."""
    return {
        "sentiment": str(analysis.sentiment),
        "p_negative": analysis.p_negative,
        "aspects": stored_aspects(analysis),
        "safety": analysis.safety,
        "threat": analysis.threat,
    }


def stored_complaints(analyses: Iterable[Analysis]) -> str:
    """Return the aspects complained of, each once, between bars: |quality|logistics|."""
    found = [
        str(finding.aspect)
        for analysis in analyses
        for finding in analysis.aspects
        if finding.polarity is Polarity.NEGATIVE
    ]
    return f"|{'|'.join(dict.fromkeys(found))}|" if found else ""


def restored_analysis(row: Any, *, misclick: bool = False, hidden_bad: bool = False) -> Analysis:
    """Return the analysis that a stored review or follow-up holds."""
    p_negative = row.p_negative if row.p_negative is not None else 0.5
    return Analysis(
        polarity=Polarity.NEGATIVE if p_negative > 0.5 else Polarity.POSITIVE,
        p_negative=p_negative,
        sentiment=Sentiment(row.sentiment or Sentiment.MIXED),
        aspects=tuple(restored_aspect(found) for found in row.aspects),
        safety=row.safety,
        threat=row.threat,
        misclick=misclick,
        hidden_bad=hidden_bad,
    )


def restored_aspect(found: dict[str, Any]) -> AspectFinding:
    """Return one stored aspect."""
    return AspectFinding(
        aspect=Aspect(found["aspect"]),
        polarity=Polarity(found["polarity"]),
        text=found["text"],
        start=found["start"],
        end=found["end"],
    )
