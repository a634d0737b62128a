"""N-grams: cut once a text, digits and long runs folded, texts never mixed."""

import numpy as np
import pytest

from review_manager.analysis.ngrams import BITS, LONGEST_GRAM, hashed_grams


def grams_of(text: str) -> set[int]:
    return set(hashed_grams([text]).bucket.tolist())


def test_each_text_gets_the_grams_it_has_alone() -> None:
    texts = ["质量很好", "", "物流慢", "质量很好"]
    grams = hashed_grams(texts)
    for number, text in enumerate(texts):
        assert set(grams.bucket[grams.text == number].tolist()) == grams_of(text)


def test_a_gram_counts_once_a_text() -> None:
    grams = hashed_grams(["好看好看好看"])
    assert len(grams.bucket) == len(set(grams.bucket.tolist()))


@pytest.mark.parametrize(
    ("one", "other"),
    [("用了3天", "用了7天"), ("好好好好好", "好好"), ("a  b", "a b"), (" 好 ", "好")],
)
def test_what_says_the_same_is_the_same(one: str, other: str) -> None:
    assert grams_of(one) == grams_of(other)


def test_order_matters_and_so_do_the_ends() -> None:
    assert grams_of("不好") != grams_of("好不")
    assert grams_of("很好") - grams_of("很好用"), "the end of a text is a sign of its own"


def test_there_are_as_many_grams_as_lengths_allow() -> None:
    characters = len("质量") + 2  # with both ends
    most = sum(characters - length + 1 for length in range(1, LONGEST_GRAM + 1))
    assert len(grams_of("质量")) <= most
    assert all(0 <= bucket < 1 << BITS for bucket in grams_of("质量"))


def test_weights_are_summed_over_the_grams_of_each_text() -> None:
    grams = hashed_grams(["质量很好", "", "慢"])
    ones = np.ones(1 << BITS, np.float32)
    total = grams.total(ones)
    assert total.shape == (3,)
    assert total[0] == len(grams_of("质量很好"))
    assert total[2] == len(grams_of("慢"))
