"""The dictionary that jieba keeps is read at one go, and left to jieba where that fails."""

import marshal
from pathlib import Path
from types import SimpleNamespace

import pytest

from review_manager.analysis import tokenizer


def _fresh() -> SimpleNamespace:
    return SimpleNamespace(initialized=False, FREQ={}, total=0)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where jieba keeps its dictionary."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    return tmp_path / "jieba.cache"


def test_what_is_kept_is_taken(kept: Path) -> None:
    kept.write_bytes(marshal.dumps(({"退货": 7, "退": 0}, 7)))
    dictionary = _fresh()
    tokenizer._start_quickly(dictionary)
    assert dictionary.initialized
    assert dictionary.FREQ == {"退货": 7, "退": 0}
    assert dictionary.total == 7


@pytest.mark.parametrize("broken", [b"", b"\xff\xff", marshal.dumps(3), marshal.dumps((1, 2, 3))])
def test_what_cannot_be_read_is_left_to_jieba(kept: Path, broken: bytes) -> None:
    kept.write_bytes(broken)
    dictionary = _fresh()
    tokenizer._start_quickly(dictionary)
    assert not dictionary.initialized
    assert dictionary.FREQ == {}


def test_where_nothing_is_kept_jieba_builds_it(kept: Path) -> None:
    dictionary = _fresh()
    tokenizer._start_quickly(dictionary)
    assert not dictionary.initialized


def test_a_dictionary_in_use_is_left_alone(kept: Path) -> None:
    kept.write_bytes(marshal.dumps(({"退货": 7}, 7)))
    dictionary = SimpleNamespace(initialized=True, FREQ={"换货": 1}, total=1)
    tokenizer._start_quickly(dictionary)
    assert dictionary.FREQ == {"换货": 1}
