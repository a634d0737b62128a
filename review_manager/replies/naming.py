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
_LONGEST = 18
_SHORTEST = 3
_PRODUCT_LONGEST = 12
_BY_THEMSELVES = 3
_FEW_STARS = 3
_PLAIN_SHORTEST = 5
_CLAUSE = re.compile(r"[^，。！？!?；;,…~～\s]+")
_GRAVITY = (
    Aspect.AUTHENTICITY,
    Aspect.QUALITY,
    Aspect.WRONG_MISSING,
    Aspect.FRESHNESS_TASTE,
    Aspect.EFFECT,
    Aspect.AFTER_SALES,
    Aspect.DESCRIPTION,
    Aspect.SERVICE,
    Aspect.SIZE_FIT,
    Aspect.INSTALLATION,
    Aspect.PACKAGING,
    Aspect.LOGISTICS,
    Aspect.PRICE,
)
"""Which complaint is answered first where several can be named: what matters most to who bought."""


def complaints(case: ReviewCase, phrases: Phrases) -> tuple[AspectFinding, ...]:
    """One finding for each aspect complained of, the one that names its problem best.

    Those with a nameable problem come first, among them what matters most to who bought. Where the
    analysis found no words that name anything, the review's own clauses are looked through.
    """
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
    told = sorted(best.values(), key=lambda finding: _rank(finding, phrases))
    spoken = tuple({finding.text: finding for finding in reversed(told)}.values())[::-1]
    return _with_own_words(case, spoken, phrases)


def _rank(finding: AspectFinding, phrases: Phrases) -> tuple[int, int]:
    return -min(_tells(finding, phrases), 2), _GRAVITY.index(finding.aspect)


def _with_own_words(
    case: ReviewCase, spoken: tuple[AspectFinding, ...], phrases: Phrases
) -> tuple[AspectFinding, ...]:
    """Name the first complaint by a clause of the review where its own words name nothing."""
    if spoken and _tells(spoken[0], phrases) >= _BY_THEMSELVES - 1:
        return spoken
    is_few = case.stars is not None and case.stars <= _FEW_STARS and not case.analysis.misclick
    if not spoken and not is_few:
        return ()
    clauses = [one for one in _CLAUSE.findall(case.text) if quotable_complaint(one, phrases)]
    if not clauses:
        return spoken
    clause = next((one for one in clauses if len(one) >= _PLAIN_SHORTEST), clauses[0])
    # A clause of which nobody says what it is about is taken to be about the goods.
    aspect = next((one.aspect for one in spoken if _is_about(clause, one, phrases)), Aspect.QUALITY)
    named = _of_goods(case, AspectFinding(aspect, Polarity.NEGATIVE, clause, 0, len(clause)))
    return (named, *(one for one in spoken if one.aspect is not named.aspect))


def _is_about(clause: str, spoken: AspectFinding, phrases: Phrases) -> bool:
    known = phrases.get_aspect(spoken.aspect).problems
    return any(re.search(pattern, clause) for pattern, _ in known)


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
    return _tells(finding, phrases) >= _BY_THEMSELVES - 1


def _tells(finding: AspectFinding, phrases: Phrases) -> int:
    """How well a clause names a problem: 3 by itself, 2 by the phrase bank, 1 by plain words."""
    if quotable_complaint(finding.text, phrases):
        return _BY_THEMSELVES
    if _known_problem(finding, phrases):
        return _BY_THEMSELVES - 1
    return 1 if _plain_words(finding.text, phrases) else 0


def _plain_words(words: str, phrases: Phrases) -> str | None:
    """Words without a word of complaint that the analysis takes for one, and that do not praise."""
    quoted = quotable(words, phrases)
    if quoted is None or len(quoted) < _PLAIN_SHORTEST:
        return None
    naming = phrases.naming
    praising = re.search(naming.praise, quoted) or re.search(naming.good, quoted)
    return None if praising else quoted


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
    if known:
        return known
    plain = _plain_words(complaint.text, phrases)
    return f"“{plain}”" if plain else phrases.get_aspect(complaint.aspect).default


def name_danger(case: ReviewCase, phrases: Phrases) -> str | None:
    """What the customer reports of injury or danger, by the words of the review, or None."""
    found = [one.text for one in case.analysis.aspects if one.polarity is Polarity.NEGATIVE]
    said = "。".join((case.text, *found))
    return next((name for at, name in phrases.safety.problems if re.search(at, said)), None)


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
    unfit = (naming.rude, naming.person, naming.unsure)
    if not fits or any(re.search(pattern, cut) for pattern in unfit):
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
