"""The shipped rules are sound, and a slip in the file is named."""

import re
from pathlib import Path

import pytest
import yaml

from policies.files import PolicyError
from review_manager.language_model.policy import MODEL_FILE, ModelPolicy, load_model_policy
from review_manager.replies.phrases import load_phrases


def _changed(folder: Path, **changes: object) -> Path:
    content = yaml.safe_load(MODEL_FILE.read_text())
    for path, value in changes.items():
        *parents, key = path.split("__")
        place = content
        for parent in parents:
            place = place[parent]
        place[key] = value
    file = folder / "language_model.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True))
    return file


def test_one_variant_at_least_stays_the_templates(policy: ModelPolicy) -> None:
    assert policy.variants < 3


def test_a_changed_copy_loads(tmp_path: Path) -> None:
    assert load_model_policy(_changed(tmp_path, call__calls_per_hour=9)).call.calls_per_hour == 9


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("call__attempts", 0, "call.attempts"),
        ("call__surprise", 1, "call.surprise"),
        ("patterns__claims", "(", "patterns.claims"),
        ("patterns__commits", ["a", "("], "patterns.commits"),
        ("prompt__user", "{review} {draft}", "prompt.user"),
        ("prompt__system", "{length}", "prompt.system"),
        ("prompt__manners", [], "prompt.manners"),
        ("variants", 4, "variants"),
    ],
)
def test_a_slip_is_named_by_file_and_key(
    tmp_path: Path, key: str, value: object, told: str
) -> None:
    with pytest.raises(PolicyError, match=rf"language_model\.yml: .*{told}"):
        load_model_policy(_changed(tmp_path, **{key: value}))


def test_every_remedy_and_coupon_of_the_phrase_banks_is_fixed(policy: ModelPolicy) -> None:
    """No phrase that promises may ever be the model's to change."""
    phrases = load_phrases()
    told = [phrase for bank in phrases.remedies.values() for phrase in bank]
    told += [coupon.format(amount="20") for coupon in phrases.coupons]
    told += [phrases.private.refund.format(refund="9"), phrases.private.coupon.format(amount="9")]
    told += phrases.private.untied
    loose = [phrase for phrase in told if not re.search(policy.patterns.commits, phrase)]
    assert loose == []
