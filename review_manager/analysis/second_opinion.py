"""Settles doubtful reviews with a small neural head over the sentence embedding."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.embedding import embed, excerpt


@dataclass(frozen=True)
class SecondOpinion:
    """A committee of one-hidden-layer networks, and when and how much to trust it.

    Shapes: `centre`, `scale` (384,); `first` (members, 384, hidden), `first_bias` (members,
    hidden), `last` (members, hidden), `last_bias` (members,). A margin nearer to 0 than `doubt`
    is asked about; the settled margin is `weight * margin + trust * opinion`.
    """

    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    first: NDArray[np.float32]
    first_bias: NDArray[np.float32]
    last: NDArray[np.float32]
    last_bias: NDArray[np.float32]
    doubt: float
    weight: float
    trust: float

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a committee that `write` stored: numbers only, nothing executable."""
        with np.load(file, allow_pickle=False) as stored:
            names = ("centre", "scale", "first", "first_bias", "last", "last_bias")
            tables = (stored[name].astype(np.float32) for name in names)
            return cls(*tables, *(float(number) for number in stored["rule"]))

    def write(self, file: Path) -> None:
        """Store the committee in half precision."""
        half = np.float16
        np.savez_compressed(
            file,
            centre=self.centre.astype(half),
            scale=self.scale.astype(half),
            first=self.first.astype(half),
            first_bias=self.first_bias.astype(half),
            last=self.last.astype(half),
            last_bias=self.last_bias.astype(half),
            rule=np.array([self.doubt, self.weight, self.trust]),
        )

    def settle(self, texts: Sequence[str], margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the margins of plain texts with the doubtful ones settled."""
        doubtful = np.flatnonzero((np.abs(margins) < self.doubt) & (margins != 0.0))
        settled = margins.copy()
        if len(doubtful):
            order = sorted(doubtful.tolist(), key=lambda row: len(excerpt(texts[row])))
            opinions = self.opinions(embed([texts[row] for row in order]))
            settled[order] = self.weight * margins[order] + self.trust * opinions
        return settled

    def opinions(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the committee's mean log-odds of being positive; `vectors` is (texts, 384)."""
        shown = (vectors - self.centre) / self.scale
        hidden = np.maximum(
            np.einsum("td,mdh->mth", shown, self.first) + self.first_bias[:, None], 0
        )
        votes = np.einsum("mth,mh->mt", hidden, self.last) + self.last_bias[:, None]
        opinions: NDArray[np.float64] = votes.mean(axis=0).astype(np.float64)
        return opinions
