"""What a customer's text goes through before anybody reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.incoming import EmptyTextError, TextTooLongError, clean, for_bot


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  你好 \r\n", "你好"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("\u202e倒着\u202c", "倒着"),
        ("一家人👨‍👩‍👧", "一家人👨‍👩‍👧"),  # joiners inside an emoji stay
        ("\ud800半个", "半个"),
        ("缩进\t保留", "缩进\t保留"),
    ],
)
def test_what_cannot_be_seen_is_removed(sent: str, kept: str) -> None:
    assert clean(sent) == kept


@pytest.mark.parametrize("sent", ["", "   ", "\n\t", "\x00\u202e\ufeff"])
def test_nothing_left_is_refused(sent: str) -> None:
    with pytest.raises(EmptyTextError):
        clean(sent)


def test_the_limit_is_two_thousand_characters() -> None:
    assert len(clean("长" * 2_000)) == 2_000
    with pytest.raises(TextTooLongError) as refused:
        clean("长" * 2_001)
    assert refused.value.length == 2_001


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more_and_can_be_stored(text: str) -> None:
    try:
        once = clean(text)
    except EmptyTextError:
        return
    assert clean(once) == once
    once.encode("utf-8")
    assert "\x00" not in once


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (["你好"], "你好"),
        (["在吗", "订单呢"], "在吗\n订单呢"),
        (["/restart"], "／restart"),
        (["/handoff", "/x"], "／handoff\n/x"),  # only the first character makes a command
        ([], ""),
        (["长" * 1_500, "短" * 400, "新" * 600], "短" * 400 + "\n" + "新" * 600),
    ],
)
def test_the_bot_hears_one_text_without_commands(said: list[str], heard: str) -> None:
    assert for_bot(said) == heard


@given(st.lists(st.text(max_size=2_000), max_size=5))
def test_the_bot_never_hears_a_command_or_too_much(said: list[str]) -> None:
    heard = for_bot(said)
    assert not heard.strip().startswith("/")
    assert len(heard) <= 2_000
