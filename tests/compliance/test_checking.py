"""One text in, one verdict out: channels, severities, merged findings, rewrites."""

import pytest

from compliance import (
    Channel,
    Finding,
    Outcome,
    Severity,
    Verdict,
    check,
    get_checker,
    rewritten,
)


def test_a_lawful_text_is_ok() -> None:
    verdict = check("您好，第一时间为您处理。")
    assert verdict.outcome is Outcome.OK
    assert verdict.findings == ()


def test_the_worst_finding_decides() -> None:
    assert check("终身质保。").outcome is Outcome.WARN
    assert check("终身质保，好评返现。").outcome is Outcome.BLOCK


def test_a_finding_names_its_law() -> None:
    (finding,) = check("本店保留最终解释权。").findings
    assert finding.rule == "void_term"
    assert "消费者权益保护法第二十六条" in finding.source


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(ValueError, match="carrier_pigeon"):
        check("您好", channel="carrier_pigeon")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("好评返现5元", {"pay_for_praise"}),
        ("我们不做好评返现", set()),
        ("您问的好评返现活动我们没有", set()),
        ("无论好评差评都送5元券", set()),
        ("感谢您的好评，下单满99减20的活动还有三天", set()),
        ("感谢您的好评，截图发我领红包", {"pay_for_praise"}),
        ("能不能麻烦您把差评删一下", {"change_review"}),
        ("不会要求您删差评", set()),
        ("平台规定评价不能修改", set()),
        ("评价改不改由您决定", set()),
        ("麻烦您修改一下收货地址", set()),
        ("支持微信支付", set()),
        ("加我微信", {"off_platform"}),
        ("谨防有人让您加微信", set()),
        ("最好用的拖把", {"absolute_word"}),
        ("最好用温水洗", set()),
        ("最佳食用时间", set()),
        ("最佳品质", {"absolute_word"}),
        ("100%棉", set()),
        ("100%有效", {"absolute_word"}),
        ("绝对值", set()),
        ("绝对正品", {"absolute_word"}),
        ("顶级域名", set()),
        ("顶级工艺", {"absolute_word"}),
        ("不能保证明天一定到", set()),
        ("保证明天一定到", {"overpromise"}),
        ("拆封后不支持退货", {"void_term"}),
        ("内衣拆封后影响卫生，不支持无理由退货", set()),
        ("特价商品不退不换", {"void_term"}),
        ("特价商品同样支持七天无理由", set()),
        ("您撤销投诉我们马上给您退款", {"void_term"}),
        ("撤不撤投诉都由您，款今天退", set()),
        ("不撤诉就不退", {"void_term"}),
        ("您撤销退货申请，我们马上发货", set()),
        ("快递投诉单取消后给您重新发货", set()),
        ("投诉关闭后系统会给您发一条短信", set()),
        ("您如果取消平台介入，之后仍可以重新申请退款", set()),
        ("如需取消仲裁请联系平台，赔付按规则执行", set()),
        ("把评语藏起来", {"change_review"}),
        ("全给满，返3元", {"pay_for_praise"}),
        ("全都给满电再发货，送您一根线", set()),
    ],
)
def test_context_decides(text: str, rules: set[str]) -> None:
    assert check(text).rules == rules


@pytest.mark.parametrize(
    ("text", "found"),
    [("补偿您500元", False), ("补偿您501元", True), ("赔您五百元", False), ("赔您两千元", True)],
)
def test_amounts_beyond_authority_start_above_500_yuan(text: str, found: bool) -> None:
    assert (check(text).rules == {"overpromise"}) is found


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("这是双十一以来的最低价", Outcome.WARN),
        ("今年店内最低价", Outcome.WARN),
        ("今年全网最低价", Outcome.BLOCK),
        ("全网今年最低价", Outcome.BLOCK),
        ("本店最低价", Outcome.BLOCK),
        ("近30天最低价", Outcome.OK),
    ],
)
def test_a_lowest_price_of_ones_own_past_is_a_matter_of_proof(text: str, outcome: Outcome) -> None:
    """执法指南第六条: a true comparison within one's own goods is no superlative."""
    assert check(text).outcome is outcome


def test_overlapping_findings_are_rewritten_once() -> None:
    findings = (
        Finding("a", "", 0, 4, Severity.BLOCK, "甲"),
        Finding("b", "", 2, 6, Severity.WARN, "乙"),
    )
    assert rewritten("零一二三四五六", Verdict(findings)) == "甲六"


def test_a_missing_label_is_appended() -> None:
    text = "会员您好，30元优惠券已到账，点击领取。"
    mended = rewritten(text, check(text, channel="marketing"))
    assert mended == text + "拒收请回复R"


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "🌹🌹", "A" * 20_000, "最" * 5_000, "好评" * 2_000]
)
def test_odd_texts_are_answered(text: str) -> None:
    verdict = check(text, channel="review_reply")
    assert all(0 <= f.start <= f.end <= len(text) for f in verdict.findings)


def test_a_channel_may_be_named_to_the_checker_as_well() -> None:
    text = "全场五折，点击进店抢购"
    named = get_checker().check(text, channel="marketing")
    assert named == get_checker().check(text, channel=Channel.MARKETING)
    assert named.rules == {"missing_label"}
    with pytest.raises(ValueError, match="post"):
        get_checker().check(text, channel="post")
