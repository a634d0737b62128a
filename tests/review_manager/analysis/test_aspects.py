"""Aspects of sentences that no training text holds, each with its own side and words."""

import pytest

from review_manager.analysis import Analyzer, load


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load()


@pytest.mark.parametrize(
    ("review", "aspect", "polarity"),
    [
        ("骑手足足迟了五十分钟才敲门", "logistics", "negative"),
        ("快递师傅还帮忙抬进屋里，配送很快", "logistics", "positive"),
        ("外箱烂了个口子，里面的瓶子也碎了", "packaging", "negative"),
        ("裹了好几层泡沫，包装很严实", "packaging", "positive"),
        ("鱼片又腥又老，难以下咽，太难吃", "freshness_taste", "negative"),
        ("荔枝很新鲜，甜得很", "freshness_taste", "positive"),
        ("裤腰太紧，坐下都费劲，偏小两个码", "size_fit", "negative"),
        ("衣服大小正好，很合身", "size_fit", "positive"),
        ("在线客服一问三不知，态度敷衍", "service", "negative"),
        ("掌柜特别热情，服务周到", "service", "positive"),
        ("申请退款一个月了还没处理，售后没人管", "after_sales", "negative"),
        ("换货很快，售后处理及时", "after_sales", "positive"),
        ("师傅上门安装硬要加收两百块安装费", "installation", "negative"),
        ("少发了一个轮子，说明书也没有", "wrong_missing", "negative"),
        ("跟图片上的颜色完全不一样，货不对板", "description", "negative"),
        ("一看就是山寨的假货，防伪码查不到", "authenticity", "negative"),
        ("绝对是正品，专柜验过", "authenticity", "positive"),
        ("刚买完第二天就降价，太贵了", "price", "negative"),
        ("价格实惠，性价比高", "price", "positive"),
        ("抹了一个月没有效果，痘痘更多了", "effect", "negative"),
        ("屏幕一闪一闪的，做工粗糙", "quality", "negative"),
    ],
)
def test_aspects_and_sides(analyzer: Analyzer, review: str, aspect: str, polarity: str) -> None:
    found = {(one.aspect.value, one.polarity.value) for one in analyzer.analyse(review).aspects}
    assert (aspect, polarity) in found


def test_the_words_of_each_side_come_from_its_own_clause(analyzer: Analyzer) -> None:
    review = "味道很好，可惜包装破了，汤洒了一半"
    words = {one.aspect.value: one.text for one in analyzer.analyse(review).aspects}
    assert "味道" in words["freshness_taste"]
    assert "味道" not in words["packaging"]


@pytest.mark.parametrize("review", ["很好", "不错哦", "好评"])
def test_bare_praise_praises_the_goods(analyzer: Analyzer, review: str) -> None:
    found = analyzer.analyse(review).aspects
    assert [(one.aspect.value, one.polarity.value) for one in found] == [("quality", "positive")]
