"""Lists of words become one pattern, and a bad one is named."""

import re
from pathlib import Path

import pytest
import yaml

from review_manager.analysis.word_patterns import any_of


@pytest.mark.parametrize(
    ("text", "found"), [("充电冒烟", "冒烟"), ("起火了", "起火"), ("起床了", None), ("", None)]
)
def test_any_of_the_words_is_found(text: str, found: str | None) -> None:
    match = any_of(["冒烟", "起(?:火|烟)"], key="signs").search(text)
    assert (match and match.group()) == found


def test_an_alternative_ends_with_its_word() -> None:
    assert any_of(["甲|乙", "丙$"], key="signs").findall("甲乙丙丁") == ["甲", "乙"]


def test_the_bad_one_is_named() -> None:
    with pytest.raises(ValueError, match=r"signs: '起\(火' is no regular expression"):
        any_of(["冒烟", "起(火"], key="signs")


def test_those_that_cannot_stand_together_are_named() -> None:
    with pytest.raises(ValueError, match=r"signs: .* cannot be taken together"):
        any_of(["(?P<sign>火)", "(?P<sign>烟)"], key="signs")


@pytest.mark.parametrize("name", ["alarms.yml", "aspects.yml"])
def test_every_shipped_word_is_a_pattern_by_itself(name: str) -> None:
    """Two broken neighbours could make one whole pattern together."""
    file = Path(__file__).parents[3] / "data" / "reviews" / name
    lists = yaml.safe_load(file.read_text(encoding="utf-8")).values()
    words = [word for entry in lists for words in entry.values() for word in words]
    assert len(words) > 40
    for word in words:
        re.compile(word)
