"""The shop's records and rules on the command line."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from kefu.jsonl import answer_file

app = typer.Typer(no_args_is_help=True, help="The shop's records and rules.")


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


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON Lines, CSV, TSV or XLSX; UTF-8 or GB18030.")],
    *,
    kind: Annotated[
        str | None,
        typer.Option(help="product, customer, order, parcel, after_sale; a table's is guessed."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="field=heading where the guess is wrong; may be given several times."),
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="For orders of a table that name none; else house.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rows that cannot be taken go; FILE.rejects.*.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as one JSON object.")] = False,
) -> None:
    """Bring in the shop's products, customers, orders, parcels and after-sales; keep them fresh.

    JSON Lines hold one record a line, with its `kind`; a table is read by its headings, which are
    shown first, one row for each line of an order. The same file again changes nothing. Rows that
    cannot be taken go to the rejects file with line and reason, the others land. The fields are
    in docs/shop-records.md.

    Exit codes: 0 done, 1 the file cannot be read, 2 wrong usage.

    Example: kefu shop import orders.csv --platform pdd --column paid_fen=实收
    """
    from kefu.record_import import Options, import_records, print_outcome
    from review_manager.intake.files import FileError
    from shop.intake.codes import Kind
    from shop.returns.case import Platform

    options = Options(
        kind=Kind(_one_of(kind, Kind, "--kind")) if kind else None,
        columns=dict(_pair(given) for given in column or ()),
        platform=_one_of(platform, Platform, "--platform") if platform else None,
        rejects=rejects,
        as_json=as_json,
    )
    try:
        done = import_records(file, options)
    except (FileError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    print_outcome(done, as_json=as_json)


@app.command()
def changes(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what customers changed here that the shop's own system does not say yet.

    Cancelled orders, new receivers, and what is asked for or promised and still open: carry them
    over, by hand or by a program. An order vanishes from the list once the source says the same.

    Example: kefu shop changes --json
    """
    from kefu.jsonl import print_record
    from kefu.record_changes import list_changes, told

    for change in list_changes():
        if as_json:
            print_record(change)
        else:
            print(told(change))


@app.command()
def forget(
    customer: Annotated[str, typer.Argument(help="The customer's id or telephone number.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report as one JSON object.")] = False,
) -> None:
    """Erase a customer's personal data from the shop's records and her chats; figures stay.

    Name, phone, address, birthday, receivers, notes and traces go, and no import brings them back;
    so do words and pictures of her chats. It cannot be undone, and the audit log tells of it.

    Exit codes: 0 done, 1 no such customer, an order or chat still under way, or not confirmed.

    Example: kefu shop forget C0001
    """
    import json

    from desk.forgetting import ChatUnderWayError
    from kefu.record_forgetting import find_customer, forget_customer
    from shop.forgetting import StillUnderWayError

    found = find_customer(customer)
    if found is None:
        typer.echo(f"no customer {customer}", err=True)
        raise typer.Exit(1)
    if not yes and not typer.confirm(f"抹去客户 {found} 的个人信息？不能恢复", err=True):
        raise typer.Exit(1)
    try:
        done = forget_customer(found)
    except StillUnderWayError as error:
        typer.echo(
            f"not yet, orders or requests are under way: {'、'.join(error.numbers)}", err=True
        )
        raise typer.Exit(1) from error
    except ChatUnderWayError as error:
        typer.echo("not yet, a chat of hers is not closed", err=True)
        raise typer.Exit(1) from error
    print(json.dumps(done, ensure_ascii=False) if as_json else f"已抹去：{found}")


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="What the program is called.")],
    *,
    revoke: Annotated[bool, typer.Option(help="End the keys of this name instead.")] = False,
) -> None:
    """Make a key with which a program may send records to POST /api/shop/records; shown this once.

    Example: kefu shop key erp
    """
    from kefu.program_keys import answer
    from server.shop_records import SCOPE

    answer(name, scope=SCOPE, revoke=revoke)


def _one_of(given: str, known: Any, option: str) -> str:
    if given not in list(known):
        _refuse(f"{option} {given}: choose one of {', '.join(known)}")
    return given


def _pair(given: str) -> tuple[str, str]:
    field, sign, heading = given.partition("=")
    if not sign or not field.strip() or not heading.strip():
        _refuse(f"--column {given}: write field=heading")
    return field.strip(), heading.strip()


def _refuse(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(2)
