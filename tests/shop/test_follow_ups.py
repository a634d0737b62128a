"""What short lines ask on about, and what they do not."""

from collections.abc import Callable

import pytest

from shop.follow_ups import (
    asks_bare_when,
    asks_for_result,
    asks_how_far,
    asks_how_to_send_photo,
    asks_when,
    asks_where,
    asks_which_account,
    asks_why,
    says_not_received,
    says_not_sent,
    says_still_fails,
)

CASES: list[tuple[Callable[[str], bool], list[str], list[str]]] = [
    (
        asks_when,
        ["那多久到？", "到底哪天", "啥时候退", "明天能到吗", "几号"],
        ["好的", "在哪", "催一下"],
    ),
    (
        asks_why,
        ["为啥不行", "凭什么不能退", "什么原因", "依据是什么"],
        ["不行", "能退吗", "我想知道你们为什么总是把我的地址写错还发错货"],
    ),
    (
        asks_how_far,
        ["换货到哪一步了", "审核好了吗", "处理得怎么样", "进度"],
        ["我要换货", "到哪了"],
    ),
    (asks_where, ["台灯到哪了", "现在在哪里", "走到哪"], ["哪天到", "到货了"]),
    (asks_which_account, ["支付宝还是银行卡", "退到哪", "原路吗"], ["退货", "可以退吗"]),
    (
        says_not_received,
        ["显示签收了我没收到", "已完成但是没收到货", "说放驿站了，没见到"],
        ["还没收到", "签收了", "签收短信没收到短信", "没收到退款"],
    ),
    (
        asks_for_result,
        ["多久有结果", "什么时候给我回复", "几时处理好"],
        ["退款多久有结果", "发票什么时候处理好", "有结果了", "多久到"],
    ),
    (
        asks_bare_when,
        ["那多久到", "怎么还没到", "明天能到吗", "还没动静啊"],
        ["快递多久到", "什么时候发", "好的", "到底什么时候才能给我一个说法"],
    ),
    (
        asks_how_to_send_photo,
        ["照片怎么发", "拍照怎么发", "怎么传图", "视频在哪上传"],
        ["照片发了", "怎么发货"],
    ),
    (says_still_fails, ["还是不行", "还是付不了", "试了没用"], ["不行", "还是要退", "可以了"]),
    (says_not_sent, ["还没发货能退吗", "没发出"], ["发货了", "没收到"]),
]


@pytest.mark.parametrize(
    ("asks", "line", "does"),
    [(asks, line, True) for asks, lines, _ in CASES for line in lines]
    + [(asks, line, False) for asks, _, lines in CASES for line in lines],
)
def test_what_a_line_asks(asks: Callable[[str], bool], line: str, does: bool) -> None:
    assert asks(line) is does
