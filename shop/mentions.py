"""Which of several things a customer means by what was typed: a name, a tail, a day, 第二个.

Names are compared by the pairs of characters they share: 保温杯 finds 316不锈钢保温杯.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from shop.days import china_day
from shop.order_numbers import find_order_numbers, find_tail, plain
from shop.tables import DbOrder

Thing = TypeVar("Thing")

_WORD = re.compile(r"[\u4e00-\u9fffa-z]+|\d+")
_CODE = re.compile(r"[a-z]{3,}|\d{3,}")
_ORDINAL = re.compile(r"第\s*([一二两三四五六七八九十1-9])\s*(?:个|单|件|笔|条|款|样)?")
_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_TAIL_WORD = re.compile(r"(?:尾号|后四位|末四位|最后四位)\D{0,3}\d{4}(?!\d)")
LONGEST_CORRECTION = 24
LONGEST_NAME = 14
_ASKS = re.compile(r"[?？吗呢么]|多少|怎么|什么|几|哪|有没|能不|可以")
_BARE_TAIL = re.compile(r"\s*#?(\d{4})\s*(?:的|那个|那单|这个|吧)*\s*")
_TAIL_LEAD = re.compile(r"^\s*(?:手机)?(?:尾号|后四位|末四位|最后四位)(?:是|[:：])?")
_NEWEST = re.compile(r"最近|最新|刚买|刚下|刚拍|上一个|上面|第一")
_OLDEST = re.compile(r"最早|最后一个|最下面")
_CORRECTION = re.compile(
    r"不是(?:这|那|说)|^不对|[搞弄看]错(?:了|订单|单)|另外?一?(?:个订单|单|笔)|换一?(?:个订单|单)|(?:这|那)个订单不是"
)
_DAY_WORD = re.compile(
    r"大?前天|昨天|昨晚|今天|今早|刚才|刚刚|上周[一二三四五六日天]?|上个?月|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号]"
)
_CAME = re.compile(r"[收拿]到|到[货手]|签收|刚到|到的")
_VAGUE_DAYS = re.compile(r"前些?几?[天日](?<!前天)|[这那近]几天|[几多]天前|好几天")
_THAT = re.compile(r"[那这](?:个|双|件|款|条|单|本|台|套|盒|瓶|袋|箱|口|支|部|副|顶|包|只)")
_NOUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_NO_HEAD = frozenset("套装品款式型号个件对的乳色机")
_POINTER = re.compile(
    r"我|要|查|看|的|就|是|那|这|个|单|笔|条|款|订单编号|订单号|订单|单号|编号|买|拍|下|号|吧|呢|啊|呀|哦|嗯|选|"
    r"[\s，,。.:：、！!?？#～~\-]"
)


def pick_order(text: str, orders: Sequence[DbOrder], *, day: date | None = None) -> list[DbOrder]:
    """Return the orders that the text may mean, in the given order; [] if it names none.

    `orders` is what the customer has been shown, newest first; `day` is a day named in the text.
    """
    by_number = _by_number(text, orders)
    if by_number:
        return by_number
    named = by_name(text, [(order, _names(order)) for order in orders])
    if named:
        return named
    if day is not None:
        return _of_day(text, orders, day)
    return pick_by_place(text, orders)


def _of_day(text: str, orders: Sequence[DbOrder], day: date) -> list[DbOrder]:
    """Return the orders placed on the day, or that came on it where the text says so."""
    if _CAME.search(text):
        came = [o for o in orders if o.signed_at is not None and china_day(o.signed_at) == day]
        if came:
            return came
    return [order for order in orders if china_day(order.placed_at) == day]


def pick_by_place(text: str, things: Sequence[Thing]) -> list[Thing]:
    """Return the thing meant by 第二个, 最近的 or 最早的."""
    match = _ORDINAL.search(text)
    if match:
        place = _DIGITS.get(match[1]) or int(match[1])
        return [things[place - 1]] if place <= len(things) else []
    if things and _NEWEST.search(text):
        return [things[0]]
    if things and _OLDEST.search(text):
        return [things[-1]]
    return []


def by_name(
    text: str, things: Sequence[tuple[Thing, Sequence[str]]], *, by_noun: bool = True
) -> list[Thing]:
    """Return the things whose names share most with the text; [] if none shares anything.

    `by_noun` lets 鞋子 find 乐福鞋: good among the few things of one customer, not in a catalogue.
    """
    said = _pairs(text)
    named = [(thing, [_pairs(name) for name in names]) for thing, names in things]
    seen = Counter(pair for _, names in named for pair in set().union(*names, set()))
    scores = [
        (max((_share(said, name, seen) for name in names), default=0.0), thing)
        for thing, names in named
    ]
    best = max((score for score, _ in scores), default=0.0)
    if best <= 0:
        heads = things if by_noun else ()
        return [thing for thing, names in heads if any(_head(name) in text for name in names)]
    return [thing for score, thing in scores if score >= best * 0.999]


def is_bare_reference(text: str) -> bool:
    """Say whether a text does nothing but point at an order: a number, 第二个, 昨天那单."""
    said = plain(text)
    for number in re.findall(r"[A-Za-z]{0,4}\d[\d\-\s]{6,}\d", said):
        said = said.replace(number, "\0")
    for pattern in (_TAIL_WORD, _ORDINAL, _NEWEST, _OLDEST, _DAY_WORD):
        said = pattern.sub("\0", said)
    if _BARE_TAIL.fullmatch(said):
        return True
    return "\0" in said and not _POINTER.sub("", said).replace("\0", "")


def bare_tail(text: str) -> str | None:
    """Return the four digits of a text that is nothing else: 4909, 尾号4909."""
    match = _BARE_TAIL.fullmatch(_TAIL_LEAD.sub("", plain(text)))
    return match[1] if match else None


def is_bare_name(text: str, names: Sequence[str]) -> bool:
    """Say whether a text is a piece of one of the names and nothing beside: 热水壶那个."""
    said = _POINTER.sub("", plain(text).lower())
    return len(said) > 1 and any(said in _POINTER.sub("", plain(n).lower()) for n in names)


def names_only(text: str) -> bool:
    """Say whether a text is short and asks nothing, as somebody who picks from a list does."""
    return 0 < len(text) <= LONGEST_NAME and not _ASKS.search(text)


def points_at_goods(text: str) -> bool:
    """Say whether a line points at goods by name: 耳机那个, 鞋子的那双."""
    return _THAT.search(plain(text)) is not None


def names_vague_days(text: str) -> bool:
    """Say whether a text names days, but none in particular: 前几天买的."""
    return _VAGUE_DAYS.search(plain(text)) is not None


def is_correction(text: str) -> bool:
    """Say whether a text takes back which order is meant: 不是这个订单，是昨天那个."""
    return _CORRECTION.search(text) is not None and len(text) <= LONGEST_CORRECTION


def _share(said: set[str], name: set[str], seen: Counter[str]) -> float:
    """Return how much of the text's rarest pairs stand in the name; rare pairs weigh more."""
    shared = said & name
    return sum(1 / seen[pair] for pair in shared) if shared else 0.0


