"""`kefu compliance`: check outgoing texts against law and platform rules."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kefu.jsonl import answer_file

if TYPE_CHECKING:
    from compliance import Checker

app = typer.Typer(no_args_is_help=True, help="Check what the shop is about to say.")


@app.callback()
def _compliance() -> None:
    """Keep `check` as a sub-command even while it is the only one."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="JSON Lines, or - for stdin.", metavar="FILE.jsonl")],
    own_rules: Annotated[
        Path | None, typer.Option(help="The shop's own rules, added to data/policies/wording.yml.")
    ] = None,
) -> None:
    """Check texts, one a line, and print one JSON line for each.

    In: id, text, channel (chat, review_reply, invitation, marketing; chat if absent), public, and
    generated where a language model wrote the text. A review reply is public and a text in another
    channel is not, unless `public` says so. Out: id, verdict (ok, warn, block), findings with rule,
    source, start, end, severity, rewrite; [start, end) counts characters of the text, and an empty
    span is a place to insert the rewrite.

    Exit codes: 0 done (whatever the verdicts), 1 the file or the policy cannot be read, 2 wrong
    usage.

    Example: echo '{"id": 1, "text": "好评返现5元", "channel": "chat"}' | kefu compliance check -
    """
    from compliance import build_checker, load_wording
    from policies.files import PolicyError

    try:
        checker = build_checker(load_wording(own_rules=own_rules))
        answer_file(file, lambda record: _answer(record, checker))
    except (OSError, PolicyError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _answer(record: dict[str, Any], checker: "Checker") -> dict[str, Any]:
    from dataclasses import asdict

    from compliance import Channel

    text, channel = record.get("text"), record.get("channel", "chat")
    public, generated = record.get("public"), record.get("generated", False)
    if not isinstance(text, str):
        raise ValueError("text must be a string")
    if channel not in list(Channel):
        raise ValueError(f"channel must be one of {', '.join(Channel)}")
    if not isinstance(public, bool | None) or not isinstance(generated, bool):
        raise ValueError("public and generated must be true or false")
    verdict = checker.check(text, channel=Channel(channel), public=public, generated=generated)
    return {
        "id": record.get("id"),
        "verdict": verdict.outcome,
        "findings": [asdict(finding) for finding in verdict.findings],
    }
