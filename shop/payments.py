"""Ways to pay that customers ask for by name."""

import re
from collections.abc import Collection

from shop.order_numbers import plain

_METHODS = re.compile(
    r"货到付款|先用后付|花呗分期|信用卡分期|分期付款|分期|花呗|白条|信用卡|银行卡|余额宝|对公转账|转账|"
    r"数字人民币|支付宝|微信支付|微信|云闪付|PayPal|Apple\s?Pay",
    re.IGNORECASE,
)
_TROUBLE = re.compile(r"失败|不了|报错|转圈|扣|限额|卡住|退|差价|尾款|定金")


def find_unoffered_payment(text: str, offered: Collection[str]) -> str | None:
    """Return the way to pay that somebody asks about and the shop does not offer, or None.

    A line about a payment that went wrong asks for no way to pay.
    """
    match = _METHODS.search(plain(text))
    if match is None or _TROUBLE.search(text):
        return None
    return None if any(match[0] in each for each in offered) else match[0]
