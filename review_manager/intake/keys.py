"""What makes a review itself, and what tells that it was changed."""

import hashlib
import json
from collections.abc import Sequence

from review_manager.intake.reading import ReadReview


def content_key(read: ReadReview) -> str:
    """Return what makes a review itself: platform and id, else its content."""
    if read.external_id:
        return key_of_id(read.platform, read.external_id)
    parts = [read.order_number, read.sku, read.nickname, read.posted_at.isoformat(), read.text]
    return digest(["content", read.platform, *parts])


def key_of_id(platform: str, external_id: str) -> str:
    """Return the key of a review that its platform gave an id."""
    return digest(["id", platform, external_id])


def content_hash(read: ReadReview) -> str:
    """Return what changes when the author changes the review."""
    return digest([read.text, read.stars, list(read.images)])


def digest(parts: Sequence[object]) -> str:
    """Return the SHA-256 of some values."""
    packed = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).hexdigest()
