"""A thank-you opens no clock; anything that wants an answer does."""

import pytest

from desk.courtesy import is_courtesy


@pytest.mark.parametrize(
    "text",
    [
        "好的谢谢",
        "谢谢！",
        "👌",
        "嗯嗯，知道了",
        "OK",
        "好的，辛苦了🙏",
        "非常感谢您",
        "拜拜~",
        "没事了，谢谢你",
        "收到",
        "thank you",
        "好的亲，麻烦您了",
    ],
)
def test_courtesy(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "好的，什么时候到",
        "谢谢，那退款呢？",
        "不好",
        "不行",
        "可以退吗",
        "谢谢？",
        "😡",
        "？",
        "1",
        "好的那我要退货",
        "谢谢你们骗我",
        "行了别说了我要投诉",
        "嗯嗯你们什么时候发货呢亲爱的客服",
    ],
)
def test_not_courtesy(text: str) -> None:
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    ("text", "after", "courtesy"),
    [
        ("好的", "需要给您退款吗？", False),  # an answer to a question needs an answer
        ("可以", "补发一个新的可以么", False),
        ("好的谢谢", "还有什么可以帮您？", True),
        ("好的", "已经为您登记退款。", True),
    ],
)
def test_a_bare_yes_to_a_question_is_an_answer(text: str, after: str, courtesy: bool) -> None:
    assert is_courtesy(text, after=after) is courtesy
