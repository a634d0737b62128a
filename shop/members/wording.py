"""What members are told in Chinese: the birthday greeting and its coupon."""

from typing import Any

from shop.days import china_day
from shop.members.policy import FEN_PER_YUAN
from shop.tables import DbCoupon

TITLE = "生日礼券 满{threshold}减{off}"
CONDITION = "满{threshold}元可用"
GREETING = (
    "生日快乐！送您一张 {off} 元生日券，{month}月{day}日前可用，已放进您的账户。"
    "（智能客服代店铺发送；不想再收到，回复「退订」）"
)


def coupon_title(*, off_fen: int, threshold_fen: int) -> str:
    """Return what the birthday coupon is called."""
    return TITLE.format(threshold=threshold_fen // FEN_PER_YUAN, off=off_fen // FEN_PER_YUAN)


def greeting_text(coupon: DbCoupon) -> str:
    """Return the greeting, with the sender and the way out (网络交易监督管理办法 §16)."""
    last = china_day(coupon.expires_at)
    return GREETING.format(off=coupon.amount_fen // FEN_PER_YUAN, month=last.month, day=last.day)


def greeting_card(coupon: DbCoupon) -> dict[str, Any]:
    """Return the coupon as the widget's card."""
    return {
        "title": coupon.title,
        "amount_fen": coupon.amount_fen,
        "condition": CONDITION.format(threshold=coupon.threshold_fen // FEN_PER_YUAN),
        "valid_until": china_day(coupon.expires_at).isoformat(),
    }
