"""Runs bot/read_lines.py, the bot's own reading of customer lines, and passes lines to it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kefu.bot_environment import bot_environment
from kefu.bot_model import BOT, BotModelError, NoBotEnvironmentError

PYTHON = BOT / ".venv" / "bin" / "python"


class ModelBrokenError(BotModelError):
    """The trained model could not be loaded; delete bot/models and train again."""

    def __init__(self, said: str) -> None:
        super().__init__(f"{self.__doc__}\n{said[-2000:]}" if said else self.__doc__)


class LineReader:
    """One running reader; a line goes in, its reading comes out."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log

    def read(self, text: str, context: list[str]) -> dict[str, Any]:
        """Return label, confidence, entities and handoff reason of `text` said after `context`.

        Raises ModelBrokenError if the reader ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise ModelBrokenError("")
        question = json.dumps({"text": text, "context": context}, ensure_ascii=False)
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ModelBrokenError(self._log.read_text(errors="replace")) from None
        answer = self._process.stdout.readline()
        if not answer:
            raise ModelBrokenError(self._log.read_text(errors="replace"))
        found: dict[str, Any] = json.loads(answer)
        return found


@contextmanager
def line_reader(model: Path, *, ahead: Path | None = None) -> Iterator[LineReader]:
    """Start a reader of `model`; it ends with the block.

    `ahead` names a file with the lines to come: the reader then works on them while it starts.
    """
    if not PYTHON.exists():
        raise NoBotEnvironmentError
    log = model.parent / "reading.log"
    command = [str(PYTHON), "read_lines.py", str(model)]
    command += [] if ahead is None else [str(ahead.resolve())]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            cwd=BOT,
            env=bot_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield LineReader(process, log)
        finally:
            process.kill()
