"""The `kefu` command: one sub-command per noun."""

import importlib
from pathlib import Path

import typer

app = typer.Typer(
    name="kefu",
    help="Customer-service and review desk for Chinese online shops.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _kefu() -> None:
    """Keep the nouns as sub-commands even while there is only one."""


def main() -> None:
    """Run the command line."""
    add_nouns()
    app()


def add_nouns() -> None:
    """Add every module beside this one that defines `app` as a noun."""
    for module in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        noun = importlib.import_module(f"kefu.{module.stem}")
        if isinstance(getattr(noun, "app", None), typer.Typer):
            app.add_typer(noun.app, name=module.stem)


if __name__ == "__main__":
    main()
