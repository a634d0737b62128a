"""The one Chinese sentence that says why a verdict is as it is, for every outcome."""

from datetime import date
from enum import StrEnum

from shop.returns.case import Condition, ExclusionGround, Reason


class Contradiction(StrEnum):
    """Facts that cannot all be true; the value says so in Chinese."""

    NEGATIVE_AMOUNT = "金额记录是负数"
    ITEM_ABOVE_ORDER = "商品实付金额高于整单实付金额"
    REQUESTED_BEFORE_SIGNED = "申请时间早于签收时间"


QUALITY_WAY = "；如果商品有质量问题，可以按质量问题另外申请"

EXCLUSIONS = {
    "custom_made": "按您的要求定作的商品",
    "perishable": "鲜活易腐的商品",
    "digital_unsealed": "在线下载或者已拆封的音像制品、计算机软件等数字化商品",
    "periodical": "已交付的报纸、期刊",
}

GROUNDS = {
    ExclusionGround.SAFETY_HEALTH_AFTER_OPENING: "拆封后影响安全、健康或品质",
    ExclusionGround.VALUE_DROP_AFTER_ACTIVATION: "激活或试用后价值贬损较大",
    ExclusionGround.DISCLOSED_NEAR_EXPIRY_OR_FLAW: "已明示的临近保质期或有瑕疵",
}

FAULTS = {
    Reason.QUALITY: "质量问题",
    Reason.WRONG_ITEM: "发错货的问题",
    Reason.MISSING: "少发漏发的问题",
    Reason.NOT_AS_DESCRIBED: "与描述不符的问题",
    Reason.FAKE: "假货问题",
}

CONDITIONS = {
    Condition.INTACT: "商品完好",
    Condition.OPENED_TO_INSPECT: "商品拆开查验过",
    Condition.TAG_CUT: "商品的吊牌或标识已经剪掉",
    Condition.INNER_SEAL_BROKEN: "商品内层的密封包装已经打开",
    Condition.ACTIVATED: "商品已经激活",
    Condition.USED_TRACES: "商品有使用痕迹",
    Condition.STAINED: "商品有污渍或损坏",
}

FACTS = {
    "reason": "退货原因",
    "category": "商品类目",
    "condition": "商品现在的状态",
    "signed_at": "签收时间",
    "requested_at": "申请时间",
    "custom_made": "是否定作",
    "perishable": "是否鲜活易腐",
    "digital_unsealed": "是否为已下载或已拆封的数字化商品",
    "periodical": "是否为报纸期刊",
    "exclusion_confirmed": "下单时是否确认过不适用无理由退货",
    "item_paid_fen": "商品实付金额",
    "order_paid_fen": "整单实付金额",
    "shipping_paid_fen": "实付运费",
}


def granted_without_reason(
    signed_on: date, last_day: date, *, buyer_pays: bool, refund_fen: int, refund_days: int
) -> str:
    """Say that the goods may go back without a reason, until when, who pays, how much when."""
    payer = "您" if buyer_pays else "我们"
    signed, last = _days(signed_on, last_day)
    return (
        f"可以无理由退货：您{signed}签收，最晚{last}（含当天）申请，退货运费由{payer}承担，"
        f"我们收到退回的商品后{refund_days}天内退{_yuan(refund_fen)}。"
    )


def granted_for_fault(
    reason: Reason, *, refund_fen: int, shipping_fen: int, refund_days: int
) -> str:
    """Say that the goods may go back for a fault, at whose cost, how much when."""
    shipping = f"（含运费{_yuan(shipping_fen)}）" if shipping_fen else ""
    return (
        f"按您反映的{FAULTS[reason]}，可以退货：退货运费由我们承担，"
        f"我们收到退回的商品后{refund_days}天内退{_yuan(refund_fen)}{shipping}。"
    )


def excluded_by_law(field: str) -> str:
    """Say that goods of this kind are excluded by law; `field` is the fact that says so."""
    return f"{EXCLUSIONS[field]}依法不适用七日无理由退货{QUALITY_WAY}。"


def exclusion_confirmed(ground: ExclusionGround) -> str:
    """Say that the buyer confirmed the exclusion for this order."""
    return f"您下单时确认过这件商品因“{GROUNDS[ground]}”不适用七日无理由退货{QUALITY_WAY}。"


def too_late(signed_on: date, last_day: date, requested_on: date, *, days: int) -> str:
    """Say when the period ended and when the request came."""
    signed, last, requested = _days(signed_on, last_day, requested_on)
    period = "七日" if days == 7 else f"{days}天"
    return (
        f"您{signed}签收，{period}无理由退货到{last}为止，{requested}申请时已过期限{QUALITY_WAY}。"
    )


def not_intact(condition: Condition) -> str:
    """Say which state of the goods stands against a return without a reason."""
    return f"{CONDITIONS[condition]}，不符合无理由退货“商品完好”的要求{QUALITY_WAY}。"


def condition_unclear(condition: Condition) -> str:
    """Say that the rules do not settle this state for goods of this kind."""
    return f"{CONDITIONS[condition]}，这类商品是否仍算完好要人工看过才能确定。"


def quality_late(*, days: int) -> str:
    """Say that a quality complaint after the period needs to be looked at, and what remains."""
    period = "七天" if days == 7 else f"{days}天"
    return f"签收已超过{period}，按质量问题是退货还是换货、维修，要人工核实问题后才能确定。"


def notice_late(reason: Reason) -> str:
    """Say that so late a complaint has to be looked at."""
    return f"签收已经很久，按{FAULTS[reason]}能不能退货要人工核实后才能确定。"


def contradiction(found: Contradiction) -> str:
    """Say what in the record cannot be."""
    return f"{found}，要人工核实后才能判断能不能退。"


def facts_missing(fields: tuple[str, ...]) -> str:
    """Say which facts are needed."""
    names = "、".join(FACTS[field] for field in fields)
    return f"还要先确认{names}，才能判断能不能退、怎么退。"


def no_terms_then() -> str:
    """Say that the order is older than every rule on file."""
    return "这笔订单早于现有退货规则的生效日期，要人工核实后才能判断能不能退。"


def _days(*days: date) -> tuple[str, ...]:
    """Write days as 11月3日, with the year if they are not all in one."""
    with_year = len({day.year for day in days}) > 1
    return tuple(f"{f'{d.year}年' if with_year else ''}{d.month}月{d.day}日" for d in days)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}元"
