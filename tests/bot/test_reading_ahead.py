"""Vectors of a file's lines, computed beside the reader."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from reading_ahead import ReadingAhead, _texts, start_reading_ahead

WAIT_SECONDS = 10.0


class Engine:
    """Gives each text its length as vector; keeps what it was asked, may be slow."""

    name = "lengths"

    def __init__(self, seconds: float = 0.0) -> None:
        self.asked: list[str] = []
        self._seconds = seconds

    def vectors(self, texts: list[str]) -> np.ndarray:
        self.asked.extend(texts)
        time.sleep(self._seconds)
        return np.array([[float(len(text))] for text in texts], np.float32)


def until_it_has_come_to(ahead: Engine, text: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while text not in ahead.asked and time.monotonic() < end:
        time.sleep(0.005)
    assert text in ahead.asked


def test_what_was_read_ahead_is_not_computed_again() -> None:
    ahead, own = Engine(), Engine()
    reading = ReadingAhead(["你好", "退货", "发票"], ahead)
    until_it_has_come_to(ahead, "发票")
    time.sleep(0.05)
    assert reading.join(own).vectors(["退货", "你好"]).tolist() == [[2.0], [2.0]]
    assert own.asked == []


def test_a_line_that_is_not_in_the_file_is_computed_by_the_reader() -> None:
    ahead, own = Engine(), Engine()
    reading = ReadingAhead(["你好"], ahead).join(own)
    assert reading.vectors(["别的一句"]).tolist() == [[4.0]]
    assert own.asked == ["别的一句"]


def test_both_engines_share_the_lines_of_a_slow_machine() -> None:
    texts = [f"{'长' * length}" for length in range(1, 41)]
    ahead, own = Engine(0.01), Engine(0.01)
    reading = ReadingAhead(texts, ahead).join(own)
    assert [reading.vectors([text])[0, 0] for text in texts] == list(range(1, 41))
    assert len(set(ahead.asked)) > 5
    assert len(set(own.asked)) > 5
    assert len(ahead.asked) + len(own.asked) < 60  # a few twice, not all of them


def test_a_line_said_twice_is_computed_once() -> None:
    ahead = Engine()
    ReadingAhead(["在吗", "在吗", "退货"], ahead)
    until_it_has_come_to(ahead, "退货")
    assert ahead.asked == ["在吗", "退货"]


def test_nothing_can_be_asked_before_the_reader_joined() -> None:
    with pytest.raises(RuntimeError, match="join"):
        ReadingAhead([], Engine()).vectors(["你好"])


def test_context_comes_before_its_line_and_bad_lines_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    rows = [
        json.dumps({"text": "多久", "context": ["退款呢", 3]}),
        "nonsense",
        "[1]",
        '{"context": "x"}',
        '{"text": "好"}',
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    assert list(_texts(file)) == ["退款呢", "多久", "好"]


def test_an_endpoint_is_not_asked_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_EMBEDDINGS_URL", "http://127.0.0.1:9/v1/embeddings")
    assert start_reading_ahead(tmp_path / "lines.jsonl") is None
