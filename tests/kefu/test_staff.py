"""`kefu staff`: people are added, listed, given new passwords and locked out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kefu.staff import app

runner = CliRunner()


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("KEFU_DATABASE_URL", raising=False)


def _call(*words: str, code: int = 0) -> str:
    result = runner.invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def _people() -> list[dict[str, object]]:
    return [json.loads(line) for line in _call("list", "--json").splitlines()]


def test_a_person_is_added_with_a_password_shown_once() -> None:
    first = _call("add", "xiaoli", "--name", "小李", "--role", "lead")
    assert first.startswith("xiaoli / ")
    assert _people() == [{"login": "xiaoli", "name": "小李", "role": "lead", "disabled": False}]
    assert _call("password", "xiaoli") != first


def test_a_log_in_name_is_given_once() -> None:
    _call("add", "xiaoli", "--name", "小李")
    _call("add", "xiaoli", "--name", "另一个小李", code=1)
    assert [person["name"] for person in _people()] == ["小李"]


def test_a_person_is_locked_out() -> None:
    _call("add", "xiaoli", "--name", "小李")
    _call("disable", "xiaoli")
    assert _people()[0]["disabled"] is True


@pytest.mark.parametrize("verb", ["password", "disable"])
def test_an_unknown_person_is_named_as_such(verb: str) -> None:
    assert "kefu staff list" in _call(verb, "nobody", code=1)
