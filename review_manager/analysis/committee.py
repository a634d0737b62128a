"""A committee of small networks over the sentence embedding, as plain arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Committee:
    """Networks of one hidden layer, and how their inputs are scaled.

    Shapes: `centre`, `scale` (384,); `first` (members, 384, hidden); `first_bias` (members,
    hidden); `last` (members, hidden); `last_bias` (members,).
    """

    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    first: NDArray[np.float32]
    first_bias: NDArray[np.float32]
    last: NDArray[np.float32]
    last_bias: NDArray[np.float32]

    @classmethod
    def of_tables(cls, stored: Mapping[str, NDArray[np.float16]]) -> Self:
        """Read the arrays that `tables` gave."""
        return cls(*(stored[field.name].astype(np.float32) for field in fields(cls)))

    def tables(self) -> dict[str, Any]:
        """Return the arrays by name, in half precision."""
        return {field.name: getattr(self, field.name).astype(np.float16) for field in fields(self)}

    def says(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the mean log-odds of the members; `vectors` is (texts, 384)."""
        shown = (vectors - self.centre) / self.scale
        hidden = np.maximum(
            np.einsum("td,mdh->mth", shown, self.first, optimize=True) + self.first_bias[:, None],
            0,
        )
        votes = np.einsum("mth,mh->mt", hidden, self.last) + self.last_bias[:, None]
        said: NDArray[np.float64] = votes.mean(axis=0).astype(np.float64)
        return said
