"""The trained model of the bot: kept under the hash of its inputs, trained when they change."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kefu.bot_environment import bot_environment, embeddings_environment

ROOT = Path(__file__).parents[1]
BOT = ROOT / "bot"
RASA = BOT / ".venv" / "bin" / "rasa"
MODELS = BOT / "models"
TRAINING_DATA = ("nlu", "rules", "stories")
SAY_EVERY_SECONDS = 10.0


class BotModelError(RuntimeError):
    """There is no usable model of the bot."""


class NoBotEnvironmentError(BotModelError):
    """Rasa is not installed in bot/.venv; run `make setup`."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TrainingFailedError(BotModelError):
    """The bot could not be trained; the message ends with what Rasa said."""

    def __init__(self, log: Path) -> None:
        tail = "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-12:])
        super().__init__(f"training the bot failed; the end of {log}:\n{tail}")


def ensure_model(tell: Callable[[str], None]) -> Path:
    """Return a model of the present inputs, trained now if there is none; `tell` gets progress."""
    model = MODELS / f"{inputs_hash()[:16]}.tar.gz"
    if _is_whole(model):
        tell("  unchanged since the last training")
        return model
    _train(model, tell)
    _forget_old(model)
    return model


def inputs_hash() -> str:
    """Return the SHA-256 over names and contents of everything a model is made from."""
    from embedding.encoder import GraphEncoder

    digest = hashlib.sha256(GraphEncoder.name.encode())
    for file in sorted(_inputs()):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    # Vectors of another model mean nothing to heads that were trained on this one's.
    for name, value in sorted(embeddings_environment().items()):
        if name != "KEFU_EMBEDDINGS_KEY":
            digest.update(f"{name}={value}\0".encode())
    return digest.hexdigest()


def rasa_command(*words: str) -> list[str]:
    """Return a Rasa command line, to be run in bot/; raises NoBotEnvironmentError."""
    if not RASA.exists():
        raise NoBotEnvironmentError
    return [str(RASA), *words]


def data_folders() -> list[str]:
    """Return the folders with training data that exist, as paths from bot/."""
    return [f"../data/{name}" for name in TRAINING_DATA if (ROOT / "data" / name).exists()]


def _inputs() -> Iterator[Path]:
    yield from (BOT / "config.yml", BOT / "uv.lock")
    for folder in (BOT / "domain", BOT / "components", *(ROOT / "data" / n for n in TRAINING_DATA)):
        yield from (file for file in folder.rglob("*") if file.is_file() and _counts(file))


def _counts(file: Path) -> bool:
    return "__pycache__" not in file.parts and not file.name.startswith(".")


def _is_whole(model: Path) -> bool:
    try:
        with tarfile.open(model) as archive:
            return bool(archive.getnames())
    except (OSError, EOFError, tarfile.TarError):
        return False


def _train(model: Path, tell: Callable[[str], None]) -> None:
    MODELS.mkdir(parents=True, exist_ok=True)
    unfinished = MODELS / f"unfinished-{os.getpid()}"
    log = MODELS / "training.log"
    name = model.name.removesuffix(".tar.gz")
    words = ["train", "--config", "config.yml", "--domain", "domain", "--data", *data_folders()]
    command = rasa_command(*words, "--out", str(unfinished), "--fixed-model-name", name)
    try:
        with log.open("wb") as output:
            code = run_telling(command, output.fileno(), tell)
        trained = unfinished / model.name
        if code != 0 or not _is_whole(trained):
            raise TrainingFailedError(log)
        trained.replace(model)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def run_telling(command: list[str], output: int, tell: Callable[[str], None]) -> int:
    """Run a training in bot/, saying now and then how long it takes; return its exit code."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=BOT,
        env=bot_environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    try:
        while True:
            try:
                return process.wait(SAY_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                tell(f"  still training, {time.monotonic() - started:.0f} s so far")
    finally:
        process.kill()


def _forget_old(newest: Path, *, keep: int = 3) -> None:
    models = sorted(MODELS.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for model in models[keep:]:
        if model != newest:
            model.unlink(missing_ok=True)
