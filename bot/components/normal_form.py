"""The normal form of a customer's line: what features are computed on, never what is shown."""

import re
import unicodedata
from functools import lru_cache

# The longest line that is read; a person's question has long been asked by then.
READ_CHARACTERS = 400
MOST_PIECES = 12

ORDER, NUMBER, PHONE, LINK, MONEY, DATE, PLACE, NAME, EMOJI = (
    "订单号", "8", "手机号", "链接", "金额", "日期", "某地", "某某", "😀",
)  # fmt: skip

# A shop's chat pastes this card when the customer opens the chat from an order or a product.
_CARD = re.compile(
    r"\[?(?:咨询)?(?:订单(?:编)?号|订单编号)\s*[::]?\s*(?:\[[^\[\]]*\]|[A-Za-z0-9-]+)\s*[,,]?\s*"
    r"订单金额\s*[::]?\s*(?:\[[^\[\]]*\]|¥?[0-9.]+元?)\s*[,,]?\s*"
    r"下单时间\s*[::]?\s*(?:\[[^\[\]]*\]|[0-9:/. -]+)(?:\s*\[[^\[\]]*\])?\s*\]?"
)
_MASKS = (
    (re.compile(r"\[(?:订单|ORDERID)[^\[\]]*\]", re.IGNORECASE), ORDER),
    (re.compile(r"\[(?:电话|手机)[^\[\]]*\]"), PHONE),
    (re.compile(r"\[链接[^\[\]]*\]|https?://\S+|www\.\S+"), LINK),
    (re.compile(r"\[金额[^\[\]]*\]|[¥￥]\s*\d+(?:\.\d+)?"), MONEY),
    (re.compile(r"\[(?:日期|时间)[^\[\]]*\]"), DATE),
    (re.compile(r"\[(?:地址|站点)[^\[\]]*\]"), PLACE),
    (re.compile(r"\[(?:姓名|公司|车型)[^\[\]]*\]"), NAME),
    (re.compile(r"#e-[a-z]\s*(?:\[[^\[\]]*\]|\d+)|/:[^\s]{2,8}"), EMOJI),
    (re.compile(r"\[数字[^\[\]]*\]"), NUMBER),
    (re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), PHONE),
    (re.compile(r"(?<![A-Za-z\d])[A-Za-z]{0,4}\d{9,}(?!\d)"), ORDER),
    (re.compile(r"\d+(?:[.:/-]\d+)*"), NUMBER),
)
_BORDER = re.compile(r"[\s,，。;；!！?？、~…]+")
# What joins a second wish to a first, even where nothing is typed between them.
_JOINT = re.compile(r"(?<=.{3})(?=(?:顺便|顺带|另外|还有|再帮|再给|同时)(?!.{0,2}$))")
_JOINED = re.compile(r"顺便|顺带|另外|还有|再帮|再给|同时")
_SPACE = re.compile(r"\s+")
_RUN = re.compile(r"(.)\1{2,}")
_MARKS = re.compile(r"[。！？!?~～…,、;；:：·.]+")


@lru_cache(maxsize=64)  # each component that reads a line asks for it
def normal_form(text: str) -> str:
    """Return the line in the form that the features are computed on.

    Width and case are folded; an order card pasted beside a question is dropped (alone it becomes
    the word for an order number); numbers, order numbers, links and masked tokens such as
    `[订单x]` become one placeholder each; a sentence sent twice counts once. The result is never
    empty for a text that is not empty.
    """
    folded = unicodedata.normalize("NFKC", text).lower()[:READ_CHARACTERS]
    asked = _CARD.sub(" ", folded)
    if not _MARKS.sub("", asked).strip():
        asked = _CARD.sub(ORDER, folded)
    for pattern, placeholder in _MASKS:
        asked = pattern.sub(placeholder, asked)
    asked = _RUN.sub(r"\1\1", asked)
    return _once_each(asked) or folded.strip() or text


def pieces(normal: str) -> list[str]:
    """Cut a normal form at spaces, punctuation and joints; one character is no piece."""
    parts = [part for piece in _BORDER.split(normal) for part in _JOINT.split(piece)]
    cut = [part for part in parts if len(part) > 1]
    return cut[:MOST_PIECES] or [normal]


def joins_wishes(normal: str) -> bool:
    """Say whether words of the line join one wish to another: 顺便, 另外, 还有."""
    return _JOINED.search(normal) is not None


def _once_each(text: str) -> str:
    """Join the pieces between spaces, leaving out a piece that was already said."""
    pieces = dict.fromkeys(_SPACE.split(text.strip()))
    return " ".join(pieces)
