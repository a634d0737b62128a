"""The normal form of a customer's line: what features are computed on, never what is shown."""

import re
import unicodedata
from functools import lru_cache

# The longest line that is read; a person's question has long been asked by then.
READ_CHARACTERS = 400
MOST_PIECES = 12
# A stretch is as long as a clause; the next one begins a few characters on.
STRETCH_CHARACTERS, STRETCH_STEP = 12, 3

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
    # 123xx are the short numbers of public services (12315 consumers, 12345 the city): words.
    (re.compile(r"(?<!\d)(?!123\d{2}(?!\d))\d+(?:[.:/-]\d+)*"), NUMBER),
)
_BORDER = re.compile(r"[\s,，。;；!！?？、~…]+")
# What joins a second wish to a first, even where nothing is typed between them.
_JOINT = re.compile(r"(?<=.{3})(?=(?:顺便|顺带|另外|还有|再帮|再给|同时)(?!.{0,2}$))")
# A particle ends a sentence even where nothing is typed after it: 怎么还没到啊什么时候退款.
_ENDED = re.compile(r"(?<=.{3}[啊呢吗呀吧嘛哦])(?=.{4})")
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
    if asked.strip().isdigit():  # a number alone is no word, not even a public service's
        asked = NUMBER
    asked = _RUN.sub(r"\1\1", asked)
    return _once_each(asked) or folded.strip() or text


def pieces(normal: str) -> list[str]:
    """Cut a normal form at spaces, punctuation, joints and ends; one character is no piece."""
    parts = _BORDER.split(normal)
    for border in (_JOINT, _ENDED):
        parts = [part for piece in parts for part in border.split(piece)]
    cut = [part for part in parts if len(part) > 1]
    return cut[:MOST_PIECES] or [normal]


def stretches(normal: str) -> list[str]:
    """Cut a long normal form into overlapping stretches; a short one has none.

    Wherever a clause may end that nobody marked, one of them holds little else.
    """
    if len(normal) <= STRETCH_CHARACTERS:
        return []
    last = len(normal) - STRETCH_CHARACTERS + STRETCH_STEP
    return [normal[at : at + STRETCH_CHARACTERS] for at in range(0, last, STRETCH_STEP)]


def joins_wishes(normal: str) -> bool:
    """Say whether words of the line join one wish to another: 顺便, 另外, 还有."""
    return _JOINED.search(normal) is not None


def _once_each(text: str) -> str:
    """Join the pieces between spaces, leaving out a piece that was already said."""
    pieces = dict.fromkeys(_SPACE.split(text.strip()))
    return " ".join(pieces)
