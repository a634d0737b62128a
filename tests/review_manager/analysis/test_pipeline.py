"""The spaCy pipeline: what each component leaves on the document, and agreement with --fast."""

import pytest
from spacy.language import Language

from review_manager.analysis import Analyzer, load


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load()


@pytest.fixture(scope="module")
def nlp(analyzer: Analyzer) -> Language:
    return analyzer.pipeline


def test_components_stand_in_the_order_of_their_needs(nlp: Language) -> None:
    assert nlp.pipe_names == [
        "kefu_clauses",
        "kefu_evidence",
        "kefu_polarity",
        "kefu_aspects",
        "kefu_alarms",
        "kefu_verdict",
    ]


def test_jieba_knows_the_words_of_shops(nlp: Language) -> None:
    words = [token.text for token in nlp.make_doc("快递小哥送的充电宝是假货")]
    assert {"快递小哥", "充电宝", "假货"} <= set(words)


def test_tokens_stand_where_they_stand_in_the_review(nlp: Language) -> None:
    review = "這個充電寶　<b>真的</b>很好用！！ 喜歡"
    doc = nlp.make_doc(review)
    assert doc._.review == review
    assert len(doc.text) == len(review)
    assert "".join(token.text_with_ws for token in doc) == doc.text


def test_answers_are_left_on_the_document(nlp: Language) -> None:
    doc = nlp("质量不错，但是充电时冒烟了，我要打12315")
    assert next(span.text for span in doc.spans["clauses"]) == "质量不错"
    assert doc._.safety
    assert doc._.threat
    assert doc._.analysis.aspects == doc._.aspects


def test_fast_and_full_differ_only_in_doubtful_moods(analyzer: Analyzer) -> None:
    reviews = [("质量很好，非常喜欢", 5), ("太差了，坏了也不给退", None), ("", None)]
    assert analyzer.analyse_many(reviews, fast=True) == analyzer.analyse_many(reviews)


def test_a_platform_without_the_embedding_still_answers(analyzer: Analyzer) -> None:
    alone = Analyzer(analyzer.judge.without_second_opinion())
    assert not alone.has_second_opinion
    assert alone.analyse("质量很好，非常喜欢").p_negative < 0.2
