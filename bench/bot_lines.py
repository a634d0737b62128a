"""What the customers of `kefu bench bot` say."""

import itertools
import random
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import yaml

SEED = 20261122
SMALL_TALK = ("greet", "thanks_bye")

_HELLOS = "你好 您好 在吗 哈喽 嗨 早上好 上午好 中午好 下午好 晚上好 有人吗 在不在"
_HELLO_AGAIN = " 你好 您好 在吗 有人吗 打扰了 忙吗 在线吗"
_THANKS = "谢谢 谢谢你 谢谢您 多谢 感谢 辛苦了 麻烦你了 谢谢啦 好的谢谢 再见"
_THANKS_AGAIN = " 谢谢 辛苦 辛苦了 再见 拜拜 麻烦了 祝你生意兴隆"
_WHOM = " 亲 客服 店家 小姐姐 小哥哥 亲亲 老板"
_AFTER = " 呀 啊 哦 哈 ～ ！ 。 …… 🙏 😊 !! ~~"

_OPENINGS = " 请问 麻烦问下 那个 我想问 帮我看看 急 想了解一下 打扰了 问一下"
_BOUGHT = " 昨天买的 前天买的 上周买的 周末拍的 11号买的 12号下单的 上个月买的 刚买的 双十一买的"
_WISHES = (
    "我的快递到哪了 订单什么时候发货 包裹怎么还没到 物流好几天没更新了 满减怎么算 优惠券怎么用 "
    "七天无理由怎么算 退货运费谁出 退款什么时候到账 查一下我的订单 可以用什么付款 这款保修多久"
)
_CLOSINGS = " 呢 啊 ？ ，急用 ，在线等 ，谢谢 ，麻烦了 ～ 呀"


def repeated_lines(nlu: Path) -> list[str]:
    """Return a line of the training data in the folder `nlu` and one never said before in turns.

    Greetings and thanks are what customers repeat most. How often is not known, so it is a half.
    """
    known = itertools.cycle(known_lines(nlu))
    return [line for new in _never_said(nlu)[1::2] for line in (next(known), new)]


def known_lines(nlu: Path) -> list[str]:
    """Return the greetings and thanks of the training data."""
    found: list[str] = []
    for file in sorted(nlu.glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if block.get("intent") in SMALL_TALK:
                found += _examples(block["examples"])
    return _shuffled(found)


def new_lines(nlu: Path) -> list[str]:
    """Return greetings and thanks that are neither in the training data nor in `repeated_lines`."""
    return _never_said(nlu)[::2]


def action_lines(_nlu: Path) -> list[str]:
    """Return questions about orders, parcels and rules, each once: an action answers them."""
    return _put_together(_OPENINGS, _BOUGHT, _WISHES, _CLOSINGS)


def _never_said(nlu: Path) -> list[str]:
    known = set(known_lines(nlu))
    lines = _put_together(_HELLOS, _WHOM, _AFTER, _HELLO_AGAIN)
    lines += _put_together(_THANKS, _WHOM, _AFTER, _THANKS_AGAIN)
    return [line for line in _shuffled(lines) if line not in known]


def _examples(examples: Any) -> list[str]:
    if isinstance(examples, str):
        return [line.removeprefix("- ").strip() for line in examples.splitlines() if line.strip()]
    return [example["text"].strip() for example in examples]


def _put_together(*parts: str) -> list[str]:
    return _shuffled(map("".join, product(*(part.split(" ") for part in parts))))


def _shuffled(lines: Iterable[str]) -> list[str]:
    once = list(dict.fromkeys(lines))
    random.Random(SEED).shuffle(once)
    return once
