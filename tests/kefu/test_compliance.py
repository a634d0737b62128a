"""`kefu compliance check`: a line in, a line out."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from kefu.compliance import app


def run(file: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, ["check", str(file), *options])
    lines = result.stdout.splitlines()
    return result.exit_code, [json.loads(line) for line in lines]


def test_every_line_is_answered_in_order(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    texts = [
        {"id": "a", "text": "第一时间为您处理", "channel": "chat", "public": False},
        {"id": "b", "text": "订单号2026112233445566", "channel": "review_reply", "public": True},
        {"id": 3, "text": "终身质保", "channel": "chat", "public": False},
    ]
    file.write_text("".join(json.dumps(text) + "\n" for text in texts))
    code, answers = run(file)
    assert code == 0
    assert [(answer["id"], answer["verdict"]) for answer in answers] == [
        ("a", "ok"),
        ("b", "block"),
        (3, "warn"),
    ]
    (finding,) = answers[1]["findings"]
    assert finding.keys() == {"rule", "source", "start", "end", "severity", "rewrite"}
    assert texts[1]["text"][finding["start"] : finding["end"]] == "2026112233445566"


def test_a_bad_line_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(
        '{"id": 1, "channel": "chat"}\nnonsense\n{"id": 3, "text": "您好", "channel": "fax"}\n'
        '{"id": 4, "text": "您好", "channel": "chat", "public": "yes"}\n'
        '{"id": 5, "text": "您好", "channel": "chat", "public": false}\n'
    )
    code, answers = run(file)
    assert code == 0
    assert [("error" in answer) for answer in answers] == [True, True, True, True, False]


def test_a_missing_file_fails(tmp_path: Path) -> None:
    assert run(tmp_path / "none.jsonl") == (1, [])


def test_generated_text_is_checked_for_its_label(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"id": 1, "text": "您的包裹明天到。", "channel": "chat", "generated": true}\n')
    _, (answer,) = run(file)
    assert [finding["rule"] for finding in answer["findings"]] == ["missing_label"]
