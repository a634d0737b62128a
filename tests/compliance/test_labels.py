"""Commercial messages say how to refuse them; generated texts say that they are."""

import pytest

from compliance import check


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("会员您好，30元优惠券已到账，点击领取。", True),
        ("会员您好，30元优惠券已到账，点击领取。退订回T", False),
        ("【小鹿】全场满200减50，进店抢购，拒收请回复R", False),
        ("祝您生日快乐！", False),
        ("60支长绒棉四件套", False),
    ],
)
def test_a_finished_commercial_message_needs_an_opt_out(text: str, missing: bool) -> None:
    assert ("missing_label" in check(text, channel="marketing").rules) is missing


def test_a_chat_needs_no_opt_out() -> None:
    assert check("优惠券在首页，点击领取就可以。", channel="chat").findings == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("您的包裹明天到。", True),
        ("您的包裹明天到。（AI生成）", False),
        ("我是智能客服小鹿，您的包裹明天到。", False),
    ],
)
def test_a_generated_text_needs_its_label(text: str, missing: bool) -> None:
    assert ("missing_label" in check(text, generated=True).rules) is missing
    assert check(text, generated=False).findings == ()
