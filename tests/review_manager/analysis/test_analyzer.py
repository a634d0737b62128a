"""What the analysis says about whole reviews, good, bad and odd."""

import pytest

from review_manager.analysis import Analyzer, Aspect, Polarity, Sentiment, load


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load()


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        ("衣服质量很好，穿着舒服，下次还来买", Polarity.POSITIVE),
        ("太差了，用了两天就坏，再也不买了", Polarity.NEGATIVE),
        ("菜洒了一半，还迟到一个小时，差评", Polarity.NEGATIVE),
        ("分量足，味道好，骑手小哥很有礼貌", Polarity.POSITIVE),
        ("這個產品質量太差了，非常失望", Polarity.NEGATIVE),
    ],
)
def test_polarity_of_plain_cases(analyzer: Analyzer, review: str, expected: Polarity) -> None:
    assert analyzer.analyse(review).polarity is expected


def test_words_of_a_finding_are_words_of_the_review(analyzer: Analyzer) -> None:
    review = "東西不錯，<b>就是快遞太慢了</b>！！包裝也壓壞了～"
    analysis = analyzer.analyse(review)
    assert analysis.aspects
    for finding in analysis.aspects:
        assert review[finding.start : finding.end] == finding.text


def test_aspects_carry_their_own_polarity(analyzer: Analyzer) -> None:
    found = analyzer.analyse("快递很快，但是客服态度太差，爱理不理").aspects
    sides = {(finding.aspect, finding.polarity) for finding in found}
    assert (Aspect.LOGISTICS, Polarity.POSITIVE) in sides
    assert (Aspect.SERVICE, Polarity.NEGATIVE) in sides


def test_a_bad_text_under_five_stars_is_found(analyzer: Analyzer) -> None:
    analysis = analyzer.analyse("质量太差了，用了一天就坏了，客服也不理人", stars=5)
    assert analysis.hidden_bad
    assert not analysis.misclick


def test_a_good_text_under_one_star_is_a_probable_misclick(analyzer: Analyzer) -> None:
    analysis = analyzer.analyse("非常好，质量不错，物流很快，很满意", stars=1)
    assert analysis.misclick
    assert not analysis.hidden_bad


def test_mixed_reviews_are_mixed(analyzer: Analyzer) -> None:
    assert analyzer.analyse("客服态度很好，但是质量一般，用着凑合").sentiment is Sentiment.MIXED


def test_a_batch_gives_the_same_as_one_by_one(analyzer: Analyzer) -> None:
    reviews = [("好吃", None), ("", None), ("太慢了", 1), ("👍👍👍", None), ("ok", 4)]
    assert analyzer.analyse_many(reviews) == [analyzer.analyse(*review) for review in reviews]


def test_an_empty_batch_gives_nothing(analyzer: Analyzer) -> None:
    assert analyzer.analyse_many([]) == []
