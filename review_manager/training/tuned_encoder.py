"""Tunes the last layers of the sentence encoder to tell moods; the one module that needs torch."""

import logging
import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from embedding import reference
from embedding.packed_file import Sizes, open_model
from embedding.tokens import Tokenizer
from embedding.weights import Layer, Linear, Norm, Weights
from review_manager.analysis.second_opinion import excerpt
from review_manager.training.tuning_rows import Lesson, batches, pace

_ALIKE = 0.99  # cosine; computing in 16 bits costs less than a thousandth

logger = logging.getLogger(__name__)

LAYERS = 6  # of twelve; the others stay as they are
PASSES = 2
RATE, HEAD_RATE = 1e-4, 5e-4
DECAY = 0.01  # of the matrices, not of norms and biases
DROPPED = 0.1  # of what the head sees
SMOOTHING = 0.05  # how far goals stay from 0 and 1: some labels are wrong
FIRST_LOOK = 6_000  # rows that the head is fitted on before the layers move
_AT_ONCE = 64
_TOLD = 100  # steps between two lines of the log
_BARRED = -1e4


class DriftError(RuntimeError):
    """The layers that are tuned here compute something else than those of the encoder."""

    def __init__(self, likeness: float) -> None:
        super().__init__(f"vectors are alike by {likeness:.4f} only, {_ALIKE} was expected")


def tune(lesson: Lesson) -> tuple[tuple[Layer, ...], NDArray[np.float32]]:
    """Return layers to put in place of the last ones, and a head (bias last) over their mean.

    One thread, fixed seeds; some ten minutes of one core for 22,000 rows.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    packed = open_model()
    weights, tokenizer = Weights(packed), Tokenizer(packed.pieces())
    count, heads = weights.sizes.layers - LAYERS, weights.sizes.heads
    states = _states(weights, [tokenizer.ids(excerpt(text)) for text in lesson.texts], count)
    last = [weights.layer(count + number) for number in range(LAYERS)]
    top = [_tensors(layer, learn=True) for layer in last]
    _check(top, last, states[:8], weights.sizes)
    head = _first_head(top, states, lesson.goals, heads)
    _teach(top, head, states, lesson, heads)
    shown = head.detach().numpy().astype(np.float32)
    return tuple(_layer(parts) for parts in top), shown


def _check(
    top: Sequence[dict[str, Any]], last: Sequence[Layer], states: Sequence[Any], sizes: Sizes
) -> None:
    """Raise DriftError unless these layers and the encoder's own give nearly the same vectors."""
    given, real = _filled(states)
    with torch.no_grad():
        here = _mean(_run(top, given, real, sizes.heads), real).numpy()
    there = reference.run(last, reference.Hidden(given.numpy(), real.numpy()), sizes).pooled()
    likeness = (here * there).sum(axis=1) / np.linalg.norm(here, axis=1)
    if likeness.min() < _ALIKE:
        raise DriftError(likeness.min())


def _tensors(layer: Layer, *, learn: bool) -> dict[str, Any]:
    """Return the tables of a layer by name, matrices as (outputs, inputs)."""
    parts = {}
    for field in fields(layer):
        part: Linear | Norm = getattr(layer, field.name)
        weight = torch.tensor(np.ascontiguousarray(part.weight.T), requires_grad=learn)
        parts[field.name] = (weight, torch.tensor(part.bias, requires_grad=learn))
    return parts


def _layer(parts: dict[str, Any]) -> Layer:
    made: dict[str, Any] = {}
    for name, (weight, bias) in parts.items():
        table = np.ascontiguousarray(weight.detach().numpy().T)
        kind = Norm if table.ndim == 1 else Linear
        made[name] = kind(table, bias.detach().numpy().copy())
    return Layer(**made)


def _states(weights: Weights, ids: Sequence[Sequence[int]], count: int) -> list[Any]:
    """Return the state of each text after `count` layers: (tokens, width), in half precision."""
    layers = [_tensors(weights.layer(number), learn=False) for number in range(count)]
    states: list[Any] = [None] * len(ids)
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    for start in range(0, len(order), _AT_ONCE):
        rows = order[start : start + _AT_ONCE]
        given, real = _filled([_words(weights, ids[row]) for row in rows])
        with torch.no_grad():
            after = _run(layers, given, real, weights.sizes.heads)
        for row, state in zip(rows, after, strict=True):
            states[row] = state[: len(ids[row])].half()
    return states


def _words(weights: Weights, ids: Sequence[int]) -> Any:
    states = torch.tensor(weights.words(np.array(ids)) + weights.positions()[: len(ids)])
    norm = weights.words_norm()
    return _normal(states, (torch.tensor(norm.weight), torch.tensor(norm.bias)))


