"""The process that reads lines: a model that cannot be loaded, an environment that is missing."""

from pathlib import Path

import pytest

from kefu import bot_lines
from kefu.bot_lines import ModelBrokenError, line_reader
from kefu.bot_model import NoBotEnvironmentError


@pytest.mark.product
def test_a_broken_model_is_named_as_such(tmp_path: Path) -> None:
    model = tmp_path / "broken.tar.gz"
    model.write_bytes(b"this is no archive")
    with line_reader(model) as reader, pytest.raises(ModelBrokenError, match="train again"):
        reader.read("你好", [])


def test_a_missing_environment_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_lines, "PYTHON", tmp_path / "python")
    with pytest.raises(NoBotEnvironmentError), line_reader(tmp_path / "model.tar.gz"):
        pass
