"""The `kefu` command: one sub-command per noun, each module loaded only when it is called."""

import importlib
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

HERE = Path(__file__)


class Nouns(TyperGroup):
    """The nouns: every module here that defines `app`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all nouns."""
        modules = (file for file in HERE.parent.glob("*.py") if file != HERE)
        return sorted(file.stem for file in modules if "\napp = typer.Typer(" in file.read_text())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one noun; None if there is none of this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = typer.main.get_command(importlib.import_module(f"kefu.{cmd_name}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="kefu",
    cls=Nouns,
    help="Customer-service and review desk for Chinese online shops.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _kefu() -> None:
    """Customer-service and review desk for Chinese online shops."""


def main() -> None:
    """Run the command line; a database that cannot be used ends any command in one line."""
    try:
        app()
    except Exception as error:
        # Most commands need no database: only what failed knows its errors.
        from storage.migrate import UnusableDatabaseError

        if not isinstance(error, UnusableDatabaseError):
            raise
        typer.secho(f"✗ {error}", fg="red", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
