"""The phrase banks: complete, lawful, and refused by key where they are not."""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from compliance import check
from policies.files import PolicyError
from review_manager.analysis.findings import Aspect
from review_manager.replies import load_compensation
from review_manager.replies.phrases import PHRASES_FILE, load_phrases

SAMPLE = {
    "problem": "“杯盖漏水”", "pain": "让您没法安心用", "good": "品质", "product": "保温杯",
    "amount": "20", "owner": "质检组", "plan": "复检同批次库存", "words": "做工扎实", "use": "使用",
    "address": "王女士", "order_number": "2026112233445566", "remedy": "为您补发", "refund": "86.5",
}  # fmt: skip


def content() -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load(PHRASES_FILE.read_text(encoding="utf-8"))
    return loaded


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def test_every_phrase_is_lawful_by_itself() -> None:
    told = {key: part for key, part in content().items() if key not in {"naming", "aspects"}}
    for phrase in strings(told):
        text = phrase.format(**SAMPLE)
        public = "order_number" not in phrase
        assert check(text, channel="review_reply", public=public).findings == (), phrase


def test_no_phrase_begs_shouts_or_hides_behind_a_form() -> None:
    for phrase in strings(content()):
        for word in ("！", "敬请谅解", "亲爱的", "五星", "给您带来不便"):
            assert word not in phrase


def test_every_remedy_of_the_policy_has_phrases() -> None:
    phrases, policy = load_phrases(), load_compensation()
    needed = {terms.remedy for terms in policy.aspects.values()}
    assert needed | {"repair", "return_check", "return_rules"} <= phrases.remedies.keys()
    assert all(len(bank) >= 3 for bank in phrases.remedies.values())


def test_every_aspect_has_its_own_words() -> None:
    phrases = load_phrases()
    defaults = {phrases.get_aspect(aspect).default for aspect in Aspect}
    assert len(defaults) == len(Aspect)


def test_every_plan_has_an_owner() -> None:
    for bank in load_phrases().aspects.values():
        assert all(plan.owner and plan.plan for plan in bank.plans)
        assert len({plan.plan for plan in bank.plans}) == len(bank.plans)


@pytest.mark.parametrize("bank", ["apologies", "closings", "good_openings", "coupons"])
def test_no_phrase_is_there_twice(bank: str) -> None:
    phrases = getattr(load_phrases(), bank)
    assert len(set(phrases)) == len(phrases)


def test_slots_are_known() -> None:
    for phrase in strings({k: v for k, v in content().items() if k not in {"naming", "aspects"}}):
        names = {name for _, name, _, _ in string.Formatter().parse(phrase) if name}
        assert names <= SAMPLE.keys()


def write(folder: Path, changed: object) -> Path:
    file = folder / "templates.yml"
    file.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    return file


def test_a_missing_aspect_is_named(tmp_path: Path) -> None:
    changed = content()
    del changed["aspects"]["price"]  # type: ignore[attr-defined]
    with pytest.raises(PolicyError, match=r"aspects\.price"):
        load_phrases(write(tmp_path, changed))


def test_an_unknown_slot_is_named(tmp_path: Path) -> None:
    changed = content() | {"grave_matter": "{nobody}"}
    with pytest.raises(PolicyError, match="nobody"):
        load_phrases(write(tmp_path, changed))


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="colour"):
        load_phrases(write(tmp_path, content() | {"colour": "red"}))
