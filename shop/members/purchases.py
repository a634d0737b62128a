"""What a customer bought, as far as segments and tiers look at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


class PurchaseError(ValueError):
    """A purchase was refunded more than was paid, an amount is negative, or its time is naive."""


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One paid order: when it was paid, how much, and how much of that went back (fen)."""

    paid_at: datetime
    paid_fen: int
    refunded_fen: int = 0

    def __post_init__(self) -> None:
        if self.paid_at.tzinfo is None or not 0 <= self.refunded_fen <= self.paid_fen:
            raise PurchaseError(self)

    @property
    def kept_fen(self) -> int:
        """What the shop kept of it."""
        return self.paid_fen - self.refunded_fen


def counted(purchases: Iterable[Purchase], *, now: datetime, days: int) -> list[Purchase]:
    """Return the purchases of the last `days` that were not refunded whole, newest first.

    A purchase exactly so long ago still counts, one that lies ahead of `now` does not.
    """
    since = now - timedelta(days=days)
    kept = [p for p in purchases if p.kept_fen > 0 and since <= p.paid_at <= now]
    return sorted(kept, key=lambda purchase: purchase.paid_at, reverse=True)
