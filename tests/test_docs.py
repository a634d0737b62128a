"""The documents say what is true: every setting is in .env.example, every command exists."""

import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from kefu.__main__ import app
from server.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _example_settings() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^KEFU_[A-Z_]+(?==)", text, re.MULTILINE))


def test_every_setting_is_in_the_example_and_no_other() -> None:
    declared = {f"KEFU_{name.upper()}" for name in Settings.model_fields}
    assert _example_settings() == declared


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    example = Settings(_env_file=ROOT / ".env.example").model_dump()
    assert example == Settings(_env_file=None).model_dump()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists(document: Path) -> None:
    command = get_command(app)
    context = typer.Context(command)
    for noun, verb in re.findall(r"\bkefu ([a-z]+)(?: ([a-z]+))?", _code(document.read_text())):
        found = command.get_command(context, noun)
        assert found is not None, f"{document.name}: kefu {noun}"
        verbs = getattr(found, "commands", {})
        if verb and verbs:
            assert verb in verbs, f"{document.name}: kefu {noun} {verb}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_in_the_documents_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", _code(document.read_text()))) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_local_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


def _code(text: str) -> str:
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
