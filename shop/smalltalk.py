"""Small words that decide something: a yes hidden in thanks, a wish for no more messages."""

import re

from shop.order_numbers import plain

_AGREES = re.compile(r"^(?:好|行|可以|嗯|要|麻烦|那就|帮我|需要|对|ok)", re.IGNORECASE)
_NO_MESSAGES = re.compile(
    r"^(?:td|t|退订)$|(?:不要|别|不想|停止|取消|拒绝|关闭).{0,6}(?:发|推|收到?|订阅).{0,8}(?:消息|短信|广告|优惠|营销|推送|祝福|活动)"
    r"|退订|不要再?.{0,3}(?:打扰|推送)",
    re.IGNORECASE,
)


def agrees_while_thanking(text: str) -> bool:
    """Say whether thanks begin with a yes: 好的谢谢, 那麻烦了."""
    return _AGREES.match(plain(text).strip()) is not None


def declines_messages(text: str) -> bool:
    """Say whether somebody wants no more commercial messages: 退订, TD, 别再发优惠短信了."""
    return _NO_MESSAGES.search(plain(text).strip()) is not None
