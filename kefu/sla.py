"""`kefu sla`: due times, clocks and the policies behind them."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Service clocks: due times, clocks, policies.")
Lines = Annotated[Path, typer.Argument(help="JSON Lines, one question each; - reads stdin.")]


@app.command()
def due(file: Lines) -> None:
    """Say when each clock is due: one JSON line {id, due_at} or {id, error} per line of FILE.

    A line holds id, started_at, target_seconds and calendar ("always" or hours). Example:

    echo '{"id": 1, "started_at": "2026-11-06T16:30:00+08:00", "target_seconds": 3600,
    "calendar": {"tz": "Asia/Shanghai", "frames": {"mon": [["09:00", "17:00"]]}}}'
    | kefu sla due -
    """
    from kefu.jsonl import answer_file
    from sla.lines import answer_due

    answer_file(_readable(file), answer_due)


@app.command()
def clocks(file: Lines) -> None:
    """Compute clocks from events: one JSON line {id, clocks} or {id, error} per line of FILE.

    A line holds id, clock, target_seconds, calendar, now and events. Example:

    echo '{"id": 1, "clock": "review_reply", "target_seconds": 86400, "calendar": "always",
    "now": "2026-11-07T09:00:00+08:00", "events":
    [{"at": "2026-11-06T08:00:00+08:00", "type": "review_posted"}]}' | kefu sla clocks -
    """
    from kefu.jsonl import answer_file
    from sla.lines import answer_clocks

    answer_file(_readable(file), answer_clocks)


@app.command()
def report(
    *,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day (China); default a week ago."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; default today.")
    ] = None,
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say how every promise was kept, against the equally long period before.

    Reads the database of KEFU_DATABASE_URL or KEFU_VAR_DIR. What stands in it is brought up to
    date first. Example: kefu sla report --from 2026-11-16 --to 2026-11-22 --json
    """
    from kefu.jsonl import print_record
    from kefu.sla_report import run_report, table
    from reports.period import BadPeriodError

    try:
        found = run_report(
            first.date() if first else None, last.date() if last else None, platform=platform
        )
    except BadPeriodError as error:
        raise typer.BadParameter(str(error), param_hint="--from/--to") from None
    if as_json:
        print_record(found)
    else:
        print(table(found))


@app.command()
def rebuild() -> None:
    """Compute every case and clock anew from the records, as after a change of a policy.

    Alarms that were told are not told again. Example: kefu sla rebuild
    """
    from kefu.sla_report import run_rebuild

    print(f"{run_rebuild(lambda done: print(f'{done} cases ...'))} cases computed")


@app.command()
def policies(
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day in China; today without it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per policy.")] = False,
) -> None:
    """List the clock policies that hold on a day, with their source.

    Example: kefu sla policies --at 2026-11-22
    """
    from kefu.jsonl import print_record
    from sla.policies import CHINA, policies_at, read_policies

    day = at.replace(tzinfo=CHINA) if at else datetime.now(CHINA)
    for policy in policies_at(read_policies(), at=day):
        if as_json:
            print_record(policy.model_dump(mode="json"))
        else:
            target = f"{policy.target_days} days" if policy.target_days else policy.target_seconds
            print(f"{policy.name}: {policy.title}; {target} in {policy.calendar}; {policy.source}")


def _readable(file: Path) -> Path:
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    return file
