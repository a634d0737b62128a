"""The shop's promises about prices, from data/policies/promotions.yml."""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field, NonNegativeInt, PositiveInt

from policies.files import POLICY_FOLDER, Strict, read_policy

PROMOTIONS_FILE = POLICY_FOLDER / "promotions.yml"


class PriceKind(StrEnum):
    """What sort of price the buyer saw; only `public` is one that everybody can have."""

    PUBLIC = "public"
    COUPON = "coupon"
    MEMBER = "member"
    FLASH_SALE = "flash_sale"
    LIVESTREAM = "livestream"
    NEWCOMER = "newcomer"
    CLEARANCE = "clearance"


class PriceProtectionTerms(Strict):
    """For how long, how often and against which prices the shop protects a price."""

    valid_from: date
    source: str = Field(min_length=1)
    days: NonNegativeInt
    times_per_item: PositiveInt
    lowest_fen: NonNegativeInt
    not_compared: frozenset[PriceKind] = frozenset()


class PromotionPolicy(Strict):
    """All dated price promises."""

    price_protection: tuple[PriceProtectionTerms, ...]

    def find_terms(self, day: date) -> PriceProtectionTerms | None:
        """Return the terms in force on `day`, None if the shop promised nothing then."""
        valid = [terms for terms in self.price_protection if terms.valid_from <= day]
        return max(valid, key=lambda terms: terms.valid_from, default=None)


@cache
def load_promotion_policy(path: Path = PROMOTIONS_FILE) -> PromotionPolicy:
    """Return the price promises in `path`, read once; raise PolicyError naming file and key."""
    return read_policy(path, PromotionPolicy)
