"""`kefu bot`: trains and checks the assistant."""

import subprocess
from pathlib import Path
from typing import Any

import typer

from kefu.bot_model import BOT, BotModelError, data_folders, ensure_model, rasa_command
from kefu.jsonl import answer_file

app = typer.Typer(help="Train, check and question the assistant.", no_args_is_help=True)


@app.command()
def train() -> None:
    """Train the assistant, unless nothing changed since the last training.

    Example: kefu bot train
    """
    try:
        typer.echo(f"model: {ensure_model(typer.echo)}")
    except BotModelError as error:
        typer.secho(f"✗ {error}", fg="red", err=True)
        raise typer.Exit(1) from None


@app.command()
def validate() -> None:
    """Let Rasa check domain, rules and training data for contradictions.

    Example: kefu bot validate
    """
    words = ["data", "validate", "--config", "config.yml", "--domain", "domain"]
    command = rasa_command(*words, "--data", *data_folders())
    checked = subprocess.run(command, cwd=BOT, capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        typer.echo(checked.stdout + checked.stderr)
        raise typer.Exit(1)
    typer.echo("domain, rules and training data agree")


@app.command()
def parse(file: Path) -> None:
    """Read customer lines as the live bot does: one JSON line in, one out; `-` reads stdin.

    Each line has `text` and may have `context`, the list of lines said before it. The answer has
    `text`, `intent`, `confidence`, `answers` (false: the live bot would ask back), `second_intent`,
    `wish`, `entities` and `handoff` (null or the reason to hand over at once). The threshold of
    `answers` is FallbackClassifier's in bot/config.yml. The bot is trained first if it is not.

    Example: kefu bot parse lines.jsonl
    """
    from kefu.bot_lines import line_reader

    try:
        model = ensure_model(lambda said: typer.echo(said, err=True))
        with line_reader(model, ahead=file if file.is_file() else None) as reader:
            answer_file(file, lambda record: reader.read(*_line(record)), key="text")
    except BotModelError as error:
        typer.secho(f"✗ {error}", fg="red", err=True)
        raise typer.Exit(1) from None


def _line(record: dict[str, Any]) -> tuple[str, list[str]]:
    text, context = record.get("text"), record.get("context") or []
    if not isinstance(text, str):
        raise ValueError("`text` has to be a string")
    if not isinstance(context, list) or not all(isinstance(said, str) for said in context):
        raise ValueError("`context` has to be a list of strings")
    return text, context
