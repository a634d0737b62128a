"""Chooses what the sentence encoder is tuned on, and in which order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review_manager.training.reviews_file import LabelledReviews

OWN_TIMES = 2  # the project's own texts are few, and speak of goods that the corpus lacks
WRONG = -0.6  # a held-out margin this far on the other side: the label is mostly the mistake
BATCH = 32
_SORTED_AT_ONCE = 50  # batches whose rows are sorted by length, so that little is filled up


@dataclass(frozen=True)
class Lesson:
    """Texts to tune on; `goals` is what to say of each, from 0 (bad) to 1 (good)."""

    texts: tuple[str, ...]
    goals: NDArray[np.float64]


def lesson(
    reviews: LabelledReviews,
    margins: NDArray[np.float64],
    own: tuple[tuple[str, ...], NDArray[np.int64]],
) -> Lesson:
    """Return the reviews worth learning from, and after them the project's own texts.

    `margins` are the held-out margins of the words for `reviews`.
    """
    kept = margins * (2 * reviews.labels - 1) >= WRONG
    texts, labels = own
    chosen = tuple(text for text, wanted in zip(reviews.texts, kept, strict=True) if wanted)
    return Lesson(
        texts=chosen + texts * OWN_TIMES,
        goals=np.concatenate([reviews.labels[kept], *[labels] * OWN_TIMES]).astype(np.float64),
    )


def batches(lengths: Sequence[int], *, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield row numbers, each row once, rows of like length together, batches in random order."""
    draw = np.random.default_rng(seed)
    rows, size = draw.permutation(len(lengths)), np.asarray(lengths)
    drawn: list[NDArray[np.int64]] = []
    step = BATCH * _SORTED_AT_ONCE
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        part = part[np.argsort(size[part], kind="stable")]
        drawn.extend(part[at : at + BATCH] for at in range(0, len(part), BATCH))
    for place in draw.permutation(len(drawn)):
        yield drawn[place]


def shortened(ids: NDArray[np.int64], share: float, draw: np.random.Generator) -> NDArray[np.int64]:
    """Return a text's tokens without about `share` of those between its first and last."""
    kept = draw.random(len(ids)) >= share
    kept[0] = kept[-1] = True
    return ids[kept]


def pace(done: float, *, warm: float = 0.06) -> float:
    """Return the share of the full learning rate after a share `done` of all steps.

    It rises in a straight line until `warm`, and falls in one to 0 at the end.
    """
    return min(1.0, done / warm) * max(0.0, 1.0 - done)
