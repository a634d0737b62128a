"""The Chinese words on cards and hand-over notes; what the bot says stands in bot/domain."""

from datetime import date, datetime

from shop.days import CHINA
from shop.members.policy import EVERYONE, MemberPolicy

FACT_LABELS = {"order": "订单", "promised": "已答应", "mood": "情绪", "photo": "照片"}
PHOTOS = "{count} 张"
MOODS = {
    "calm": "平静",
    "complaint": "生气",
    "legal_threat": "很生气，提到投诉或曝光",
    "safety": "着急，涉及人身安全",
    "repeated_failure": "不耐烦",
}
TRIED = {
    "order_status": "查了订单状态",
    "logistics": "查了物流",
    "return_request": "说明了退货",
    "exchange_request": "说明了换货",
    "refund_status": "查了退款进度",
    "return_policy": "说明了退换规则",
    "cancel_order": "处理了取消订单",
    "change_address": "处理了改地址",
    "invoice": "处理了发票",
    "promotion_price": "说明了优惠或价保",
    "product_question": "回答了商品问题",
    "warranty_repair": "说明了保修",
    "payment_problem": "说明了付款问题",
    "complaint_dispute": "听了问题描述",
    "misunderstood": "没听懂，请客户换了说法",
}
ASKS = {
    "order_status": "查订单状态",
    "logistics": "查物流",
    "return_request": "退货",
    "exchange_request": "换货",
    "refund_status": "查退款",
    "return_policy": "问退换规则",
    "cancel_order": "取消订单",
    "change_address": "改收货信息",
    "invoice": "开发票",
    "promotion_price": "问优惠或价保",
    "product_question": "问商品",
    "warranty_repair": "保修维修",
    "payment_problem": "付款问题",
}
RETURN_VERDICTS = {"granted": "可以退", "refused": "不能无理由退", "check": "需要人工核实"}
REFUND_STEPS = {
    "waiting": "待审核",
    "send_back": "待寄回",
    "returning": "退回途中",
    "received": "已收货，待退款",
    "late": "退款超时",
    "paid_back": "已退款",
    "rejected": "未通过",
    "exchange_sent": "换货已发出",
    "closed": "已结束",
}
FREIGHT = {"buyer": "寄回运费由您付", "seller": "来回运费我们付"}
PARTS = {"address": "地址", "phone": "手机号", "recipient": "收件人"}
NO_SIGNER = "没写签收人"
OTHER_MEMBERS = "其他会员"
COUPON_FROM = "满{yuan}元可用"


def member_coupons(policy: MemberPolicy) -> str:
    """Return the birthday coupons by tier, such as 钻石会员 100 元、其他会员 10 元."""
    labels = {tier.name: tier.label for tier in policy.tiers} | {EVERYONE: OTHER_MEMBERS}
    coupons = policy.birthday.coupons
    return "、".join(f"{labels[name]} {terms.off_yuan} 元" for name, terms in coupons.items())


def tried_text(topic: str) -> str:
    """Return what the bot did about a topic, for the agent."""
    return TRIED.get(topic, topic)


def day_and_time(moment: datetime | None) -> str:
    """Return a moment as a person in China says it, such as 11月23日18:00; nothing for None."""
    if moment is None:
        return ""
    local = moment.astimezone(CHINA)
    return f"{day_text(local.date())}{local:%H:%M}"


def day_text(day: date | datetime | None) -> str:
    """Return a day as 11月23日, with its year where that is not this year; nothing for None."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(CHINA).date()
    year = "" if day.year == datetime.now(CHINA).year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def yuan(fen: int) -> str:
    """Return an amount in yuan without needless zeros: 1990 is 19.9, 2000 is 20."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")
