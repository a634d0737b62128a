"""A case of 王芳, who bought a coat for 89 yuan, and the policy that ships with the product."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from shop.returns import ReturnCase, ReturnPolicy, Verdict, load_return_policy, read_case, verdict

FANG = {
    "case_id": "fang-1",
    "platform": "house",
    "category": "clothing",
    "custom_made": False,
    "perishable": False,
    "digital_unsealed": False,
    "periodical": False,
    "exclusion_ground": None,
    "exclusion_confirmed": None,
    "signed_at": "2026-11-03T14:20:00+08:00",
    "requested_at": "2026-11-05T09:00:00+08:00",
    "reason": "no_reason",
    "condition": "intact",
    "item_paid_fen": 8900,
    "order_paid_fen": 8900,
    "shipping_paid_fen": 0,
}


@pytest.fixture(scope="session")
def policy() -> ReturnPolicy:
    return load_return_policy()


@pytest.fixture(scope="session")
def case() -> Callable[..., ReturnCase]:
    """Make 王芳's case with some facts changed."""
    return lambda **changes: read_case(FANG | changes)


@pytest.fixture(scope="session")
def judged(policy: ReturnPolicy) -> Callable[..., Verdict]:
    """Judge 王芳's case with some facts changed."""
    return lambda **changes: verdict(read_case(FANG | changes), policy)


@pytest.fixture
def record() -> dict[str, Any]:
    """王芳's case as a JSON record."""
    return dict(FANG)


@pytest.fixture(scope="session")
def at() -> Callable[[str], datetime]:
    return datetime.fromisoformat
