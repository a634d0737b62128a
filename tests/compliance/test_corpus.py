"""How well the shipped policy tells lawful sentences from unlawful ones, and mends the latter."""

import time

import pytest

from compliance import get_checker, rewritten
from tests.compliance.conftest import HALVES, Sentence, read_sentences, score


@pytest.mark.parametrize("half", HALVES)
def test_precision_and_recall_hold_on_every_half(half: str) -> None:
    """The figures of the first look are in docs/compliance.md; these are floors for changes."""
    result = score(read_sentences(half))
    assert result.precision >= 0.97, result.wrong
    assert result.recall >= 0.97, result.wrong


def test_the_corpus_is_large_and_balanced(sentences: list[Sentence]) -> None:
    lawful = [sentence for sentence in sentences if not sentence.expected]
    assert len(lawful) >= 300
    assert len(sentences) - len(lawful) >= 300
    assert len({sentence.text for sentence in sentences}) == len(sentences)


def test_every_rewrite_passes_the_check_itself(sentences: list[Sentence]) -> None:
    failures = []
    for sentence in sentences:
        checker = get_checker()
        verdict = checker.check(sentence.text, channel=sentence.channel, public=sentence.public)
        mended = rewritten(sentence.text, verdict)
        again = checker.check(mended, channel=sentence.channel, public=sentence.public)
        if again.findings:
            failures.append((sentence.text, mended, sorted(again.rules)))
    assert failures == []


def test_lawful_sentences_are_not_rewritten(sentences: list[Sentence]) -> None:
    untouched = [
        sentence
        for sentence in sentences
        if not sentence.expected
        and rewritten(
            sentence.text,
            get_checker().check(sentence.text, channel=sentence.channel, public=sentence.public),
        )
        == sentence.text
    ]
    lawful = [sentence for sentence in sentences if not sentence.expected]
    assert len(untouched) >= 0.98 * len(lawful)


def test_spans_point_into_the_original_text(sentences: list[Sentence]) -> None:
    for sentence in sentences:
        verdict = get_checker().check(
            sentence.text, channel=sentence.channel, public=sentence.public
        )
        for finding in verdict.findings:
            assert 0 <= finding.start <= finding.end <= len(sentence.text)
            assert finding.start < finding.end or finding.rule == "missing_label"


def test_a_check_takes_less_than_a_millisecond_typically(sentences: list[Sentence]) -> None:
    checker = get_checker()
    durations = []
    for sentence in sentences:
        began = time.perf_counter()
        checker.check(sentence.text, channel=sentence.channel, public=sentence.public)
        durations.append(time.perf_counter() - began)
    assert sorted(durations)[len(durations) // 2] < 0.001
