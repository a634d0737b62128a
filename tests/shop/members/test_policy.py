from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.files import PolicyError
from shop.members.policy import MEMBERS_FILE, MemberPolicy, load_member_policy


def test_the_rules_are_public_and_say_where_they_come_from(policy: MemberPolicy) -> None:
    assert policy.public_page
    assert "实施条例 §9" in policy.source
    assert [tier.name for tier in policy.tiers] == ["diamond", "gold", "silver"]
    assert set(policy.birthday.coupons) == {"diamond", "gold", "silver", "everyone"}


def set_key(content: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = deepcopy(content)
    *parents, key = path.split(".")
    place = changed
    for parent in parents:
        place = place[int(parent)] if isinstance(place, list) else place[parent]
    place[key] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("rfm.recency_days", [30, 30, 120, 240], "recency_days"),
        ("rfm.frequency", [1, 2, 3, 5], "frequency"),
        ("rfm.monetary_yuan", [5000, 2000, 800], "monetary_yuan"),
        ("rfm.high_from.recency", 6, "recency"),
        ("tiers.0.spent_yuan", 2000, "best first"),
        ("tiers.0.discount", 0.9, "discount"),
        ("birthday.send_hours", [21, 9], "send_hours"),
        ("birthday.send_hours", [9, 25], "send_hours"),
        ("birthday.coupons.platinum", {"off_yuan": 1, "from_yuan": 2}, "platinum"),
        ("birthday.coupons.gold", {"off_yuan": 99, "from_yuan": 99}, "less than"),
        ("birthday.coupon_valid_days", 0, "coupon_valid_days"),
    ],
)
def test_a_faulty_file_names_the_key(tmp_path: Path, path: str, value: object, named: str) -> None:
    content = set_key(yaml.safe_load(MEMBERS_FILE.read_text(encoding="utf-8")), path, value)
    file = tmp_path / "members.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(PolicyError, match=named):
        load_member_policy(file)
