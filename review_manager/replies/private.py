"""Writes the private message, which may name order, amount and person."""

from review_manager.replies.case import CustomerFacts, ReturnRight
from review_manager.replies.public import Brief, Choice, yuan


def write_private(brief: Brief, facts: CustomerFacts, *, thanks_only: bool) -> str:
    """One message to the customer alone; its facts and amounts are those of the arguments."""
    analysis, bank = brief.case.analysis, brief.phrases.private
    choose = Choice(f"{brief.case.review_id}/private")
    slots = {"address": facts.address or "", "product": brief.product}
    if thanks_only:
        return choose.of("thanks", bank.thanks).format(**slots)
    lines = [choose.of("greeting", bank.greetings).format(**slots)]
    if facts.order_number:
        lines.append(bank.order.format(order_number=facts.order_number))
    lines.append(_apology(brief, choose))
    if analysis.safety:
        lines.append(bank.safety.format(use=brief.use))
    if analysis.threat:
        lines.append(bank.threat)
    if not analysis.safety and not analysis.threat:
        lines += _offer(brief, facts, choose)
        lines.append(choose.of("untied", bank.untied))
    lines.append(choose.of("closing", bank.closing))
    return "".join(lines)


def _apology(brief: Brief, choose: Choice) -> str:
    phrases, analysis = brief.phrases, brief.case.analysis
    bank = phrases.private.apologies
    if analysis.safety or analysis.threat:
        bank = phrases.safety.apologies if analysis.safety else phrases.threat.apologies
    pain = choose.of("pain", brief.bank.pains)
    return choose.of("apology", bank).format(problem=brief.problem, pain=pain)


def _offer(brief: Brief, facts: CustomerFacts, choose: Choice) -> list[str]:
    compensation, bank = brief.compensation, brief.phrases.private
    if compensation is None:
        return []
    remedy = choose.of("remedy", brief.phrases.remedies[compensation.remedy])
    lines = [bank.remedy.format(remedy=remedy)]
    if facts.refund_fen and facts.return_right is ReturnRight.GRANTED:
        lines.append(bank.refund.format(refund=yuan(facts.refund_fen)))
    if compensation.coupon_fen:
        lines.append(bank.coupon.format(amount=yuan(compensation.coupon_fen)))
    return lines
