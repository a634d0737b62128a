"""Which running offer of the shop an order gets, and what is missing to a better one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Offer:
    """So much off (fen) once the goods reach the threshold, from `starts_at` until `ends_at`."""

    title: str
    threshold_fen: int
    off_fen: int
    starts_at: datetime
    ends_at: datetime

    def is_running(self, now: datetime) -> bool:
        """Say whether the offer holds at `now`: from its start on, no longer at its end."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, kw_only=True)
class NextOffer:
    """A better offer within reach and the value of goods that is missing (fen)."""

    offer: Offer
    missing_fen: int


def find_best_offer(goods_fen: int, offers: Iterable[Offer], *, now: datetime) -> Offer | None:
    """Return the running offer that takes most off goods of this value; offers do not add up."""
    reached = [o for o in offers if o.is_running(now) and goods_fen >= o.threshold_fen]
    return max(reached, key=lambda offer: offer.off_fen, default=None)


def find_next_offer(goods_fen: int, offers: Iterable[Offer], *, now: datetime) -> NextOffer | None:
    """Return the nearest running offer that takes off more than the order gets now."""
    running = [offer for offer in offers if offer.is_running(now)]
    best = find_best_offer(goods_fen, running, now=now)
    off_now = best.off_fen if best else 0
    better = [o for o in running if o.threshold_fen > goods_fen and o.off_fen > off_now]
    nearest = min(better, key=lambda offer: offer.threshold_fen, default=None)
    if nearest is None:
        return None
    return NextOffer(offer=nearest, missing_fen=nearest.threshold_fen - goods_fen)
