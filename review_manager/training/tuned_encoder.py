"""Teaches the sentence encoder to tell moods; needs torch."""

import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from embedding.packed_file import open_model
from embedding.tokens import Tokenizer
from embedding.weights import Layer, Weights
from review_manager.analysis.second_opinion import excerpt
from review_manager.analysis.tuned_layers import Tables, changes
from review_manager.training.torch_encoder import Dropout, TorchEncoder
from review_manager.training.tuning_rows import Lesson, batches, pace, shortened

logger = logging.getLogger(__name__)

SEEDS = (2,)  # a run for each; the mean of two was better than either by .001
PASSES = 2
RATE, HEAD_RATE = 8e-5, 5e-4  # of the last layer and of the head
DEEPER = 0.9  # a layer's rate beside the next one's: what lies near the words changes least
DECAY = 0.01  # of the matrices, not of norms and biases
DROPPED = 0.1
SHORTENED = 0.05  # of the tokens of a text, others each time
SMOOTHING = 0.05  # how far goals stay from 0 and 1: some labels are wrong
AVERAGED = 0.999  # the weights that are kept are a mean over the last thousand steps
FIRST_LOOK = 4_000  # rows that the head is fitted on before the layers move
_AT_ONCE = 64
_TOLD = 100  # steps between two lines of the log


def tune(lesson: Lesson) -> tuple[Tables, NDArray[np.float32]]:
    """Return what changed in the encoder's layers, and a head (bias last) over the tokens' mean.

    It is taught once for each seed from the same start, in another order, by a process of its own;
    the mean of several runs is better than each (Wortsman et al., 2022).
    """
    with ProcessPoolExecutor(len(SEEDS), multiprocessing.get_context("spawn")) as pool:
        layers, heads = zip(*pool.map(partial(taught_once, lesson), SEEDS), strict=True)
    tuned = [_mean(same) for same in zip(*layers, strict=True)]
    return changes(tuned, Weights(open_model()).layers()), np.mean(heads, axis=0)


def taught_once(lesson: Lesson, seed: int) -> tuple[list[Layer], NDArray[np.float32]]:
    """Return the layers and the head that one way through the lesson leads to, on one thread."""
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s seed {seed}: %(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    packed = open_model()
    encoder, tokenizer = TorchEncoder(Weights(packed)), Tokenizer(packed.pieces())
    ids = [np.array(tokenizer.ids(excerpt(text))) for text in lesson.texts]
    head = _first_head(encoder, ids, lesson.goals)
    _Teacher(encoder, head, ids, lesson, seed).teach()
    return encoder.tuned(), head.detach().numpy().astype(np.float32)


def _mean(layers: Sequence[Layer]) -> Layer:
    parts: dict[str, Any] = {}
    for field in fields(Layer):
        same = [getattr(layer, field.name) for layer in layers]
        weight = np.mean([part.weight for part in same], axis=0)
        parts[field.name] = type(same[0])(weight, np.mean([part.bias for part in same], axis=0))
    return Layer(**parts)


def _first_head(encoder: TorchEncoder, ids: Sequence[Any], goals: NDArray[np.float64]) -> Any:
    """Return a head fitted on the layers as they came: a good start keeps them near to it."""
    rows = list(range(0, len(ids), max(1, len(ids) // FIRST_LOOK)))
    rows.sort(key=lambda row: len(ids[row]))
    with torch.no_grad():
        parts = [
            encoder.means([ids[row] for row in rows[start : start + _AT_ONCE]]).numpy()
            for start in range(0, len(rows), _AT_ONCE)
        ]
    means = np.concatenate(parts)
    centre, scale = means.mean(axis=0), means.std(axis=0)
    line = LogisticRegression(C=0.01, max_iter=300)
    line.fit((means - centre) / scale, goals[rows].astype(int))
    slope = line.coef_[0] / scale
    head = np.append(slope, line.intercept_[0] - slope @ centre)
    return torch.tensor(head.astype(np.float32), requires_grad=True)


class _Teacher:
    """Moves an encoder and a head towards the goals of a lesson, in place."""

    def __init__(
        self, encoder: TorchEncoder, head: Any, ids: Sequence[Any], lesson: Lesson, seed: int
    ) -> None:
        self._encoder, self._head, self._ids, self._seed = encoder, head, ids, seed
        goals = lesson.goals * (1 - 2 * SMOOTHING) + SMOOTHING
        self._goals = torch.tensor(goals, dtype=torch.float32)
        self._draw = np.random.default_rng(seed)
        self._dropout = Dropout(DROPPED, seed)
        self._optimiser = torch.optim.AdamW(self._groups(), betas=(0.9, 0.98), fused=True)
        self._tables = [
            table for group in self._optimiser.param_groups for table in group["params"]
        ]
        self._mean = [table.detach().clone() for table in self._tables]

    def teach(self) -> None:
        """Go through the lesson several times, and keep the mean of the last weights."""
        steps = PASSES * len(list(self._rows(0)))
        for step, rows in enumerate(rows for turn in range(PASSES) for rows in self._rows(turn)):
            for group in self._optimiser.param_groups:
                group["lr"] = group["full"] * pace(step / steps)
            loss = self._step(rows)
            share = min(AVERAGED, (1 + step) / (10 + step))
            torch._foreach_lerp_(self._mean, [table.detach() for table in self._tables], 1 - share)
            if step % _TOLD == 0:
                logger.info("Tuning: step %d of %d, loss %.3f", step, steps, loss)
        with torch.no_grad():
            for table, mean in zip(self._tables, self._mean, strict=True):
                table.copy_(mean)

    def _rows(self, turn: int) -> Iterator[NDArray[np.int64]]:
        return batches([len(each) for each in self._ids], seed=PASSES * self._seed + turn)

    def _step(self, rows: NDArray[np.int64]) -> float:
        texts = [shortened(self._ids[row], SHORTENED, self._draw) for row in rows]
        means = functional.dropout(self._encoder.means(texts, dropout=self._dropout), DROPPED)
        said = means @ self._head[:-1] + self._head[-1]
        loss = functional.binary_cross_entropy_with_logits(said, self._goals[rows])
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._tables, 1.0)
        self._optimiser.step()
        return float(loss.detach())

    def _groups(self) -> list[dict[str, Any]]:
        groups = [{"params": [self._head], "weight_decay": 0.0, "full": HEAD_RATE}]
        for depth, parts in enumerate(reversed(self._encoder.layers)):
            tables = [table for pair in parts.values() for table in pair]
            for decay, chosen in (
                (DECAY, [table for table in tables if table.ndim > 1]),
                (0.0, [table for table in tables if table.ndim == 1]),
            ):
                rate = RATE * DEEPER**depth
                groups.append({"params": chosen, "weight_decay": decay, "full": rate})
        return groups
