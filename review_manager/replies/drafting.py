"""Drafts the answer to a review: three public variants that read like neither each other nor the
last replies on the page, and a private message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from compliance import Channel, get_checker, load_platforms
from review_manager.analysis.findings import Polarity
from review_manager.replies.case import (
    Approver,
    Compensation,
    CustomerFacts,
    Draft,
    DraftSet,
    ReviewCase,
)
from review_manager.replies.compensation import (
    CompensationPolicy,
    assess_severity,
    load_compensation,
    propose_compensation,
)
from review_manager.replies.likeness import nearest, ngrams
from review_manager.replies.naming import complaints
from review_manager.replies.phrases import Phrases, load_phrases
from review_manager.replies.private import write_private
from review_manager.replies.public import (
    Brief,
    Choice,
    Part,
    Writer,
    write_answer,
    write_middling,
    write_safety,
    write_thanks,
    write_threat,
    write_watchful,
)

VARIANTS = 3
ANSWER_LENGTH = (80, 160)
THANKS_LENGTH = (12, 80)
SHORT_LENGTH = (24, 120)
ALIKE = 0.4
"""Two replies this like each other read like copies (Jaccard index of character trigrams)."""
RECENT = 50
_ATTEMPTS = 240
_OTHER_SIZE, _CHECK_FIRST = "exchange_size", "return_check"
_OPENING = 6
_SAME_OPENING = 0.2
_CONTENT_STARS = 4


class NoDraftError(RuntimeError):
    """No draft passes length and wording rules for this review; a person must write it."""


@dataclass(frozen=True)
class Manner:
    """How a kind of review is answered: by which writer, within which length."""

    write: Writer
    length: tuple[int, int]


def draft_replies(
    case: ReviewCase,
    facts: CustomerFacts,
    *,
    budget_left_fen: int,
    recent_replies: Sequence[str] = (),
    phrases: Phrases | None = None,
    policy: CompensationPolicy | None = None,
) -> DraftSet:
    """Draft the answer to one review.

    `recent_replies` are those of the product page, latest first; 50 are looked at. The same
    arguments always give the same drafts. Raises NoDraftError where no text fits, and PolicyError
    for a platform that the presets do not know.
    """
    phrases, policy = phrases or load_phrases(), policy or load_compensation()
    longest = load_platforms().get_terms(case.platform).max_characters
    severity = assess_severity(case.analysis, stars=case.stars)
    found = complaints(case, phrases)
    manner = _manner(case, complained=bool(found))
    offer = None
    if manner.write is write_answer:
        aspect = found[0].aspect if found else None
        offer = propose_compensation(
            aspect, severity, facts, policy, budget_left_fen=budget_left_fen
        )
        if offer.remedy == _OTHER_SIZE and not case.worn:
            offer = replace(offer, remedy=_CHECK_FIRST)
    brief = Brief(case, offer, phrases, policy.public_amounts)
    return DraftSet(
        variants=_variants(brief, manner, longest=longest, recent=recent_replies[:RECENT]),
        private=write_private(brief, facts, thanks_only=manner.write is write_thanks),
        severity=severity,
        compensation=offer,
        approver=_approver(case, offer),
    )


def _manner(case: ReviewCase, *, complained: bool) -> Manner:
    analysis = case.analysis
    is_content = analysis.polarity is Polarity.POSITIVE
    is_praised = case.stars is None or case.stars >= _CONTENT_STARS
    if analysis.safety and not (is_content and is_praised and not analysis.threat):
        return Manner(write_safety, ANSWER_LENGTH)
    if analysis.threat:
        return Manner(write_threat, ANSWER_LENGTH)
    if analysis.safety:
        return Manner(write_watchful, SHORT_LENGTH)
    if analysis.misclick or (is_content and is_praised and not complained):
        return Manner(write_thanks, THANKS_LENGTH)
    if is_content and not complained:
        return Manner(write_middling, SHORT_LENGTH)
    return Manner(write_answer, ANSWER_LENGTH)


def _approver(case: ReviewCase, offer: Compensation | None) -> Approver:
    offered = offer.approver if offer else Approver.AGENT
    grave = case.analysis.safety or case.analysis.threat
    if offered is Approver.AGENT and grave:
        return Approver.LEAD
    return offered


def _variants(
    brief: Brief, manner: Manner, *, longest: int, recent: Sequence[str]
) -> tuple[Draft, ...]:
    written = list(recent)
    drafts: list[Draft] = []
    for number in range(VARIANTS):
        draft = _least_alike(brief, manner, written, longest=longest, number=number)
        drafts.append(draft)
        written.append(draft.text)
    return tuple(drafts)


def _least_alike(
    brief: Brief, manner: Manner, written: list[str], *, longest: int, number: int
) -> Draft:
    """The first candidate that reads unlike every reply in `written`, else the least alike one."""
    known = [ngrams(text) for text in written]
    openings = {text[:_OPENING] for text in written}
    best: tuple[float, Draft] | None = None
    for parts in _candidates(brief, manner, longest=longest, number=number):
        text = "".join(part.text for part in parts)
        like = nearest(ngrams(text), known)
        penalty = like + _SAME_OPENING * (text[:_OPENING] in openings)
        if (best is None or penalty < best[0]) and _is_lawful(text):
            best = (penalty, _draft(parts, text, like))
            if penalty < ALIKE:
                break
    if best is None:
        raise NoDraftError(brief.case.review_id)
    return best[1]


def _candidates(
    brief: Brief, manner: Manner, *, longest: int, number: int
) -> Iterator[tuple[Part, ...]]:
    shortest, usual = manner.length
    ceiling = min(usual, longest)
    for attempt in range(_ATTEMPTS):
        choose = Choice(f"{brief.case.review_id}/{number}/{attempt}")
        parts = _fitted(manner.write(brief, choose), ceiling)
        if min(shortest, ceiling // 2) <= _length(parts) <= ceiling and (
            ceiling < shortest or _length(parts) >= shortest
        ):
            yield parts


def _fitted(parts: tuple[Part, ...], ceiling: int) -> tuple[Part, ...]:
    """Leave out the lightest parts until the rest fits."""
    kept = list(parts)
    while _length(kept) > ceiling and len(kept) > 1:
        kept.remove(min(kept, key=lambda part: part.weight))
    return tuple(kept)


def _length(parts: Sequence[Part]) -> int:
    return sum(len(part.text) for part in parts)


def _is_lawful(text: str) -> bool:
    return not get_checker().check(text, channel=Channel.REVIEW_REPLY, public=True).findings


def _draft(parts: tuple[Part, ...], text: str, like: float) -> Draft:
    improvements = [part.improvement for part in parts if part.improvement]
    return Draft(
        text=text,
        likeness=round(like, 3),
        promises=tuple(promise for part in parts for promise in part.promises),
        improvement=improvements[0] if improvements else None,
    )
