"""The shop's records and rules on the command line."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kefu.jsonl import answer_file

app = typer.Typer(no_args_is_help=True, help="The shop's records and rules.")


@app.callback()
def _shop() -> None:
    """Keep the verbs as sub-commands even while there is only one."""


@app.command()
def verdict(
    file: Annotated[Path, typer.Argument(help="JSON Lines, one case a line; - reads stdin.")],
    policy: Annotated[
        Path | None, typer.Option(help="Return policy instead of data/policies/returns.yml.")
    ] = None,
) -> None:
    """Say for every return in FILE whether the buyer may return, until when and at whose cost.

    A fact that is null or absent is unknown; a line that cannot be read is answered with an error.

    Example: kefu shop verdict cases.jsonl
    """
    from policies.files import PolicyError
    from shop.returns import load_return_policy, read_case
    from shop.returns import verdict as judge

    try:
        rules = load_return_policy(policy) if policy else load_return_policy()
    except PolicyError as fault:
        typer.echo(f"error: {fault}", err=True)
        raise typer.Exit(2) from fault

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        return judge(read_case(record), rules).as_record()

    try:
        answer_file(file, answer, key="case_id")
    except OSError as error:
        typer.echo(f"error: {file}: {error.strerror}", err=True)
        raise typer.Exit(2) from error
