"""What code has decided comes out whole, and goes back whole."""

import pytest

from review_manager.language_model import ModelPolicy, NoWordingError, Why
from review_manager.language_model.skeleton import Skeleton, fill, make_skeleton, own_words

DRAFT = (
    "看到您写的“杯盖漏水”，让您没法安心用，真的很抱歉。"
    "24小时内会有同事在订单里找您，换货、退货任选，运费算我们的，另外送您一张20元券。"
    "质检组会把同批次库存逐件复检后再发。"
    "有疑问随时在订单里找客服。"
)
PLAN = "把同批次库存逐件复检后再发"


@pytest.fixture
def skeleton(policy: ModelPolicy) -> Skeleton:
    return make_skeleton(
        DRAFT,
        names=policy.slots,
        keep=[PLAN],
        commits=policy.patterns.commits,
        words={"“杯盖漏水”": policy.slots.problem},
    )


def test_sentences_that_commit_and_words_of_customers_are_taken_out(skeleton: Skeleton) -> None:
    assert skeleton.text == (
        "看到您写的⟦问题1⟧，让您没法安心用，真的很抱歉。⟦安排1⟧⟦安排2⟧有疑问随时在订单里找客服。"
    )
    assert skeleton.inner == {"⟦问题1⟧": "“杯盖漏水”"}
    assert "20元券" in skeleton.fixed["⟦安排1⟧"]
    assert PLAN in skeleton.fixed["⟦安排2⟧"]
    assert not any(character.isdigit() for character in skeleton.own)


def test_the_skeleton_itself_gives_the_draft_again(skeleton: Skeleton) -> None:
    assert fill(skeleton, skeleton.text) == DRAFT


def test_a_word_in_a_fixed_sentence_only_is_no_slot_of_its_own(policy: ModelPolicy) -> None:
    made = make_skeleton(
        "您好。订单A1退款199元。",
        names=policy.slots,
        keep=[],
        commits=policy.patterns.commits,
        words={"A1": policy.slots.order, "": policy.slots.address},
    )
    assert made.text == "您好。⟦安排1⟧"
    assert made.slots == {"⟦安排1⟧": "订单A1退款199元。"}


def test_new_words_go_round_the_old_promises(skeleton: Skeleton) -> None:
    filled = fill(skeleton, "⟦问题1⟧这件事，对不起。⟦安排1⟧\n⟦安排2⟧。谢谢您告诉我们。")
    assert filled.startswith("“杯盖漏水”这件事，对不起。24小时内会有同事")
    assert filled.endswith("再发。谢谢您告诉我们。")


@pytest.mark.parametrize(
    "wording",
    [
        "对不起。⟦安排1⟧⟦安排2⟧",
        "⟦问题1⟧，对不起。⟦安排1⟧",
        "⟦问题1⟧，对不起。⟦安排1⟧⟦安排1⟧⟦安排2⟧",
        "⟦问题1⟧，对不起。⟦安排1⟧⟦安排2⟧⟦安排3⟧",
        "⟦问题1⟧，对不起。⟦安排1⟧⟦安排2⟧⟦隐私1⟧",
        "⟦问题1⟧，对不起。⟦安排1⟧⟦安排 2⟧",
        "⟦问题1⟧，对不起。⟦安排1⟧⟦安排2⟧⟧",
        "⟦问题1⟧，对不起。[安排1][安排2]",
        "⟦问题1⟧，对不起。我们不会⟦安排1⟧⟦安排2⟧",
        "⟦问题1⟧，对不起，⟦安排1⟧⟦安排2⟧",
        "",
    ],
)
def test_a_placeholder_lost_doubled_changed_or_bent_is_refused(
    skeleton: Skeleton, wording: str
) -> None:
    with pytest.raises(NoWordingError) as caught:
        fill(skeleton, wording)
    assert caught.value.why is Why.PLACEHOLDERS


def test_own_words_are_what_is_left() -> None:
    assert own_words("对不起⟦问题1⟧，⟦安排1⟧").split() == ["对不起", "，"]
