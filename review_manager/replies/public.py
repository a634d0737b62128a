"""Writes one public reply from the phrase banks; which phrase is taken is the caller's choice."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

from review_manager.analysis.findings import Aspect, AspectFinding
from review_manager.replies.case import Compensation, Improvement, Promise, ReviewCase
from review_manager.replies.naming import (
    complaints,
    name_danger,
    name_good,
    name_problem,
    names_itself,
    praises,
    quotable_praise,
    short_product,
)
from review_manager.replies.phrases import SIZE_OF_GOODS, AspectPhrases, Phrases

ANSWER_HOURS = 24
URGENT_HOURS = 1
_QUOTE = "“"
_WRITTEN = re.compile(r"写|逐字")
_SAID_TWICE = 3
_T = TypeVar("_T")


@dataclass(frozen=True)
class Choice:
    """Chooses from phrase banks: the same seed always chooses the same phrases."""

    seed: str

    def of(self, slot: str, bank: Sequence[_T]) -> _T:
        """One entry of a bank that is not empty."""
        return bank[self._number(slot) % len(bank)]

    def once_in(self, times: int, slot: str) -> bool:
        """True for one seed in `times`."""
        return self._number(slot) % times == 0

    def _number(self, slot: str) -> int:
        digest = blake2b(f"{self.seed}/{slot}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big")


@dataclass(frozen=True)
class Brief:
    """What a writer needs: the review, what is offered, the phrases, whether amounts are public."""

    case: ReviewCase
    compensation: Compensation | None
    phrases: Phrases
    public_amounts: bool

    @cached_property
    def complaints(self) -> tuple[AspectFinding, ...]:
        """One finding for each aspect complained of."""
        return complaints(self.case, self.phrases)

    @property
    def main(self) -> AspectFinding | None:
        """What is complained of first of all."""
        return self.complaints[0] if self.complaints else None

    @property
    def aspect(self) -> Aspect | None:
        """The aspect of the main complaint."""
        return self.main.aspect if self.main else None

    @cached_property
    def problem(self) -> str:
        """The main complaint, named; a grave matter is never belittled by the name of an aspect."""
        analysis, phrases = self.case.analysis, self.phrases
        if analysis.safety:
            return name_danger(self.case, phrases) or phrases.grave_matter
        grave = phrases.threat_matter if analysis.threat else ""
        return name_problem(self.main, phrases, default=grave)

    @property
    def bank(self) -> AspectPhrases:
        """The phrases for the main complaint."""
        sized = self.aspect is Aspect.SIZE_FIT and not self.case.worn
        return self.phrases.get_aspect(SIZE_OF_GOODS if sized else self.aspect)

    @cached_property
    def good(self) -> str | None:
        """What the review praises, named."""
        return name_good(praises(self.case), self.complaints, self.phrases)

    @cached_property
    def product(self) -> str:
        """The product as a reply may call it."""
        return short_product(self.case.product_name, self.phrases)

    @property
    def use(self) -> str:
        """What one does with the product."""
        return self.phrases.use_food if self.case.edible else self.phrases.use


@dataclass(frozen=True)
class Part:
    """A sentence or two of a reply; a lower `weight` goes first where the reply is too long."""

    text: str
    weight: int
    promises: tuple[Promise, ...] = ()
    improvement: Improvement | None = None


Writer = Callable[[Brief, Choice], tuple[Part, ...]]


def write_answer(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    """Thanks for the good, apology, remedy with coupon, improvement with its owner, closing."""
    phrases = brief.phrases
    apology, improvement = _apology(brief, choose), _improvement(brief, choose)
    remedy = _remedy(brief, choose)
    middle = (apology, remedy, improvement)
    if choose.once_in(3, "order"):
        middle = (apology, improvement, remedy)
    return (
        *_good_opening(brief, choose),
        *middle[:1],
        *_second_complaint(brief, choose),
        *middle[1:],
        Part(choose.of("closing", phrases.closings), 1),
    )


def write_thanks(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    """One line that thanks for praise and shows that the review was read."""
    banks, phrases = brief.phrases.thanks, brief.phrases
    found = [quotable_praise(finding.text, phrases) for finding in praises(brief.case)]
    words = [quoted for quoted in found if quoted]
    openings = [*banks.plain]
    if brief.good:
        openings = [line.format(good=brief.good) for line in banks.with_good]
    if words and not choose.once_in(3, "quote"):
        openings = [line.format(words=choose.of("words", words)) for line in banks.with_words]
    endings = [*banks.endings]
    if not brief.case.edible:
        endings += banks.durable_endings
    ending = choose.of("ending", endings).format(product=brief.product)
    return (Part(choose.of("opening", openings) + ending, 9),)


def write_middling(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    """Few stars without a complaint: thanks, and an ear for what was left unsaid."""
    bank, openings = brief.phrases.middling, [*brief.phrases.middling.openings]
    if brief.good:
        openings += [line.format(good=brief.good) for line in brief.phrases.good_openings]
    promise = Promise(brief.phrases.promises.ask, ANSWER_HOURS)
    return (
        Part(choose.of("opening", openings), 6),
        Part(choose.of("ask", bank.asks), 9, promises=(promise,)),
    )


def write_watchful(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    """A word of danger in a review that reads content: nothing is claimed, the way is shown."""
    bank = brief.phrases.watchful
    promise = Promise(brief.phrases.promises.urgent, URGENT_HOURS)
    care = choose.of("care", bank.cares).format(product=brief.product, use=brief.use)
    return (
        Part(choose.of("opening", bank.openings), 6),
        Part(care, 9, promises=(promise,)),
    )


def write_safety(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    """Stop using it, see a doctor, contact us at once; who examines the batch."""
    bank = brief.phrases.safety
    plan = choose.of("plan", bank.plans)
    improvement = Improvement(brief.aspect, plan.owner, plan.plan)
    promise = Promise(brief.phrases.promises.urgent, URGENT_HOURS)
    told = choose.of("improvement", brief.phrases.improvements)
    return (
        Part(choose.of("apology", bank.apologies).format(problem=brief.problem), 9),
        Part(choose.of("stop", bank.stop).format(product=brief.product, use=brief.use), 9),
        Part(choose.of("health", bank.health), 9),
        Part(choose.of("contact", bank.contact), 9, promises=(promise,)),
        Part(told.format(owner=plan.owner, plan=plan.plan), 9, improvement=improvement),
    )


def write_threat(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    """Calm: a lead takes over, facts decide, the customer's rights stand."""
    bank = brief.phrases.threat
    promise = Promise(brief.phrases.promises.lead, ANSWER_HOURS)
    return (
        Part(choose.of("apology", bank.apologies).format(problem=brief.problem), 9),
        Part(choose.of("process", bank.process), 9, promises=(promise,)),
        Part(choose.of("basis", bank.basis), 9),
        Part(choose.of("rights", bank.rights), 9),
    )


