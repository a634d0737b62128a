"""What is written in the ONNX form is what onnxruntime reads and computes."""

import numpy as np
import pytest

from embedding import onnx_form

onnxruntime = pytest.importorskip("onnxruntime")


def _run(model: bytes, given: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    answer: np.ndarray = session.run(None, {"given": given})[0]
    return answer


def test_a_written_graph_computes() -> None:
    weight = np.arange(6, dtype=np.float32).reshape(3, 2)
    model = onnx_form.model(
        onnx_form.graph(
            [
                onnx_form.node("MatMul", ["given", "weight"], ["product"]),
                onnx_form.node("LeakyRelu", ["product"], ["answer"], alpha=0.25),
            ],
            [onnx_form.table("weight", weight)],
            given=onnx_form.value("given", ["rows", 3]),
            answer=onnx_form.value("answer", ["rows", 2]),
        ),
        {"": 18},
    )
    given = np.array([[1, 0, -1], [2, 2, 2]], np.float32)
    product = given @ weight
    assert np.allclose(_run(model, given), np.where(product < 0, product * 0.25, product))


@pytest.mark.parametrize(("axis", "shape"), [(-1, (2, 1)), (0, (1, 3))])
def test_numbers_below_nought_and_tables_of_integers(axis: int, shape: tuple[int, int]) -> None:
    model = onnx_form.model(
        onnx_form.graph(
            [
                onnx_form.node("ReduceMax", ["given", "axes"], ["most"], keepdims=1),
                onnx_form.node("Concat", ["most", "most"], ["answer"], axis=axis),
            ],
            [onnx_form.table("axes", np.array([axis], np.int64))],
            given=onnx_form.value("given", ["rows", 3]),
            answer=onnx_form.value("answer", ["rows", "columns"]),
        ),
        {"": 18},
    )
    given = np.array([[1, 5, 3], [9, 7, 8]], np.float32)
    most = given.max(axis=axis, keepdims=True)
    assert most.shape == shape
    assert np.array_equal(_run(model, given), np.concatenate([most, most], axis=axis))


def test_a_graph_of_another_kind_is_refused_by_the_reader() -> None:
    parts = onnx_form.graph(
        [onnx_form.node("NoSuchStep", ["given"], ["answer"])],
        [],
        given=onnx_form.value("given", [1]),
        answer=onnx_form.value("answer", [1]),
    )
    with pytest.raises(Exception, match="NoSuchStep"):
        _run(onnx_form.model(parts, {"": 18}), np.zeros(1, np.float32))


def test_only_kinds_that_are_known_are_written() -> None:
    with pytest.raises(KeyError):
        onnx_form.table("doubles", np.zeros(2))
