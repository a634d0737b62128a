"""The bot's two processes, Rasa and the actions that it calls: how they are started."""

import sys
from pathlib import Path

from kefu.bot_environment import QUIET, embeddings_environment
from kefu.bot_model import BOT, ROOT, rasa_command
from kefu.supervisor import Program


def actions_program(log: Path, *, port: int) -> Program:
    """Return what serves the actions on loopback."""
    return Program(
        name="actions",
        command=[sys.executable, "-m", "actions"],
        folder=ROOT,
        log=log / "actions.log",
        environment={"KEFU_ACTIONS_PORT": str(port)},
    )


def bot_program(log: Path, model: Path, *, port: int, actions_port: int) -> Program:
    """Return what serves the assistant on loopback."""
    words = ["run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model)]
    words += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return Program(
        name="bot",
        command=rasa_command(*words),
        folder=BOT,
        log=log / "bot.log",
        environment={
            **QUIET,
            **embeddings_environment(),
            "KEFU_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
            "SANIC_HOST": "127.0.0.1",
        },
    )