def _good_opening(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    if brief.good is None:
        return ()
    return (Part(choose.of("good", brief.phrases.good_openings).format(good=brief.good), 6),)


def _apology(brief: Brief, choose: Choice) -> Part:
    frames = brief.phrases.apologies
    if not brief.problem.startswith(_QUOTE):  # nobody wrote the name that we give to a problem
        frames = tuple(frame for frame in frames if not _WRITTEN.search(frame))
    frame = choose.of("apology", frames)
    fresh = [pain for pain in brief.bank.pains if pain[:_SAID_TWICE] not in frame]
    pain = choose.of("pain", fresh or brief.bank.pains)
    return Part(frame.format(problem=brief.problem, pain=pain, product=brief.product), 9)


def _second_complaint(brief: Brief, choose: Choice) -> tuple[Part, ...]:
    others = [found for found in brief.complaints[1:] if names_itself(found, brief.phrases)]
    if not others:
        return ()
    problem = name_problem(others[0], brief.phrases)
    frame = choose.of("second", brief.phrases.second_complaints)
    return (Part(frame.format(problem=problem), 5),)


def _remedy(brief: Brief, choose: Choice) -> Part:
    offered = brief.compensation
    kind = offered.remedy if offered else "callback"
    text = choose.of("remedy", brief.phrases.remedies[kind])
    promises = [Promise(text, ANSWER_HOURS)]
    if offered and offered.coupon_fen and brief.public_amounts:
        amount = yuan(offered.coupon_fen)
        text += choose.of("coupon", brief.phrases.coupons).format(amount=amount)
        coupon = brief.phrases.promises.coupon.format(amount=amount)
        promises.append(Promise(coupon, ANSWER_HOURS))
    return Part(f"{text}。", 8, promises=tuple(promises))


def _improvement(brief: Brief, choose: Choice) -> Part:
    words = brief.main.text if brief.main else ""
    plan = choose.of("plan", brief.bank.plans_for(words))
    frame = choose.of("improvement", brief.phrases.improvements)
    return Part(
        frame.format(owner=plan.owner, plan=plan.plan),
        7,
        improvement=Improvement(brief.aspect, plan.owner, plan.plan),
    )


def yuan(fen: int) -> str:
    """An amount in yuan as people write it: 50, 12.5."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")
