from datetime import datetime, timedelta

import pytest

from shop.promotions.offers import Offer, find_best_offer, find_next_offer


@pytest.fixture
def offers(now: datetime) -> list[Offer]:
    span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1)}
    return [
        Offer(title="满199减20", threshold_fen=19900, off_fen=2000, **span),
        Offer(title="满399减50", threshold_fen=39900, off_fen=5000, **span),
        Offer(
            title="昨天的满99减90",
            threshold_fen=9900,
            off_fen=9000,
            starts_at=now - timedelta(days=2),
            ends_at=now,
        ),
    ]


@pytest.mark.parametrize(
    ("goods", "title"),
    [(0, None), (19899, None), (19900, "满199减20"), (39899, "满199减20"), (39900, "满399减50")],
)
def test_an_order_gets_its_best_running_offer(
    offers: list[Offer], now: datetime, goods: int, title: str | None
) -> None:
    found = find_best_offer(goods, offers, now=now)
    assert (found.title if found else None) == title


@pytest.mark.parametrize(
    ("goods", "missing"), [(0, 19900), (19899, 1), (19900, 20000), (39899, 1), (39900, None)]
)
def test_what_is_missing_to_a_better_one(
    offers: list[Offer], now: datetime, goods: int, missing: int | None
) -> None:
    found = find_next_offer(goods, offers, now=now)
    assert (found.missing_fen if found else None) == missing


def test_a_dearer_offer_that_gives_no_more_is_no_better(now: datetime) -> None:
    span = {"starts_at": now, "ends_at": now + timedelta(seconds=1)}
    same = [
        Offer(title="a", threshold_fen=100, off_fen=10, **span),
        Offer(title="b", threshold_fen=200, off_fen=10, **span),
    ]
    assert find_next_offer(100, same, now=now) is None


def test_an_offer_runs_from_its_start_until_before_its_end(now: datetime) -> None:
    offer = Offer(
        title="a", threshold_fen=1, off_fen=1, starts_at=now, ends_at=now + timedelta(seconds=1)
    )
    assert not offer.is_running(now - timedelta(microseconds=1))
    assert offer.is_running(now)
    assert not offer.is_running(now + timedelta(seconds=1))
