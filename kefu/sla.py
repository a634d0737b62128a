"""`kefu sla`: due times, clocks and the policies behind them."""

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


def _readable(file: Path) -> Path:
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    return file
