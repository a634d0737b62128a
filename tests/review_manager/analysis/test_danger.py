"""Dangers told in words nobody listed, and harmless talk that sounds like them."""

from pathlib import Path

import pytest

from review_manager.analysis import Analyzer, load
from review_manager.analysis.alarms import Alarm, load_alarms
from review_manager.analysis.clauses import split_clauses
from review_manager.analysis.plain_text import plain

LINES = Path(__file__).parents[2] / "data" / "danger_lines.tsv"
FEWEST_HEARD, MOST_FALSE = 0.92, 0.15  # shares; the harmless lines were written to tempt


def told(label: str) -> list[tuple[str, None]]:
    rows = (line.split("\t") for line in LINES.read_text(encoding="utf-8").splitlines())
    return [(row[1], None) for row in rows if row[0] == label]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load()


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_nearly_every_danger_is_heard(analyzer: Analyzer, fast: bool) -> None:
    dangers = told("danger")
    heard = sum(found.safety for found in analyzer.analyse_many(dangers, fast=fast))
    assert heard >= FEWEST_HEARD * len(dangers)


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_few_harmless_lines_ring(analyzer: Analyzer, fast: bool) -> None:
    harmless = told("harmless")
    rung = sum(found.safety for found in analyzer.analyse_many(harmless, fast=fast))
    assert rung <= MOST_FALSE * len(harmless)


def test_more_is_heard_than_the_alarm_words_alone_would(analyzer: Analyzer) -> None:
    bell = load_alarms()[Alarm.SAFETY]
    dangers = told("danger")
    by_words = sum(bell.rings(plain(text), p_negative=0.9) for text, _ in dangers)
    heard = sum(found.safety for found in analyzer.analyse_many(dangers, fast=True))
    assert heard > by_words + len(dangers) // 10


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_a_danger_is_heard_in_the_middle_of_praise(analyzer: Analyzer, fast: bool) -> None:
    praise = "外观很漂亮，颜色也正，物流很快，包装严实。"
    review = f"{praise * 5}但是充电的时候冒烟了，把桌子烧黑一块。{praise * 5}"
    assert analyzer.analyse_many([(review, 5)], fast=fast)[0].safety
    assert not analyzer.analyse_many([(praise * 10, 5)], fast=fast)[0].safety


def test_each_review_of_a_batch_gets_its_own_answer(analyzer: Analyzer) -> None:
    ear = analyzer.judge.ear
    texts = ["", "很好", "插头冒火花，把手烧伤了", "。", "很好看，喜欢"]
    split = [split_clauses(plain(text)) for text in texts]
    moods = [0.5, 0.1, 0.9, 0.5, 0.1]
    for embedded in (False, analyzer.has_second_opinion):
        heard = ear.dangers([plain(text) for text in texts], split, moods, embedded=embedded)
        assert heard == [False, False, True, False, False]


def test_a_batch_without_words_is_silent(analyzer: Analyzer) -> None:
    assert analyzer.judge.ear.dangers(["", ""], [(), ()], [0.5, 0.5], embedded=True) == [
        False,
        False,
    ]
