"""The training sentences nearest in meaning to a line, and what they would call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Votes = dict[str, dict[str, float]]
"""Kind of label (intent, handoff) -> label -> share of the votes, 0 to 1, adding up to 1."""


@dataclass(frozen=True)
class Neighbours:
    """Unit vectors of all training sentences around their mean, and the labels of each.

    A linear head draws one border through all of an intent; neighbours know an intent that is
    many small islands. The nearer a sentence, the more its vote counts. Vectors are kept along
    their main axes only: half of them read lines as well and take a fifth of the time.
    """

    mean: np.ndarray  # of the embedding's dimensions
    axes: np.ndarray  # the embedding's dimensions x axes, each of length 1
    rows: np.ndarray  # sentences x axes, each of length 1
    names: dict[str, list[str]]  # kind -> its labels
    labels: dict[str, np.ndarray]  # kind -> per sentence, place in `names`

    @classmethod
    def fit(
        cls, dense: np.ndarray, labels: Mapping[str, Sequence[str]], *, axes: int
    ) -> "Neighbours":
        """Keep one row per sentence and, for each kind of label, one label per sentence."""
        mean = dense.mean(axis=0).astype(np.float32)
        main = _main_axes(dense - mean, axes)
        places = {kind: np.unique(given, return_inverse=True) for kind, given in labels.items()}
        return cls(
            mean,
            main,
            _unit((dense - mean) @ main).astype(np.float32),
            {kind: names.tolist() for kind, (names, _) in places.items()},
            {kind: place.astype(np.int16) for kind, (_, place) in places.items()},
        )

    def votes(self, vector: np.ndarray, *, nearest: int, reach: float) -> Votes:
        """Let the `nearest` sentences vote; one that is `reach` less alike counts 1/e.

        A vector of other dimensions (another embedding model than in training) gets no votes.
        """
        if vector.shape != self.mean.shape:
            return {}
        alike = self.rows @ _unit(((vector - self.mean) @ self.axes)[None, :])[0]
        count = min(nearest, len(alike))
        heard = np.argpartition(-alike, count - 1)[:count]
        weights = np.exp((alike[heard] - alike[heard].max()) / reach)
        weights /= weights.sum()
        return {kind: self._shares(kind, heard, weights) for kind in self.names}

    def save(self, folder: Path) -> None:
        """Write the arrays; half precision moves no vote and halves the file."""
        arrays = {f"labels_{kind}": places for kind, places in self.labels.items()}
        names = {f"names_{kind}": np.array(names) for kind, names in self.names.items()}
        np.savez(
            folder / "neighbours.npz",
            mean=self.mean,
            axes=self.axes,
            rows=self.rows.astype(np.float16),
            kinds=np.array(list(self.names)),
            **arrays,
            **names,
        )

    @classmethod
    def find(cls, folder: Path) -> "Neighbours | None":
        """Return what was saved; None where there were no embeddings in training."""
        file = folder / "neighbours.npz"
        if not file.is_file():
            return None
        with np.load(file, allow_pickle=False) as kept:
            kinds = kept["kinds"].tolist()
            return cls(
                kept["mean"],
                kept["axes"],
                kept["rows"].astype(np.float32),
                {kind: kept[f"names_{kind}"].tolist() for kind in kinds},
                {kind: kept[f"labels_{kind}"] for kind in kinds},
            )

    def _shares(self, kind: str, heard: np.ndarray, weights: np.ndarray) -> dict[str, float]:
        names = self.names[kind]
        totals = np.bincount(self.labels[kind][heard], weights=weights, minlength=len(names))
        return {name: float(total) for name, total in zip(names, totals, strict=True) if total}


def _main_axes(centred: np.ndarray, axes: int) -> np.ndarray:
    """Return the directions in which the rows differ most, one column each."""
    _, directions = np.linalg.eigh(centred.T @ centred)
    return directions[:, ::-1][:, :axes].astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
