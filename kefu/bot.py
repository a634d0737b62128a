"""`kefu bot`: trains and checks the assistant."""

import subprocess

import typer

from kefu.bot_model import BOT, BotModelError, data_folders, ensure_model, rasa_command

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
