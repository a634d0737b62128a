"""Recognises a thank-you or goodbye that asks for nothing, so that it opens no clock."""

import re
import unicodedata

LONGEST = 20

# Words that only close a talk. A sentence made of nothing else, and of no question, is courtesy.
_CLOSING = (
    "谢谢|感谢|多谢|谢了|谢啦|谢|辛苦了|辛苦|麻烦了|麻烦你了|麻烦您了|好的|好滴|好嘞|好吧|好|行|可以|"
    "嗯嗯|嗯|哦哦|哦|噢|收到|明白了|明白|知道了|了解了|了解|清楚了|没事了|没事|不用了|没问题|没有了|没了|"
    "再见|拜拜|拜|回见|晚安|祝你|祝您|生意兴隆|工作顺利|愉快|"
    "ok|okay|thanks|thankyou|thank you|thx|3q|bye"
)
_FILLING = (
    "你们|您们|你|您|亲|客服|小姐姐|小哥哥|啦|了|哈|呀|啊|哟|呢|哒|的|先|那|就|这样|"
    "太|非常|十分|很|真的|一下"
)
_QUESTION = re.compile(r"[?？吗呢]|要不要|是否|可以么|行么")
_FAREWELL = re.compile(r"谢|再见|拜|辛苦|麻烦|晚安|thx|thank|bye|3q", re.IGNORECASE)
_ONLY_CLOSING = re.compile(rf"(?:(?:{_CLOSING})|(?:{_FILLING}))+", re.IGNORECASE)
_HAS_CLOSING = re.compile(_CLOSING, re.IGNORECASE)
_THUMBS = frozenset("👌👍🙏😊😄🤝❤🌹💐")


def is_courtesy(text: str, *, after: str = "") -> bool:
    """Say whether the text only thanks, agrees or takes leave.

    `after` is what the agent said last: a bare 好的 to a question is an answer, not courtesy.
    """
    if _QUESTION.search(after) and not _FAREWELL.search(text):
        return False
    if len(text) > LONGEST or "?" in text or "？" in text:
        return False
    words = "".join(character for character in text if not _is_decoration(character))
    if not words:
        return any(character in _THUMBS for character in text)
    return bool(_ONLY_CLOSING.fullmatch(words) and _HAS_CLOSING.search(words))


def _is_decoration(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSZC" or unicodedata.category(character) == "Mn"
