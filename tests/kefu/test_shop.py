import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from kefu.shop import app

CASE = {
    "case_id": "k-1",
    "platform": "jd",
    "category": "electronics",
    "custom_made": False,
    "perishable": False,
    "digital_unsealed": False,
    "periodical": False,
    "exclusion_ground": None,
    "exclusion_confirmed": None,
    "signed_at": "2026-09-24T22:00:00+08:00",
    "requested_at": "2026-10-08T15:59:59Z",
    "reason": "no_reason",
    "condition": "opened_to_inspect",
    "item_paid_fen": 129900,
    "order_paid_fen": 129900,
    "shipping_paid_fen": 0,
}


def run(*arguments: str, stdin: str | None = None) -> tuple[int, list[dict[str, Any]], str]:
    result = CliRunner().invoke(app, ["verdict", *arguments], input=stdin)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    return result.exit_code, answers, result.stderr


def test_every_line_gets_its_answer_in_order(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    lines = [
        json.dumps(CASE),
        "{not json",
        json.dumps(CASE | {"case_id": "k-2", "reason": "bored"}),
        "",
        json.dumps(CASE | {"case_id": "k-3", "condition": "activated"}),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    code, answers, _ = run(str(file))
    assert code == 0
    assert [answer["case_id"] for answer in answers] == ["k-1", None, "k-2", "k-3"]
    assert answers[0]["right"] == "granted"
    assert answers[0]["last_day"] == "2026-10-08"
    assert "line 2" in answers[1]["error"]
    assert "reason: 'bored'" in answers[2]["error"]
    assert (answers[3]["right"], answers[3]["refund_fen"]) == ("refused", 0)


def test_another_policy_can_be_tried(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(CASE), encoding="utf-8")
    policy = tmp_path / "mine.yml"
    policy.write_text(
        "statute: [{valid_from: 2017-03-15, source: mine, confidence: G, rest_days: none}]",
        encoding="utf-8",
    )
    code, answers, _ = run(str(file), "--policy", str(policy))
    assert (code, answers[0]["right"], answers[0]["last_day"]) == (0, "refused", "2026-10-01")


def test_a_faulty_policy_and_a_file_that_is_not_there_are_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(CASE), encoding="utf-8")
    policy = tmp_path / "mine.yml"
    policy.write_text("statute: []", encoding="utf-8")
    code, _, errors = run(str(file), "--policy", str(policy))
    assert code == 2
    assert "mine.yml: statute" in errors
    code, _, errors = run(str(tmp_path / "absent.jsonl"))
    assert code == 2
    assert "absent.jsonl" in errors
