"""The commands of `kefu reviews` for what leaves: replies, invitations, and trying an endpoint."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (export, published, ping, invite):
        app.command()(command)


def export(
    file: Annotated[Path, typer.Argument(help="The CSV to write.", dir_okay=False)],
    *,
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
) -> None:
    """Write the approved replies, one row each, to paste or upload on the platform.

    Example: kefu reviews export replies.csv --platform taobao
    """
    from kefu.review_desk import export_to

    typer.echo(f"{export_to(file, platform)} replies in {file}")


def published(
    reviews: Annotated[list[str], typer.Argument(help="Ids of approved reviews.")],
) -> None:
    """Note that replies are on their platforms now; this stops their clocks.

    Exit codes: 0 all noted, 1 some were not approved.

    Example: kefu reviews published 019a8c1e-0000-7000-8000-000000000000
    """
    from kefu.review_desk import note_published

    done = note_published(reviews)
    for missing in sorted(set(reviews) - set(done)):
        typer.echo(f"not approved: {missing}", err=True)
    typer.echo(f"{len(done)} published")
    raise typer.Exit(0 if len(done) == len(set(reviews)) else 1)


def ping() -> None:
    """Send a signed `ping` to the endpoints of KEFU_PUSH_* and say how each answered.

    Exit codes: 0 every endpoint took it, 1 one did not, 2 none is set or one cannot be used.

    Example: kefu reviews ping
    """
    from kefu.review_desk import ping_endpoints
    from review_manager.sending import BadAddressError, Outcome

    try:
        answers = ping_endpoints()
    except BadAddressError as error:
        refuse(str(error))
    if not answers:
        refuse("neither KEFU_PUSH_REPLIES_URL nor KEFU_PUSH_INVITATIONS_URL is set")
    for what, receipt in answers:
        typer.echo(f"{what}: {receipt.outcome} {receipt.words}".rstrip())
    raise typer.Exit(0 if all(one.outcome is Outcome.TAKEN for _, one in answers) else 1)


def invite(
    file: Annotated[Path, typer.Argument(help="The CSV to write.", dir_okay=False)],
    *,
    shop: Annotated[
        str | None, typer.Option(help="The shop's name in the text; as in data/policies/desk.yml.")
    ] = None,
) -> None:
    """Plan invitations to review delivered orders and write those due into a CSV to be sent.

    Asked are customers who consented, once an order, never in quiet hours or during a dispute; the
    coupon is the same for any rating (data/policies/invitations.yml).

    Example: kefu reviews invite invitations.csv
    """
    from desk.policy import read_desk_policy
    from kefu.review_desk import write_invitations

    ready, outcomes = write_invitations(file, shop or read_desk_policy().shop_name)
    typer.echo(f"{ready} in {file}; {', '.join(f'{n} {why}' for why, n in outcomes.items())}")


def refuse(reason: str) -> NoReturn:
    """Say what is wrong with what was asked for, and end."""
    print(reason, file=sys.stderr)
    raise typer.Exit(2)
