"""Policy files: what is wrong in one is said by file and key; shops may add rules of their own."""

from pathlib import Path

import pytest
import yaml

from compliance import build_checker, load_wording
from compliance.policy import WORDING_FILE, expand
from compliance.verdict import Channel
from policies.files import PolicyError


@pytest.fixture
def preset() -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    return loaded


def write(folder: Path, content: object) -> Path:
    file = folder / "wording.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_every_rule_names_its_source() -> None:
    assert all(rule.source for rule in load_wording().rules.values())


def test_an_unknown_key_is_named(tmp_path: Path, preset: dict[str, object]) -> None:
    preset["colour"] = "red"
    with pytest.raises(PolicyError, match=r"wording\.yml: colour"):
        load_wording(write(tmp_path, preset))


def test_a_broken_pattern_is_named(tmp_path: Path, preset: dict[str, object]) -> None:
    preset["rules"]["void_term"]["patterns"][0]["find"] = "(("  # type: ignore[index]
    with pytest.raises(PolicyError, match=r"rules\.void_term\.patterns\.0"):
        load_wording(write(tmp_path, preset))


def test_an_unknown_word_class_is_named(tmp_path: Path, preset: dict[str, object]) -> None:
    preset["rules"]["void_term"]["patterns"][0]["find"] = "%nowhere%"  # type: ignore[index]
    with pytest.raises(PolicyError, match="nowhere"):
        load_wording(write(tmp_path, preset))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none\.yml"):
        load_wording(tmp_path / "none.yml")


def test_gap_marks_stay_inside_their_clause_or_sentence() -> None:
    policy = load_wording()
    assert "," in expand(policy, "_3_").split("{")[0]
    assert "," not in expand(policy, "~3~").split("{")[0]


def own_rules(folder: Path, name: str) -> Path:
    rule = {
        "source": "店规2026-3",
        "severity": "warn",
        "patterns": [{"find": "亲爱的", "rewrite": "您好"}],
    }
    content = {"valid_from": "2026-11-01", "source": "店规", "rules": {name: rule}}
    file = folder / "own.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_a_shop_adds_a_rule_of_its_own(tmp_path: Path) -> None:
    checker = build_checker(load_wording(own_rules=own_rules(tmp_path, "no_darling")))
    (finding,) = checker.check("亲爱的，您的包裹到了。", channel=Channel.CHAT).findings
    assert (finding.rule, finding.source, finding.severity) == ("no_darling", "店规2026-3", "warn")
    assert (finding.start, finding.end, finding.rewrite) == (0, 3, "您好")


def test_a_shop_may_not_replace_a_law(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="void_term"):
        load_wording(own_rules=own_rules(tmp_path, "void_term"))
