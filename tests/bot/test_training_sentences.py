"""The sentences that the bot learns from: enough, of every label, and none of the held-out ones."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LABELS = {
    "order_status", "logistics", "return_request", "exchange_request", "refund_status",
    "return_policy", "cancel_order", "change_address", "invoice", "promotion_price",
    "product_question", "warranty_repair", "payment_problem", "complaint_dispute", "ask_human",
    "greet", "thanks_bye", "affirm", "deny", "out_of_scope",
}  # fmt: skip
REASONS = {
    "asked_human", "complaint", "safety", "legal_threat", "repeated_failure", "policy_exception",
    "high_value",
}  # fmt: skip

Block = dict[str, Any]


@pytest.fixture(scope="module")
def blocks() -> list[Block]:
    files = sorted((ROOT / "data" / "nlu").glob("*.yml"))
    read = [block for file in files for block in yaml.safe_load(file.read_text())["nlu"]]
    return [block for block in read if "intent" in block]


def sentences(block: Block) -> list[str]:
    return [line[2:] for line in block["examples"].splitlines()]


def test_there_are_thousands_and_no_intent_is_thin(blocks: list[Block]) -> None:
    counts = Counter[str]()
    for block in blocks:
        counts[block["intent"]] += len(sentences(block))
    assert counts.total() >= 3500
    assert set(counts) == LABELS
    assert min(counts.values()) >= 100


def test_no_sentence_is_written_twice(blocks: list[Block]) -> None:
    counts = Counter(line for block in blocks for line in sentences(block))
    assert [line for line, count in counts.items() if count > 1] == []


def test_every_reason_for_a_person_has_examples(blocks: list[Block]) -> None:
    counts = Counter[str]()
    for block in blocks:
        reason = block.get("metadata", {}).get("handoff")
        if reason:
            counts[reason] += len(sentences(block))
    assert set(counts) == REASONS
    assert min(counts.values()) >= 20


def test_metadata_names_only_what_is_read(blocks: list[Block]) -> None:
    assert {key for block in blocks for key in block.get("metadata", {})} == {"wish", "handoff"}


def test_no_held_out_line_is_trained_on(
    blocks: list[Block],
    held_out: list[dict[str, Any]],
    blind: list[dict[str, Any]],
    blind_later: list[dict[str, Any]],
    blind_short: list[dict[str, Any]],
) -> None:
    trained = {re.sub(r"\W", "", line) for block in blocks for line in sentences(block)}
    lines = [*held_out, *blind, *blind_later, *blind_short]
    alone = [line["text"] for line in lines if "context" not in line]
    assert [text for text in alone if re.sub(r"\W", "", text) in trained] == []


def test_no_sentence_is_read_as_an_annotated_entity(blocks: list[Block]) -> None:
    lines = [line for block in blocks for line in sentences(block)]
    assert [line for line in lines if re.search(r"\][({]", line)] == []


def test_blind_lines_are_many_and_enough_of_them_are_for_a_person(
    blind: list[dict[str, Any]], blind_later: list[dict[str, Any]]
) -> None:
    for lines, least, persons in ((blind, 120, 50), (blind_later, 100, 50)):
        texts = {line["text"] for line in lines}
        reasons = [line["handoff"] for line in lines if line["handoff"]]
        assert len(texts) == len(lines) >= least
        assert len(reasons) >= persons
        assert set(reasons) <= REASONS
    assert {line["intent"] for line in blind} <= LABELS | {"affirm_deny"}
