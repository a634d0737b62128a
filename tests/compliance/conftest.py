"""The corpus of lawful and unlawful sentences, and how to score a checker on it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from compliance import Channel, get_checker

CORPUS = Path(__file__).parent / "corpus"
HALVES = (
    "tuning",
    "held_out",
    "second_held_out",
    "third_held_out",
    "fourth_held_out",
    "fifth_held_out",
    "sixth_held_out",
    "seventh_held_out",
)


@dataclass(frozen=True)
class Sentence:
    """One labelled sentence; `also` are rules that a careful reader could name as well."""

    id: str
    text: str
    channel: Channel
    public: bool
    expected: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True)
class Score:
    """Precision and recall over (sentence, rule) pairs."""

    precision: float
    recall: float
    wrong: tuple[str, ...]


def read_sentences(half: str) -> list[Sentence]:
    lines = (CORPUS / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Sentence(
            row["id"],
            row["text"],
            Channel(row["channel"]),
            row["public"],
            frozenset(row["expected"]),
            frozenset(row.get("also", [])),
        )
        for row in map(json.loads, lines)
    ]


def score(sentences: list[Sentence]) -> Score:
    right = extra = missed = 0
    wrong = []
    for sentence in sentences:
        found = get_checker().check(sentence.text, channel=sentence.channel, public=sentence.public)
        rules = found.rules - sentence.also
        right += len(rules & sentence.expected)
        extra += len(rules - sentence.expected)
        missed += len(sentence.expected - rules)
        if rules != sentence.expected:
            wrong.append(f"{sentence.id} {sentence.text} {sorted(rules)}")
    return Score(right / (right + extra), right / (right + missed), tuple(wrong))


@pytest.fixture(scope="session")
def sentences() -> list[Sentence]:
    """Every sentence of the corpus."""
    return [sentence for half in HALVES for sentence in read_sentences(half)]
