"""Vectors are computed beside the server's thread: once a line, in order, failures told once."""

import asyncio
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from components.embeddings import EmbeddingsUnavailableError, VectorStore
from live import vectors_ahead
from live.vectors_ahead import VectorsAhead


class FakeEmbedder:
    """Vectors of one number, the length of the text; remembers who asked, and when."""

    name = "fake"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: set[str] = set()
        self.at_once = self.most_at_once = 0
        self.seconds = 0.0
        self.fails = False

    def vectors(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        self.threads.add(threading.current_thread().name)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        if self.fails:
            raise EmbeddingsUnavailableError("down")
        return np.array([[len(text)] for text in texts], dtype=np.float32)


class FakeWheel(FakeEmbedder):
    """Stands for what computes on this machine."""


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def ahead(embedder: FakeEmbedder) -> VectorsAhead:
    return VectorsAhead(embedder)


@pytest.fixture
def wheel(monkeypatch: pytest.MonkeyPatch) -> FakeWheel:
    monkeypatch.setattr(vectors_ahead, "OfflineEmbedder", FakeWheel)
    return FakeWheel()


async def test_a_prepared_line_is_there_at_once(
    ahead: VectorsAhead, embedder: FakeEmbedder
) -> None:
    await ahead.prepare("你好")
    assert ahead.vectors(["你好"]).tolist() == [[2.0]]
    assert embedder.asked == ["你好"]
    assert threading.main_thread().name not in embedder.threads


async def test_the_same_line_is_computed_once(ahead: VectorsAhead, embedder: FakeEmbedder) -> None:
    for _ in range(3):
        await ahead.prepare("什么时候发货")
        ahead.vectors(["什么时候发货"])
    assert embedder.asked == ["什么时候发货"]


async def test_the_line_is_known_in_the_form_that_the_bot_reads(
    ahead: VectorsAhead, embedder: FakeEmbedder
) -> None:
    await ahead.prepare("  你好！！！！！！！！ ")
    ahead.vectors(list(embedder.asked))
    assert len(embedder.asked) == 1


async def test_others_go_on_meanwhile(ahead: VectorsAhead, embedder: FakeEmbedder) -> None:
    embedder.seconds = 0.3
    preparing = asyncio.create_task(ahead.prepare("很长的一句话"))
    ticks = 0
    while not preparing.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 5


async def test_a_line_that_was_not_prepared_is_computed_now(
    ahead: VectorsAhead, embedder: FakeEmbedder
) -> None:
    assert ahead.vectors(["一", "二二"]).tolist() == [[1.0], [2.0]]
    assert embedder.asked == ["一", "二二"]


async def test_a_failure_is_not_waited_for_twice_and_not_remembered(
    ahead: VectorsAhead, embedder: FakeEmbedder
) -> None:
    embedder.fails = True
    await ahead.prepare("你好")
    with pytest.raises(EmbeddingsUnavailableError):
        ahead.vectors(["你好"])
    assert embedder.asked == ["你好"]
    embedder.fails = False
    await ahead.prepare("你好")
    assert ahead.vectors(["你好"]).tolist() == [[2.0]]


async def test_what_computes_here_leaves_the_other_processors_alone(wheel: FakeWheel) -> None:
    wheel.seconds = 0.05
    ahead = VectorsAhead(wheel)
    await asyncio.gather(*(ahead.prepare(f"第{number}句") for number in range(4)))
    assert wheel.most_at_once == 1
    assert len(wheel.asked) == 4


async def test_an_endpoint_is_asked_for_several_lines_at_once(
    ahead: VectorsAhead, embedder: FakeEmbedder
) -> None:
    embedder.seconds = 0.1
    await asyncio.gather(*(ahead.prepare(f"第{number}句") for number in range(4)))
    assert embedder.most_at_once > 1


async def test_a_training_sentence_needs_no_computing(
    embedder: FakeEmbedder, tmp_path: Path
) -> None:
    VectorStore(tmp_path, embedder).vectors(["你好", "谢谢"])
    embedder.asked.clear()
    ahead = VectorsAhead(embedder, VectorStore(tmp_path, embedder).kept())
    await ahead.prepare(" 谢谢 ")
    assert ahead.vectors(["谢谢"]).tolist() == [[2.0]]
    assert embedder.asked == []
    await ahead.prepare("谢谢你")
    assert embedder.asked == ["谢谢你"]


async def test_old_lines_are_forgotten(
    ahead: VectorsAhead, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_ahead, "REMEMBERED", 2)
    for text in ("一句", "两句", "一句", "三句", "一句", "两句"):
        await ahead.prepare(text)
    assert embedder.asked == ["一句", "两句", "三句", "两句"]