def _head(name: str) -> str:
    """Return the last character of the noun that a name begins with: 鞋 of 飞织透气跑步鞋（男）."""
    match = _NOUN.match(name)
    head = match[0][-1] if match else ""
    return head if head and head not in _NO_HEAD else "\0"


def _by_number(text: str, orders: Sequence[DbOrder]) -> list[DbOrder]:
    numbers = set(find_order_numbers(text))
    exact = [order for order in orders if order.number in numbers]
    tail = find_tail(text) or (m[1] if (m := _BARE_TAIL.fullmatch(plain(text))) else None)
    return exact or [order for order in orders if tail and order.number.endswith(tail)]


def _names(order: DbOrder) -> list[str]:
    return [f"{item.product.name}{item.option}" for item in order.items]


def _pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters with a Chinese one in each, and whole codes."""
    pairs: set[str] = set()
    for word in _WORD.findall(plain(text).lower()):
        pairs |= {word[i : i + 2] for i in range(len(word) - 1) if not word[i : i + 2].isascii()}
        pairs |= set(_CODE.findall(word))
    return pairs - _EMPTY


_EMPTY = frozenset(
    pair
    for phrase in (
        "我买的那个 这个订单 订单号发货 快递物流 退货换货 退款什么时候 怎么能不能可以 没有还没",
        "昨天今天 前天多少 一个我的 我要退想退 要换想换 请问你们 他们这款 那款一双 一件商品",
        "东西宝贝",
        "质量颜色 尺码有没 货吗退吗 问题套装 专业礼盒 一对普通 三支多久 几天需要 儿童男女 同款长款",
        "家用新款 收到了吗 了没查一下 是不是",
    )
    for word in phrase.split()
    for pair in (word[i : i + 2] for i in range(len(word) - 1))
)
"""Pairs that people type about any goods, or that stand in many names."""
