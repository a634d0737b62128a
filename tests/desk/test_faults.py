"""Kills and cut connections: nothing acknowledged is lost, doubled or out of order."""

from pathlib import Path

import pytest

from bench.desk_faults import talk_through_faults
from storage.sealed import Keyring, use_keyring


@pytest.mark.timeout(420)
async def test_everybody_hears_everything_once_and_in_order(tmp_path: Path) -> None:
    use_keyring(Keyring.load_or_create(tmp_path / "secrets" / "keyring.json"))
    findings = await talk_through_faults(
        tmp_path,
        f"sqlite:///{tmp_path / 'kefu.db'}",
        customers=4,
        agents=2,
        messages=8,
        kills=2,
        seed=20261122,
        passes_on=0.2,
    )
    assert findings.is_clean, findings
    assert findings.acknowledged == 4 * 9
    assert findings.answered == 4 * 8  # by whoever owned the talk then, and heard by the customer
    assert findings.unanswered == 0
    assert findings.kills == 2
