"""A linear classifier over sparse and dense features, saved as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class LinearHead:
    """One-against-rest margins of a linear SVM, turned into probabilities by a temperature.

    The dense features are standardised; where a line has none (an endpoint that failed) they
    count as the average, so the sparse features decide.
    """

    classes: list[str]
    weights: np.ndarray  # classes x (sparse + dense)
    bias: np.ndarray
    mean: np.ndarray  # of the dense features; empty where the head was trained without any
    scale: np.ndarray

    @classmethod
    def fit(
        cls,
        sparse: sp.csr_matrix,
        dense: np.ndarray | None,
        labels: Sequence[str],
        *,
        regularisation: float,
        dense_weight: float,
        sample_weight: np.ndarray | None = None,
    ) -> "LinearHead":
        """Train on one row per label; `dense_weight` is the dense block's share beside sparse."""
        from sklearn.svm import LinearSVC

        mean, scale = _standard(dense, dense_weight)
        features = _joined(sparse, dense, mean, scale)
        machine = LinearSVC(C=regularisation, random_state=0)
        machine.fit(features, labels, sample_weight=sample_weight)
        weights, bias = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:
            weights, bias = np.vstack([-weights, weights]), np.hstack([-bias, bias])
        return cls(
            [str(name) for name in machine.classes_],
            _by_feature(weights),
            bias.astype(np.float32),
            mean,
            scale,
        )

    def margins(self, sparse: sp.csr_matrix, dense: np.ndarray | None) -> np.ndarray:
        """Return rows x classes of signed distances."""
        width = sparse.shape[1]
        margins = np.asarray(sparse @ self.weights[:, :width].T) + self.bias
        if dense is not None and dense.shape[1] == len(self.mean):
            margins += ((dense - self.mean) * self.scale) @ self.weights[:, width:].T
        return margins

    def save(self, folder: Path, name: str = "head") -> None:
        """Write the arrays; half precision is enough for margins and halves the file."""
        np.savez_compressed(
            folder / f"{name}.npz",
            classes=np.array(self.classes),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            mean=self.mean,
            scale=self.scale,
        )

    @classmethod
    def load(cls, folder: Path, name: str = "head") -> "LinearHead":
        with np.load(folder / f"{name}.npz", allow_pickle=False) as kept:
            return cls(
                kept["classes"].tolist(),
                _by_feature(kept["weights"]),
                kept["bias"],
                kept["mean"],
                kept["scale"],
            )


def probabilities(margins: np.ndarray, temperature: float) -> np.ndarray:
    """Return the softmax of margins / temperature, row by row."""
    scaled = margins / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _by_feature(weights: np.ndarray) -> np.ndarray:
    """Lay out weights so that a feature's stand side by side, or each product copies them all."""
    return np.asarray(weights, dtype=np.float32, order="F")


def _standard(dense: np.ndarray | None, weight: float) -> "tuple[np.ndarray, np.ndarray]":
    if dense is None:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    spread = np.maximum(dense.std(axis=0), 1e-6) * np.sqrt(dense.shape[1])
    return dense.mean(axis=0).astype(np.float32), (weight / spread).astype(np.float32)


def _joined(
    sparse: sp.csr_matrix, dense: np.ndarray | None, mean: np.ndarray, scale: np.ndarray
) -> sp.csr_matrix:
    if dense is None:
        return sparse
    return sp.hstack([sparse, sp.csr_matrix((dense - mean) * scale)], format="csr")
