"""Dangers and threats told in words nobody listed, and harmless talk that sounds like them."""

from pathlib import Path

import pytest

from review_manager.analysis import Analyzer, load
from review_manager.analysis.alarm_ear import AlarmEar, Told
from review_manager.analysis.alarms import Alarm, load_alarms
from review_manager.analysis.clauses import split_clauses
from review_manager.analysis.plain_text import plain

DATA = Path(__file__).parents[2] / "data"
LISTS = ("danger_lines.tsv", "danger_lines_later.tsv")
FEWEST_HEARD, FEWEST_HEARD_FAST = 0.88, 0.84  # shares of the dangers of each list
MOST_FALSE = 0.17  # share of the harmless lines, which were written to tempt
FEWEST_THREATS, MOST_FALSE_THREATS = 0.80, 0.10


def told(name: str, label: str) -> list[tuple[str, None]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [(row[1], None) for row in rows if row[0] == label]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_nearly_every_danger_is_heard(analyzer: Analyzer, name: str, fast: bool) -> None:
    dangers = told(name, "danger")
    heard = sum(found.safety for found in analyzer.analyse_many(dangers, fast=fast))
    assert heard >= (FEWEST_HEARD_FAST if fast else FEWEST_HEARD) * len(dangers)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_few_harmless_lines_ring(analyzer: Analyzer, name: str, fast: bool) -> None:
    harmless = told(name, "harmless")
    rung = sum(found.safety for found in analyzer.analyse_many(harmless, fast=fast))
    assert rung <= MOST_FALSE * len(harmless)


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_threats_are_heard_and_anger_is_not(analyzer: Analyzer, fast: bool) -> None:
    threats, harmless = (told("threat_lines.tsv", label) for label in ("threat", "harmless"))
    heard = sum(found.threat for found in analyzer.analyse_many(threats, fast=fast))
    rung = sum(found.threat for found in analyzer.analyse_many(harmless, fast=fast))
    assert heard >= FEWEST_THREATS * len(threats)
    assert rung <= MOST_FALSE_THREATS * len(harmless)


@pytest.mark.parametrize(
    ("alarm", "name", "label"),
    [
        (Alarm.SAFETY, "danger_lines_later.tsv", "danger"),
        (Alarm.THREAT, "threat_lines.tsv", "threat"),
    ],
)
def test_more_is_heard_than_the_alarm_words_alone_would(
    analyzer: Analyzer, alarm: Alarm, name: str, label: str
) -> None:
    bell, lines = load_alarms()[alarm], told(name, label)
    by_words = sum(bell.rings(plain(text), p_negative=0.9) for text, _ in lines)
    found = analyzer.analyse_many(lines, fast=True)
    heard = sum(one.safety if alarm is Alarm.SAFETY else one.threat for one in found)
    assert heard > by_words


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_a_danger_is_heard_in_the_middle_of_praise(analyzer: Analyzer, fast: bool) -> None:
    praise = "外观很漂亮，颜色也正，物流很快，包装严实。"
    review = f"{praise * 5}但是充电的时候冒烟了，把桌子烧黑一块。{praise * 5}"
    assert analyzer.analyse_many([(review, 5)], fast=fast)[0].safety
    assert not analyzer.analyse_many([(praise * 10, 5)], fast=fast)[0].safety


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
@pytest.mark.parametrize(
    "review",
    [
        "拍了一组海边照片，朋友圈炸了，全在问裙子哪里的",
        "第一周炸了鸡翅薯条红薯蛋挞，全家长胖四斤",
        "头皮不痒了，全家改用这个",
        "这个颜色火了，单位里人手一支",
    ],
)
def test_a_happy_five_star_review_is_no_alarm(analyzer: Analyzer, review: str, fast: bool) -> None:
    assert not analyzer.analyse_many([(review, 5)], fast=fast)[0].safety


def hears(ear: AlarmEar, *texts: str, embedded: bool, stars: int | None = None) -> list[bool]:
    shown = [plain(text) for text in texts]
    split = [split_clauses(text) for text in shown]
    batch = Told(shown, split, [0.5] * len(texts), [stars] * len(texts))
    return ear.hear(batch, embedded=embedded)[Alarm.SAFETY]


def test_each_review_of_a_batch_gets_its_own_answer(analyzer: Analyzer) -> None:
    texts = ("", "很好", "插头冒火花，把手烧伤了", "。", "很好看，喜欢")
    for embedded in (False, analyzer.has_second_opinion):
        heard = hears(analyzer.judge.ear, *texts, embedded=embedded)
        assert heard == [False, False, True, False, False]


def test_a_batch_without_words_is_silent(analyzer: Analyzer) -> None:
    assert hears(analyzer.judge.ear, "", "。", embedded=True) == [False, False]


@pytest.mark.parametrize("stars", [None, 1, 3, 4, 5])
def test_stars_never_silence_plain_words(analyzer: Analyzer, stars: int | None) -> None:
    danger = "充电时起火，把我手烧伤了，去医院缝了三针"
    assert hears(analyzer.judge.ear, danger, embedded=False, stars=stars) == [True]


def test_five_stars_speak_against_an_alarm(analyzer: Analyzer) -> None:
    lines = [text for text, _ in told(LISTS[1], "harmless")]
    by_stars = [
        sum(hears(analyzer.judge.ear, *lines, embedded=False, stars=stars)) for stars in (1, 4, 5)
    ]
    assert by_stars == sorted(by_stars, reverse=True)
    assert by_stars[-1] < by_stars[0]
