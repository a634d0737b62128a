"""Stars and emoji beside the words, at their exact limits."""

import pytest

from review_manager.analysis.evidence import contradicts, emoji_margin, known_stars, stars_margin
from review_manager.analysis.findings import Polarity


@pytest.mark.parametrize(
    ("stars", "known"),
    [
        (1, 1), (5, 5), ("4", 4), ("4.6", 5), (3.4, 3), (0, None), (5.5, None), (6, None),
        ("", None), (None, None), ("five", None), (float("nan"), None), ("inf", None),
    ],
)  # fmt: skip
def test_stars_are_one_to_five_or_nothing(stars: float | str | None, known: int | None) -> None:
    assert known_stars(stars) == known


def test_more_stars_never_make_a_review_worse() -> None:
    pulls = [stars_margin(stars) for stars in (1, 2, 3, 4, 5)]
    assert pulls == sorted(pulls)
    assert stars_margin(None) == 0.0


@pytest.mark.parametrize(
    ("stars", "p_negative", "text", "expected"),
    [
        (4, 0.9, "质量太差", Polarity.NEGATIVE),
        (4, 0.899, "质量太差", None),
        (3, 0.99, "质量太差", None),
        (2, 0.25, "质量很好", Polarity.POSITIVE),
        (2, 0.251, "质量很好", None),
        (3, 0.01, "质量很好", None),
        (5, 0.99, "差！！", None),
        (None, 0.99, "质量太差", None),
    ],
)
def test_when_words_contradict_stars(
    stars: int | None, p_negative: float, text: str, expected: Polarity | None
) -> None:
    assert contradicts(stars, p_negative, text) is expected


def test_emoji_add_up_to_a_limit() -> None:
    assert emoji_margin("好👍") > 0 > emoji_margin("哼😡")
    assert emoji_margin("👍😡") == 0.0
    assert emoji_margin("👍" * 50) == emoji_margin("👍" * 3)
    assert emoji_margin("plain ascii :)") == 0.0
