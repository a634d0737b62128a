"""`kefu desk`: who is at the desk, who waits, prepared answers, and a copy of conversations."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="The handoff desk: who is there, who waits, copies.")
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


class Format(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"  # one conversation a line
    CSV = "csv"  # one message a line, opens in a spreadsheet


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Say whether the desk is open, who is at it, and how many conversations are where.

    Example: kefu desk status --json
    """
    from kefu.desk_records import read_status, status_lines

    found = read_status()
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(status_lines(found)))


@app.command()
def queue(*, as_json: AsJson = False) -> None:
    """List who waits for a human, the next one first; --json prints one object a line.

    Example: kefu desk queue
    """
    from kefu.desk_records import queue_line, read_queue

    waiting = read_queue()
    if not waiting and not as_json:
        typer.echo("nobody waits")
    for one in waiting:
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else queue_line(one))


@app.command()
def export(
    out: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write; - is stdout.")],
    *,
    customer: Annotated[
        str | None, typer.Option(help="Only of this customer: id or telephone number.")
    ] = None,
    conversation: Annotated[str | None, typer.Option(help="Only this conversation.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day (China)."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (China).")
    ] = None,
    notes: Annotated[bool, typer.Option(help="With what colleagues noted internally.")] = False,
    format: Annotated[Format, typer.Option(help="jsonl or csv.")] = Format.JSONL,
) -> None:
    """Write a copy of conversations with everything said in them, unmasked; recorded in the audit.

    For a customer who asks for her data, or to keep an archive elsewhere. Guard the file.

    Example: kefu desk export wangfang.jsonl --customer 13812345678
    """
    from kefu.desk_records import Asked, NoSuchCustomerError, write_export

    if not (customer or conversation or first or last):
        _fail("say what to export: --customer, --conversation or --from/--to", code=2)
    asked = Asked(customer, conversation, first, last, with_notes=notes)
    try:
        count = write_export(out, asked, as_csv=format is Format.CSV)
    except NoSuchCustomerError as error:
        _fail(str(error), code=1)
    except OSError as error:
        _fail(f"{out}: {error.strerror}", code=1)
    typer.echo(f"{count} conversations", err=True)


@app.command()
def replies(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV with title, group, text.")
    ],
) -> None:
    """Take in prepared answers for everybody; one with a known title is changed, not doubled.

    Example: kefu desk replies data/desk/canned_replies.csv
    """
    from desk.canned_files import BadRepliesError
    from kefu.desk_records import bring_in_replies

    try:
        brought = bring_in_replies(file)
    except (BadRepliesError, UnicodeDecodeError) as error:
        _fail(str(error), code=1)
    typer.echo(f"{brought.added} added, {brought.changed} changed")


def _fail(reason: str, *, code: int) -> Any:
    typer.secho(f"✗ {reason}", fg="red", err=True)
    raise typer.Exit(code)
