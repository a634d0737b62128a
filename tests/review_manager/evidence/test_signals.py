"""Signals are found where they are, and one weak signal never makes a suspicion."""

from datetime import UTC, datetime, timedelta

import pytest

from review_manager.evidence.signals import (
    Neighbour,
    Outcome,
    Signal,
    SignalName,
    Suspect,
    find_signals,
    load_suspicion,
    weigh,
)

POLICY = load_suspicion()
AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SAME = "过期面膜客服骂人千万别买隔壁官方的好一百倍"


def names(text: str = "质量太差了", **more: object) -> list[SignalName]:
    suspect = Suspect(**{"text": text, "nickname": "甲", "posted_at": AT} | more)
    return [signal.name for signal in find_signals(suspect, POLICY)]


def neighbour(number: int, *, minutes: float = 0, text: str = "别的话", who: str = "") -> Neighbour:
    return Neighbour(f"N{number}", who or f"乙{number}", text, AT + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "text",
    [
        "不给我转500块红包我就给你们所有商品差评",
        "转我200元我就删差评，不然天天来",
        "删掉这条差评要收费的，先给300元",
        "想要我删评就加我微信谈",
    ],
)
def test_extortion_is_a_strong_signal(text: str) -> None:
    assert SignalName.EXTORTION in names(text)
    assert weigh([Signal(SignalName.EXTORTION)]) is Outcome.SUSPECTED


@pytest.mark.parametrize(
    "text",
    [
        "坏了还不给退款，垃圾店家",
        "要求退一赔三，不处理我就打12315投诉",
        "说好送红包结果没有，差评",
        "客服让我改评价给我五块钱，我才不改",
        "不退货款我就去消协投诉，你们看着办",
        "等了九天，退钱退钱退钱！！！",
        "孩子用了起疹子，医药费你们赔",
    ],
)
def test_an_angry_buyer_is_not_accused(text: str) -> None:
    assert SignalName.EXTORTION not in names(text)
    assert weigh([Signal(name) for name in names(text)]) is Outcome.NOT_ENOUGH


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("去隔壁那家官方店买吧，便宜一半", True),
        ("详情看 https://a.example/x", True),
        ("加微信 abc123 有优惠", True),
        ("隔壁邻居家的狗都不吃", False),
        ("在官方店买的，结果是坏的", False),
    ],
)
def test_leading_readers_elsewhere(text: str, found: bool) -> None:
    assert (SignalName.ELSEWHERE in names(text)) is found


def test_near_duplicates_need_three_accounts() -> None:
    twins = [neighbour(1, text=SAME + "不止"), neighbour(2, text="真的" + SAME)]
    assert SignalName.ALIKE in names(SAME, neighbours=twins)
    assert SignalName.ALIKE not in names(SAME, neighbours=twins[:1])
    one_person = [neighbour(n, text=SAME, who="甲") for n in (1, 2, 3)]
    assert SignalName.ALIKE not in names(SAME, neighbours=one_person)
    assert SignalName.ALIKE not in names(
        "太差了", neighbours=[neighbour(n, text="太差了") for n in range(5)]
    )


@pytest.mark.parametrize(
    ("minutes", "usual", "found"),
    [
        ([0, 30, 60, 120], 0.0, True),
        ([0, 30, 60, 121], 0.0, False),
        ([0, 30, 60], 0.0, False),
        ([-120, -60, -30, -1], 0.0, True),
        ([0, 30, 60, 90], 0.5, True),
        ([0, 30, 60, 90], 0.51, False),
    ],
)
def test_a_burst_is_many_at_once_and_unusual(minutes: list[int], usual: float, found: bool) -> None:
    others = [neighbour(n, minutes=at) for n, at in enumerate(minutes)]
    assert (SignalName.BURST in names(neighbours=others, usual_per_hour=usual)) is found


def test_refunds_without_return_from_three_on() -> None:
    assert SignalName.REFUNDS in names(refunds=3)
    assert SignalName.REFUNDS not in names(refunds=2)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ([], Outcome.NOT_ENOUGH),
        ([SignalName.BURST], Outcome.NOT_ENOUGH),
        ([SignalName.ELSEWHERE], Outcome.NOT_ENOUGH),
        ([SignalName.BURST, SignalName.ALIKE], Outcome.SUSPECTED),
        ([SignalName.BURST, SignalName.BURST], Outcome.NOT_ENOUGH),
    ],
)
def test_one_weak_signal_is_not_enough(found: list[SignalName], outcome: Outcome) -> None:
    assert weigh([Signal(name) for name in found]) is outcome
