"""Names what a review complains of or praises, in words fit for a public reply."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from compliance import Channel, get_checker
from review_manager.analysis.findings import Aspect, AspectFinding, Polarity
from review_manager.replies.case import ReviewCase
from review_manager.replies.phrases import Phrases

_QUOTABLE = re.compile(r"[\u4e00-\u9fff\w%.]+(?:，[\u4e00-\u9fff\w%.]+)?")
_BRACKETED = re.compile(r"[（(【\[].*?[)）】\]]")
_PRODUCT = re.compile(r"[A-Za-z0-9.-]*[\u4e00-\u9fff]{2}[\u4e00-\u9fffA-Za-z0-9.-]*")
_LONGEST = 14
_SHORTEST = 3
_PRODUCT_LONGEST = 12


def complaints(case: ReviewCase, phrases: Phrases) -> tuple[AspectFinding, ...]:
    """One finding for each aspect complained of, the one that names its problem best; the aspects
    in the order of the review, those with a nameable problem first."""
    findings = [
        _of_goods(case, finding)
        for finding in case.analysis.aspects
        if finding.polarity is Polarity.NEGATIVE
    ]
    best: dict[Aspect, AspectFinding] = {}
    for finding in findings:
        known = best.get(finding.aspect)
        if known is None or _tells(finding, phrases) > _tells(known, phrases):
            best[finding.aspect] = finding
    told = sorted(best.values(), key=lambda finding: -_tells(finding, phrases))
    return tuple({finding.text: finding for finding in reversed(told)}.values())[::-1]


def praises(case: ReviewCase) -> tuple[AspectFinding, ...]:
    """One finding for each aspect praised, in the order of the review."""
    found: dict[Aspect, AspectFinding] = {}
    for finding in case.analysis.aspects:
        if finding.polarity is Polarity.POSITIVE:
            found.setdefault(finding.aspect, _of_goods(case, finding))
    return tuple(found.values())


def _of_goods(case: ReviewCase, finding: AspectFinding) -> AspectFinding:
    if finding.aspect is Aspect.FRESHNESS_TASTE and case.edible is False:
        return replace(finding, aspect=Aspect.QUALITY)
    return finding


def names_itself(finding: AspectFinding, phrases: Phrases) -> bool:
    """Whether a complaint can be named more precisely than by its aspect."""
    return _tells(finding, phrases) > 0


def _tells(finding: AspectFinding, phrases: Phrases) -> int:
    """How well a clause names a problem: 2 by itself, 1 by the phrase bank, 0 not at all."""
    if quotable_complaint(finding.text, phrases):
        return 2
    return 1 if _known_problem(finding, phrases) else 0


def name_problem(complaint: AspectFinding | None, phrases: Phrases, *, default: str = "") -> str:
    """The customer's own words in quotation marks where they may be repeated in public, else
    `default`, else the name that the phrase bank gives to the problem or to its aspect."""
    if complaint is None:
        return default or phrases.get_aspect(None).default
    own_words = quotable_complaint(complaint.text, phrases)
    if own_words:
        return f"“{own_words}”"
    if default:
        return default
    known = _known_problem(complaint, phrases)
    return known or phrases.get_aspect(complaint.aspect).default


def _known_problem(complaint: AspectFinding, phrases: Phrases) -> str | None:
    if re.search(phrases.naming.praise, complaint.text):
        return None
    for pattern, name in phrases.get_aspect(complaint.aspect).problems:
        if re.search(pattern, complaint.text):
            return name
    return None


def quotable_complaint(words: str, phrases: Phrases) -> str | None:
    """Words that a reply can repeat as a complaint: they complain, and do not praise."""
    quoted = quotable(words, phrases)
    if quoted is None or re.search(phrases.naming.praise, quoted):
        return None
    return quoted if re.search(phrases.naming.complaint, quoted) else None


def quotable_praise(words: str, phrases: Phrases) -> str | None:
    """Words that a reply can repeat as praise."""
    quoted = quotable(words, phrases)
    return quoted if quoted and re.search(phrases.naming.good, quoted) else None


def quotable(words: str, phrases: Phrases) -> str | None:
    """A customer's words cut to what a reply can repeat: short, civil, about the goods, lawful."""
    naming = phrases.naming
    cut = re.sub(r"[\s,、]+", "，", words).strip("，。！？!?~… ")
    cut = re.sub(naming.tail, "", re.sub(naming.lead, "", cut))
    fits = _SHORTEST <= len(cut) <= _LONGEST and _QUOTABLE.fullmatch(cut)
    if not fits or re.search(naming.rude, cut) or re.search(naming.person, cut):
        return None
    return cut if _may_be_said(cut) else None


def short_product(product_name: str, phrases: Phrases) -> str:
    """The product's name where it is short and lawful (shop titles often are neither)."""
    name = _BRACKETED.sub("", product_name).split(" ")[0].strip()
    plain = _PRODUCT.fullmatch(name) and len(name) <= _PRODUCT_LONGEST
    return name if plain and _may_be_said(name) else phrases.product


@lru_cache(maxsize=4096)
def _may_be_said(words: str) -> bool:
    """Whether the words pass alone; in a reply they stand in quotation marks, which excuse some."""
    return not get_checker().check(words, channel=Channel.REVIEW_REPLY, public=True).findings


def name_good(
    praised: Iterable[AspectFinding], complained: Iterable[AspectFinding], phrases: Phrases
) -> str | None:
    """What the review praises, up to two things; in its own words where the same aspect is also
    complained of, for praise and blame of one thing need telling apart."""
    blamed = {finding.aspect for finding in complained}
    names = []
    for finding in praised:
        if finding.aspect not in blamed:
            names.append(phrases.get_aspect(finding.aspect).good)
        elif words := quotable_praise(finding.text, phrases):
            names.append(f"“{words}”")
    return "和".join(names[:2]) or None
