"""Which of a customer's words may be repeated in public, and what the rest is called."""

import pytest

from review_manager.analysis.findings import Aspect, AspectFinding, Polarity
from review_manager.replies.naming import (
    complaints,
    name_good,
    name_problem,
    quotable_complaint,
    short_product,
)
from review_manager.replies.phrases import load_phrases
from tests.review_manager.replies.conftest import MakeCase

PHRASES = load_phrases()


def finding(aspect: Aspect, text: str) -> AspectFinding:
    return AspectFinding(aspect, Polarity.NEGATIVE, text, 0, len(text))


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("杯盖漏水", "杯盖漏水"),
        ("但是杯盖漏水了！！", "杯盖漏水了"),
        ("第三天就断了", "第三天就断了"),
        ("估计明年就穿不了", None),
        ("面膜都是过期的", "面膜都是过期的"),
        ("鞋底抓地没毛病", None),
        ("不知道洗了会不会好些", None),
        ("今天不处理我就曝光", None),
        ("什么垃圾东西", None),
        ("我打开就坏了", None),
        ("质量过关", None),
        ("鞋头没掉皮", None),
        ("能不能补差价", None),
        ("差", None),
        ("这是一句特别特别长长得没法在回复里重复一遍的话太长了", None),
        ("连第二台的时候总有半秒延迟", "连第二台的时候总有半秒延迟"),
        ("给我打13812345678没人接", None),
        ("加微信不回", None),
        ("<b>坏了</b>", None),
        ("broken on arrival", None),
        ("", None),
    ],
)
def test_only_short_civil_lawful_complaints_are_quoted(words: str, quoted: str | None) -> None:
    assert quotable_complaint(words, PHRASES) == quoted


@pytest.mark.parametrize(
    ("aspect", "words", "name"),
    [
        (Aspect.QUALITY, "杯盖漏水", "“杯盖漏水”"),
        (Aspect.QUALITY, "我的书包全被漏出来的水泡了", "漏水"),
        (Aspect.LOGISTICS, "我等了你们整整八天八夜才收到这个快递真是服了", "送货太慢"),
        (Aspect.SERVICE, "你们的人一个比一个会推", "客服来回推脱"),
        (Aspect.QUALITY, "我无话可讲", "做工和品质上的问题"),
    ],
)
def test_a_problem_has_a_name(aspect: Aspect, words: str, name: str) -> None:
    assert name_problem(finding(aspect, words), PHRASES) == name


def test_a_review_without_complaints_has_a_general_name() -> None:
    assert name_problem(None, PHRASES) == "这次购物的不愉快"
    assert name_problem(None, PHRASES, default="这件事") == "这件事"


def test_the_complaint_that_tells_most_comes_first(a_case: MakeCase) -> None:
    case = a_case((Aspect.PRICE, "我说不好"), (Aspect.QUALITY, "杯盖漏水"))
    assert [found.aspect for found in complaints(case, PHRASES)] == [Aspect.QUALITY, Aspect.PRICE]


def test_one_clause_is_not_answered_twice(a_case: MakeCase) -> None:
    case = a_case((Aspect.SERVICE, "客服不理人"), (Aspect.AFTER_SALES, "客服不理人"))
    assert len(complaints(case, PHRASES)) == 1


def test_the_smell_of_what_nobody_eats_is_a_matter_of_quality(a_case: MakeCase) -> None:
    smell = (Aspect.FRESHNESS_TASTE, "味道太冲")
    (eaten,) = complaints(a_case(smell), PHRASES)
    (worn,) = complaints(a_case(smell, edible=False), PHRASES)
    assert (eaten.aspect, worn.aspect) == (Aspect.FRESHNESS_TASTE, Aspect.QUALITY)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("保温杯", "保温杯"),
        ("重磅纯棉短袖T恤（男女同款）", "重磅纯棉短袖T恤"),
        ("云南蓝莓 125g×6盒", "云南蓝莓"),
        ("全网销量第一顶级枸杞", "这件商品"),
        ("2026新款加绒加厚中长款连帽羽绒服女冬季外套", "这件商品"),
        ("316不锈钢保温杯", "316不锈钢保温杯"),
        ("iPhone", "这件商品"),
        ("<b>杯</b>", "这件商品"),
        ("", "这件商品"),
    ],
)
def test_products_are_called_by_a_short_lawful_name(title: str, name: str) -> None:
    assert short_product(title, PHRASES) == name


def test_praise_of_what_is_also_blamed_is_quoted() -> None:
    praised = [finding(Aspect.QUALITY, "做工扎实"), finding(Aspect.LOGISTICS, "快")]
    blamed = [finding(Aspect.QUALITY, "杯盖漏水")]
    assert name_good(praised, blamed, PHRASES) == "“做工扎实”和物流"
    assert name_good([], blamed, PHRASES) is None
