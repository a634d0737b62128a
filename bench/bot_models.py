"""The two models of `kefu bench bot`: kefu's pipeline and stock Rasa's, on the same data."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kefu.bot_model import (
    BOT,
    MODELS,
    ROOT,
    TRAINING_DATA,
    inputs_hash,
    rasa_command,
    run_telling,
)

Tell = Callable[[str], None]
FOLDER = MODELS / "bench"
KEPT = 4
STORIES = ROOT / "tests" / "bot" / "stories" / "topics.yml"
"""One turn after the other over every topic, without forms."""

WITHOUT_ACTION = {"action_greet": "utter_greet", "action_thanks": "utter_thanks_bye"}
"""Rules whose action is replaced by a fixed sentence, for turns that call no action."""


class BenchTrainingError(RuntimeError):
    """A model for the bench could not be trained; its log says why."""


@dataclass(frozen=True)
class Trained:
    """A model, and how long its training took when it was made (seconds)."""

    model: Path
    seconds: float


def kefu_model(tell: Tell) -> Trained:
    """Return kefu's pipeline and policies, trained on the bench's rules."""
    config = yaml.safe_load((BOT / "config.yml").read_text(encoding="utf-8"))
    return _trained("kefu", config, of=inputs_hash(), stories=False, tell=tell)


def stock_model(tell: Tell, *, epochs: int) -> Trained:
    """Return the pipeline and policies that `rasa init` recommends, with jieba's tokens.

    TEDPolicy learns from stories, not from rules, so it gets the test stories as stories.
    """
    return _trained("stock", stock_config(epochs), of=_data_hash(), stories=True, tell=tell)


def stock_config(epochs: int) -> dict[str, Any]:
    """Return what `rasa init` of Rasa 3.6 recommends, with a tokenizer for Chinese."""
    count = {"name": "CountVectorsFeaturizer"}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "zh",
        "pipeline": [
            {"name": "JiebaTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            count,
            {**count, "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": epochs},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "TEDPolicy", "max_history": 5, "epochs": 100},
            {"name": "RulePolicy"},
        ],
    }


@cache
def fixed_sentences() -> frozenset[str]:
    """Return every wording of the sentences that answer a turn without an action."""
    found = set()
    for file in sorted((BOT / "domain").glob("*.yml")):
        responses = yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}
        for name in WITHOUT_ACTION.values():
            found |= {each["text"] for each in responses.get(name, [])}
    return frozenset(found)


def _data_hash() -> str:
    """Return the SHA-256 over all that stock Rasa learns from: none of our components."""
    files = [BOT / "uv.lock", STORIES, *sorted((BOT / "domain").glob("*.yml"))]
    files += [
        file for name in TRAINING_DATA for file in sorted((ROOT / "data" / name).glob("*.yml"))
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _trained(name: str, config: dict[str, Any], *, of: str, stories: bool, tell: Tell) -> Trained:
    known = json.dumps([of, config, WITHOUT_ACTION, stories], sort_keys=True)
    key = f"{name}-{hashlib.sha256(known.encode()).hexdigest()[:16]}"
    model, note = FOLDER / f"{key}.tar.gz", FOLDER / f"{key}.json"
    if not (model.is_file() and note.is_file()):
        tell(f"training {name} (kept until its inputs change)")
        seconds = _train(key, config, stories=stories, tell=tell)
        note.write_text(json.dumps({"training_seconds": seconds}), encoding="utf-8")
        _forget_old()
    return Trained(model, json.loads(note.read_text())["training_seconds"])


def _train(key: str, config: dict[str, Any], *, stories: bool, tell: Tell) -> float:
    folder = FOLDER / f"unfinished-{os.getpid()}"
    folder.mkdir(parents=True)
    try:
        data = _write_inputs(folder, config, stories=stories)
        words = ["train", "--force", "--config", str(folder / "config.yml"), "--domain", "domain"]
        words += ["--data", *data, "--out", str(folder / "out"), "--fixed-model-name", key]
        began = time.monotonic()
        _run(rasa_command(*words), FOLDER / f"{key}.log", tell)
        seconds = round(time.monotonic() - began, 1)
        (folder / "out" / f"{key}.tar.gz").replace(FOLDER / f"{key}.tar.gz")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return seconds


def _write_inputs(folder: Path, config: dict[str, Any], *, stories: bool) -> list[str]:
    (folder / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True))
    rules = folder / "rules"
    rules.mkdir()
    sources = sorted((ROOT / "data" / "rules").glob("*.yml"))
    for source in [*sources, STORIES] if stories else sources:
        text = source.read_text(encoding="utf-8")
        for action, sentence in WITHOUT_ACTION.items():
            text = text.replace(f"action: {action}\n", f"action: {sentence}\n")
        (rules / f"{source.parent.name}-{source.name}").write_text(text, encoding="utf-8")
    return ["../data/nlu", str(rules)]


def _run(command: list[str], log: Path, tell: Tell) -> None:
    with log.open("wb") as output:
        code = run_telling(command, output.fileno(), tell)
    if code != 0:
        raise BenchTrainingError(f"{BenchTrainingError.__doc__} ({log})")


def _forget_old() -> None:
    models = sorted(FOLDER.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for model in models[KEPT:]:
        for file in FOLDER.glob(f"{model.name.removesuffix('.tar.gz')}.*"):
            file.unlink(missing_ok=True)
