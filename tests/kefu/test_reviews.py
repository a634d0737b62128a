"""`kefu reviews classify` and `kefu reviews train` as a program would call them."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kefu.reviews import app

KEYS = {"id", "polarity", "p_negative", "sentiment", "aspects", "safety", "threat"}
GOOD = ["质量很好", "很喜欢", "物流快，包装好", "味道不错", "老板热情", "便宜又好用"]
BAD = ["质量太差", "坏了不给退", "送了三天才到", "难吃", "客服不理人", "又贵又难用"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["review", "label"])
        for number in range(15):
            writer.writerows([[f"{text}{'呀' * (number % 4)}", 1] for text in GOOD])
            writer.writerows([[f"{text}{'啊' * (number % 4)}", 0] for text in BAD])
    return file


@pytest.mark.parametrize("mode", [[], ["--fast"]], ids=["full", "fast"])
def test_one_json_line_for_each_row(tmp_path: Path, mode: list[str]) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text('id,review,stars\na1,"质量很好，喜欢",5\na2,"坏了，\n充电还冒烟",1\n', "utf-8")
    first, second = answers(run("classify", str(file), *mode))
    assert set(first) == KEYS
    assert (first["id"], first["polarity"]) == ("a1", "positive")
    assert (second["id"], second["polarity"], second["safety"]) == ("a2", "negative", True)
    for found in first["aspects"] + second["aspects"]:
        assert set(found) == {"aspect", "polarity", "text"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_exports(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "reviews.csv"
    file.write_bytes("review\n质量太差，失望\n".encode(encoding))
    (answer,) = answers(run("classify", str(file), "--fast"))
    assert answer["polarity"] == "negative"
    assert answer["id"] == 1


def test_tab_separated(tmp_path: Path) -> None:
    file = tmp_path / "reviews.tsv"
    file.write_text("id\treview\n7\t很好, 喜欢\n", encoding="utf-8")
    assert [answer["id"] for answer in answers(run("classify", str(file), "--fast"))] == ["7"]


def test_json_lines_with_bad_lines_between(tmp_path: Path) -> None:
    file = tmp_path / "reviews.jsonl"
    lines = ['{"id": 1, "review": "很好"}', "not json", '{"id": 3}', '{"id": 4, "review": "差"}']
    file.write_text("\n".join(lines), encoding="utf-8")
    result = run("classify", str(file), "--fast")
    found = answers(result)
    assert result.exit_code == 0
    assert [answer["id"] for answer in found] == [1, None, 3, 4]
    assert ["error" in answer for answer in found] == [False, True, True, False]


def test_half_a_character_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "reviews.jsonl"
    file.write_text('{"id": 1, "review": "\\ud83d很好，喜欢\\ud83d"}', encoding="utf-8")
    assert answers(run("classify", str(file), "--fast"))[0]["polarity"] == "positive"


def test_a_table_without_reviews_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("id,text\n1,好\n", encoding="utf-8")
    result = run("classify", str(file))
    assert result.exit_code == 2
    assert "no column 'review'" in result.stderr
    assert "id, text" in result.stderr


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    assert run("classify", str(file)).exit_code == 2


def test_training_reports_both_accuracies(tmp_path: Path, labelled: Path) -> None:
    result = run("train", str(labelled), "--models", str(tmp_path / "models"), "--json")
    report = answers(result)[0]
    assert report["held_out"] == 36
    assert 0 <= report["accuracy_before"] <= 1
    kept = (tmp_path / "models" / "reviews" / "polarity.npz").exists()
    assert kept is report["replaced"] is (report["accuracy_after"] > report["accuracy_before"])


def test_a_shop_that_speaks_its_own_language_gets_its_own_model(tmp_path: Path) -> None:
    file = tmp_path / "slang.csv"
    rows = [f"老铁这波属于黄瓜等级{n},1" for n in "甲乙丙丁戊己庚辛壬癸" * 4]
    rows += [f"老铁这波属于茄子等级{n},0" for n in "甲乙丙丁戊己庚辛壬癸" * 4]
    file.write_text("review,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    report = answers(run("train", str(file), "--models", str(tmp_path / "models"), "--json"))[0]
    assert report["replaced"]
    assert report["accuracy_after"] > report["accuracy_before"]
    reviews = tmp_path / "new.csv"
    reviews.write_text("review\n这波黄瓜等级\n这波茄子等级\n质量太差，坏了\n", encoding="utf-8")
    own = str(tmp_path / "models" / "reviews")
    sides = [
        a["polarity"] for a in answers(run("classify", str(reviews), "--fast", "--model", own))
    ]
    assert sides == ["positive", "negative", "negative"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("review,label\n好,1\n", "at least 50"),
        ("review,mood\n好,1\n", "'label'"),
        ("review,label\n好,perhaps\n", "line 2"),
    ],
)
def test_training_says_what_is_wrong_with_the_file(
    tmp_path: Path, content: str, named: str
) -> None:
    file = tmp_path / "labelled.csv"
    file.write_text(content, encoding="utf-8")
    result = run("train", str(file), "--models", str(tmp_path))
    assert result.exit_code == 2
    assert named in result.stderr
