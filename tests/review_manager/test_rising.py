"""Which words and aspects are called risen: what tells something, and only when it is sure."""

import random

import pytest

from review_manager.rising import BadReview, Rise, rising_aspects, rising_words
from review_manager.telling_words import holds, terms_of


def says(aspect: str, *clauses: str) -> list[BadReview]:
    """Return a bad review for each clause, which complains of one aspect."""
    return [BadReview(clause, ((aspect, clause),)) for clause in clauses]


def words(risen: list[Rise]) -> list[str]:
    return [one.word for one in risen]


@pytest.mark.parametrize(
    ("clause", "inside", "outside"),
    [
        ("杯盖漏水", {"杯盖", "漏水", "杯盖漏水"}, set()),
        ("没有赠品", {"赠品", "没有赠品"}, {"没有"}),
        ("赠品没有", {"赠品"}, {"没有", "赠品没有"}),
        ("客服一直骂人", {"客服", "骂人", "客服 骂人"}, {"一直"}),
        ("客服。骂人", {"客服", "骂人"}, {"客服骂人", "客服 骂人"}),
        ("你们昨天就是这样", set(), {"你们", "昨天", "就是", "这样"}),
        ("hello 123", set(), {"hello"}),
        ("", set(), {""}),
    ],
)
def test_content_words_and_pairs_of_them(clause: str, inside: set[str], outside: set[str]) -> None:
    found = terms_of(clause)
    assert inside <= found
    assert not outside & found
    assert all(holds(clause, term) for term in found)


def test_a_new_defect_rises_once_and_an_old_complaint_does_not() -> None:
    before = says("logistics", *["物流太慢"] * 40) + says("quality", *["颜色不对"] * 10)
    now = says("quality", *["杯盖漏水了"] * 8) + says("logistics", *["物流太慢"] * 8)
    (rise,) = rising_words(now, before)
    assert (rise.word, rise.now, rise.before) == ("杯盖漏水", 8, 0)
    assert words(rising_aspects(now, before)) == ["quality"]


def test_a_word_of_an_aspect_does_not_rise_because_the_aspect_did() -> None:
    """Of every complaint of service one half names 客服, in both spans: only the aspect rose."""
    service = ["客服态度差", "半天没人回"]
    before = says("service", *service * 4) + says("quality", *["颜色不对"] * 80)
    now = says("service", *service * 10) + says("quality", *["颜色不对"] * 20)
    assert rising_words(now, before) == []
    assert [(one.word, one.now, one.before) for one in rising_aspects(now, before)] == [
        ("service", 20, 8)
    ]


def test_what_is_said_anew_within_an_aspect_rises() -> None:
    before = says("service", *["客服态度差"] * 20) + says("quality", *["颜色不对"] * 20)
    now = says("service", *["客服态度差"] * 5, *["客服骂人"] * 10) + says(
        "quality", *["颜色不对"] * 15
    )
    assert words(rising_words(now, before)) == ["客服骂人"]


def test_a_denied_thing_rises_with_its_negation() -> None:
    before = says("wrong_missing", *["赠品少了"] * 15, *["颜色发错"] * 15)
    now = says("wrong_missing", *["没有赠品"] * 12, *["颜色发错"] * 10)
    assert words(rising_words(now, before)) == ["没有赠品"]


@pytest.mark.parametrize(("uses", "rises"), [(2, False), (3, True)])
def test_two_reviews_are_never_a_rise(uses: int, rises: bool) -> None:
    now, before = says("quality", *["漏水"] * uses), says("quality", *["色差"] * 200)
    assert bool(rising_words(now, before)) is rises


def test_the_chance_is_the_exact_one() -> None:
    now = says("quality", *["漏水"] * 5, *["色差"] * 5)
    (leak,) = rising_words(now, says("quality", *["色差"] * 10))
    assert (leak.word, leak.now, leak.before) == ("漏水", 5, 0)
    assert leak.chance == pytest.approx(252 / 15504)  # C(10, 5) of C(20, 5)


def test_a_word_is_counted_wherever_the_list_finds_it() -> None:
    """Also outside the complaint, so that a click on the word shows as many reviews as it says."""
    elsewhere = BadReview("不漏水，但色差大", (("quality", "色差大"),))
    now = [*says("quality", *["漏水"] * 6), elsewhere]
    (leak,) = rising_words(now, says("quality", *["色差大"] * 30))
    assert (leak.word, leak.now) == ("漏水", 7)


def test_a_review_without_a_known_complaint_is_read_as_a_whole() -> None:
    now = [BadReview("杯盖漏水")] * 6
    assert words(rising_words(now, [BadReview("不喜欢")] * 30)) == ["杯盖漏水"]
    assert rising_aspects(now, [BadReview("不喜欢")] * 30) == []


def test_nothing_to_compare_is_no_rise() -> None:
    now = says("quality", *["漏水"] * 9)
    assert rising_words([], []) == rising_words(now, []) == rising_words([], now) == []
    assert rising_aspects([], []) == rising_aspects(now, []) == rising_aspects([], now) == []


def test_chance_alone_is_seldom_called_a_rise() -> None:
    """Sixty things said at random, the same in both spans: 60 words a time would be tried."""
    faults = ["漏水", "掉色", "发霉", "断裂", "生锈", "变形", "破损", "起球", "粗糙", "松动"]
    things = [
        of + fault for of in ["杯盖", "面料", "电池", "屏幕", "拉链", "鞋底"] for fault in faults
    ]
    chance = random.Random(7)
    alarms = sum(
        bool(
            rising_words(
                says("quality", *chance.choices(things, k=60)),
                says("quality", *chance.choices(things, k=120)),
            )
        )
        for _ in range(100)
    )
    assert alarms <= 15
