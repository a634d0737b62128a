"""One bad line never costs the others, whatever bytes it holds."""

import json
from pathlib import Path

import pytest

from kefu.jsonl import Record, answer_file


def _echo(record: Record) -> Record:
    if "number" not in record:
        raise ValueError("number is missing")
    return {"id": record.get("id"), "number": record["number"]}


BAD_LINES = {
    "nan as id": b'{"id": NaN}',
    "endless id": b'{"id": 1e999}',
    "nan inside the id": b'{"id": {"a": [NaN]}}',
    "number of 5000 digits": b'{"id": ' + b"9" * 5000 + b"}",
    "hundred thousand brackets": b"[" * 100_000,
    "not utf-8": b"\xff\xfe",
    "a list": b"[1]",
    "no json": b"hello",
    "no id": b'{"other": 1}',
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_named_and_the_next_is_answered(
    line: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(line + b'\n\n{"id": 2, "number": 7}\n')

    answer_file(file, _echo)

    refused, answered = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    assert refused["id"] is None
    assert refused["error"].startswith("line 1: ")
    assert answered == {"id": 2, "number": 7}


def test_a_half_character_in_the_id_comes_back_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"id": "\\ud800王"}\n', encoding="utf-8")

    answer_file(file, _echo)

    out = capsys.readouterr().out
    assert "王" in out
    assert json.loads(out) == {"id": "\ud800王", "error": "number is missing"}


def test_a_value_that_is_no_json_is_an_error_of_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"id": 1, "number": NaN}\n{"id": 2, "number": 3}\n', encoding="utf-8")

    answer_file(file, _echo)

    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [1, 2]
    assert "error" in lines[0]
    assert lines[1]["number"] == 3