def _filled(states: Sequence[Any]) -> tuple[Any, Any]:
    """Return states of unlike length as one table, filled up, and which tokens are real."""
    given = torch.nn.utils.rnn.pad_sequence([state.float() for state in states], batch_first=True)
    real = torch.arange(given.shape[1]) < torch.tensor([len(state) for state in states])[:, None]
    return given, real


def _run(layers: Sequence[dict[str, Any]], states: Any, real: Any, heads: int) -> Any:
    barred = torch.where(real, 0.0, _BARRED)[:, None, None, :]
    with torch.autocast("cpu", torch.bfloat16):
        for parts in layers:
            attended = functional.linear(_attend(parts, states, barred, heads), *parts["out"])
            states = _normal(states + attended, parts["attention_norm"])
            wide = functional.gelu(functional.linear(states, *parts["widen"]))
            narrow = functional.linear(wide, *parts["narrow"])
            states = _normal(states + narrow, parts["output_norm"])
    return states.float()


def _attend(parts: dict[str, Any], states: Any, barred: Any, heads: int) -> Any:
    texts, tokens, width = states.shape

    def split(name: str) -> Any:
        shown = functional.linear(states, *parts[name])
        return shown.view(texts, tokens, heads, width // heads).transpose(1, 2)

    likeness = (split("query") @ split("key").transpose(2, 3)).float() / math.sqrt(width // heads)
    share = torch.softmax(likeness + barred, dim=-1)
    seen = share @ split("value")
    return seen.transpose(1, 2).reshape(texts, tokens, width)


def _normal(states: Any, norm: tuple[Any, Any]) -> Any:
    return functional.layer_norm(states, states.shape[-1:], *norm, eps=1e-12)


def _mean(states: Any, real: Any) -> Any:
    shown = real[..., None].float()
    return (states * shown).sum(dim=1) / shown.sum(dim=1)


def _first_head(
    top: Sequence[dict[str, Any]], states: Sequence[Any], goals: NDArray[np.float64], heads: int
) -> Any:
    """Return a head fitted on the layers as they were: a good start keeps them near to it."""
    rows = np.arange(0, len(states), max(1, len(states) // FIRST_LOOK))
    means = np.zeros((len(rows), states[0].shape[1]), np.float32)
    with torch.no_grad():
        for start in range(0, len(rows), _AT_ONCE):
            given, real = _filled([states[row] for row in rows[start : start + _AT_ONCE]])
            means[start : start + _AT_ONCE] = _mean(_run(top, given, real, heads), real)
    centre, scale = means.mean(axis=0), means.std(axis=0)
    line = LogisticRegression(C=0.01, max_iter=200)
    line.fit((means - centre) / scale, goals[rows].astype(int))
    slope = line.coef_[0] / scale
    head = np.append(slope, line.intercept_[0] - slope @ centre)
    return torch.tensor(head.astype(np.float32), requires_grad=True)


def _teach(
    top: Sequence[dict[str, Any]],
    head: Any,
    states: Sequence[Any],
    lesson: Lesson,
    heads: int,
) -> None:
    """Move the layers and the head towards the goals, in place."""
    goals = torch.tensor(lesson.goals * (1 - 2 * SMOOTHING) + SMOOTHING, dtype=torch.float32)
    weights = torch.tensor(lesson.weights, dtype=torch.float32)
    lengths = [len(state) for state in states]
    optimiser = _optimiser(top, head)
    steps, step = PASSES * sum(1 for _ in batches(lengths, seed=0)), 0
    for number in range(PASSES):
        for rows in batches(lengths, seed=number):
            for group in optimiser.param_groups:
                group["lr"] = group["full"] * pace(step / steps)
            given, real = _filled([states[row] for row in rows])
            mean = functional.dropout(_mean(_run(top, given, real, heads), real), DROPPED)
            said = mean @ head[:-1] + head[-1]
            loss = functional.binary_cross_entropy_with_logits(said, goals[rows], weights[rows])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(
                [table for group in optimiser.param_groups for table in group["params"]], 1.0
            )
            optimiser.step()
            step += 1
            if step % _TOLD == 0:
                logger.info("Tuning: step %d of %d, loss %.3f", step, steps, float(loss.detach()))


def _optimiser(top: Sequence[dict[str, Any]], head: Any) -> Any:
    tables = [table for parts in top for pair in parts.values() for table in pair]
    matrices = [table for table in tables if table.ndim > 1]
    lines = [table for table in tables if table.ndim == 1]
    groups = [
        {"params": matrices, "weight_decay": DECAY, "full": RATE},
        {"params": lines, "weight_decay": 0.0, "full": RATE},
        {"params": [head], "weight_decay": 0.0, "full": HEAD_RATE},
    ]
    return torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), fused=True)
