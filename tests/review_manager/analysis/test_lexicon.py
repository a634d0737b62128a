"""The aspect lexicon: cues, negation, and what is wrong with a broken file."""

from pathlib import Path

import pytest

from review_manager.analysis.findings import Aspect
from review_manager.analysis.lexicon import LexiconError, load_lexicon
from review_manager.wording import ASPECTS


def leanings(clause: str, aspect: Aspect) -> set[int]:
    return {hit.leaning for hit in load_lexicon().hits([clause])[0] if hit.aspect is aspect}


@pytest.mark.parametrize(
    ("clause", "aspect", "leaning"),
    [
        ("盒子压坏了", Aspect.PACKAGING, -1),
        ("没有压坏", Aspect.PACKAGING, 1),
        ("是正品", Aspect.AUTHENTICITY, 1),
        ("一点也不新鲜", Aspect.FRESHNESS_TASTE, -1),
        ("客服", Aspect.SERVICE, 0),
        ("安装费太高", Aspect.INSTALLATION, -1),
        ("少发了一件", Aspect.WRONG_MISSING, -1),
    ],
)
def test_cues_and_their_negation(clause: str, aspect: Aspect, leaning: int) -> None:
    assert leaning in leanings(clause, aspect)


def test_no_cue_reaches_into_the_next_clause() -> None:
    first, second = load_lexicon().hits(["物流", "慢慢看这本书"])
    assert {hit.leaning for hit in first if hit.aspect is Aspect.LOGISTICS} == {0}
    assert not [hit for hit in second if hit.aspect is Aspect.LOGISTICS]


def test_hits_point_into_their_own_clause() -> None:
    clauses = ["客服态度好", "快递太慢了"]
    for clause, hits in zip(clauses, load_lexicon().hits(clauses), strict=True):
        assert all(0 <= hit.start < hit.end <= len(clause) for hit in hits)


def test_every_aspect_has_a_chinese_label() -> None:
    assert set(ASPECTS) == set(Aspect)
    assert ASPECTS[Aspect.LOGISTICS] == "物流"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("quality: {topic: ['('], negative: [], positive: []}", "quality"),
        ("taste: {topic: [], negative: [], positive: []}", "taste"),
        ("quality: {topic: [], negative: [], positive: []}", "effect"),
        ("quality: [", "aspects"),
    ],
)
def test_a_broken_lexicon_names_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "aspects.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=named):
        load_lexicon(file)
