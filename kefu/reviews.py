"""`kefu reviews`: the review manager on the command line."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kefu.review_leaving import add_commands

app = typer.Typer(no_args_is_help=True, help="Find, understand and answer customer reviews.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, allow_dash=True)]


@app.command()
def classify(
    file: File,
    *,
    fast: Annotated[bool, typer.Option(help="Leave out whatever is slow.")] = False,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a model the shop trained itself.")
    ] = None,
) -> None:
    """Say of each review how it leans, what it is about, and whether it is urgent.

    FILE is CSV, TSV or JSON Lines (UTF-8 or GB18030) with a column or field `review` and
    optionally `stars` and `id`. One JSON line each: id, polarity (of two: negative where p_negative
    is above .44, with --fast above .5), p_negative, sentiment, aspects, safety, threat. A row that
    cannot be read is answered with its id and `error`.

    Example: kefu reviews classify reviews.csv --fast > answers.jsonl
    """
    # Reviews are shared out among processes: threads of the linear algebra would hinder them, and
    # a program that has any is not forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from kefu.review_answers import NoReviewColumnError, answer_reviews
    from review_manager.analysis.embedding import is_available
    from review_manager.analysis.model_file import UnreadableModelError

    if not fast and not is_available():
        print("no sentence embedding on this platform: answering as --fast", file=sys.stderr)
    try:
        answer_reviews(file, fast=fast, model=model or _own_model())
    except NoReviewColumnError as error:
        _refuse(str(error))
    except UnreadableModelError as error:
        _fail(str(error))


@app.command()
def train(
    file: File,
    *,
    models: Annotated[
        Path | None, typer.Option(help="Where the shop's model is kept; models in KEFU_VAR_DIR.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as one JSON object.")] = False,
) -> None:
    """Train on the shop's own labelled reviews and keep the model only if it is better.

    FILE is CSV with columns `review` and `label` (1 or positive, 0 or negative). A fifth of it is
    held out; the new model replaces the one in use only if it is more accurate there.

    Example: kefu reviews train labelled.csv
    """
    from kefu.review_answers import print_training
    from review_manager.training.reviews_file import LabelError, MissingColumnError
    from review_manager.training.shop import TooFewReviewsError

    try:
        print_training(file, models=models or _models(), as_json=as_json)
    except (LabelError, MissingColumnError, TooFewReviewsError) as error:
        _refuse(str(error))


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX or JSON Lines; UTF-8 or GB18030.")],
    *,
    platform: Annotated[
        str | None,
        typer.Option(help="For rows that name none; else guessed, else house."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="field=column where the guess is wrong; may be given several times."),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rows that cannot be taken go; FILE.rejects.csv.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as one JSON object.")] = False,
) -> None:
    """Import a file of reviews: new ones are stored and judged, known ones left alone.

    Columns are recognised by their headers and shown first. An interrupted import goes on where it
    stopped when the same command is run again. Rows that cannot be taken land in the rejects file
    with line and reason; the rest is imported all the same.

    Exit codes: 0 done, 1 the file cannot be read or is being imported right now, 2 wrong usage.

    Example: kefu reviews import reviews.csv --platform taobao --column stars=评价等级
    """
    from kefu.review_import import Options, import_file, print_outcome
    from review_manager.intake.files import FileError
    from review_manager.intake.import_states import PausedError
    from review_manager.intake.importing import BusyError

    columns = dict(_pair(given) for given in column or ())
    try:
        done = import_file(file, Options(platform, columns, rejects, as_json))
    except (FileError, BusyError, PausedError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    print_outcome(done, as_json=as_json)


@app.command(name="list")
def list_(
    *,
    view: Annotated[str, typer.Option(help="todo, approved, published, good or all.")] = "todo",
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List reviews: what owes a reply by time left and severity, the rest newest first.

    Example: kefu reviews list --platform jd
    """
    from kefu.review_desk import list_rows, print_rows
    from review_manager.listing import View

    if view not in list(View):
        _refuse(f"--view {view}: choose one of {', '.join(View)}")
    print_rows(list_rows(View(view), platform, limit), as_json=as_json)


@app.command()
def approve(
    review: Annotated[str, typer.Argument(help="The id that `kefu reviews list` shows.")],
    *,
    text: Annotated[str | None, typer.Option(help="Own words instead of the draft.")] = None,
) -> None:
    """Approve the reply to one review and print it; what the law forbids is refused.

    Exit codes: 0 approved, 1 refused or answered by somebody else already.

    Example: kefu reviews approve 019a8c1e-0000-7000-8000-000000000000
    """
    from kefu.review_desk import approve_one
    from review_manager.people import ConflictError, NoSuchReviewError, RefusedError

    try:
        typer.echo(approve_one(review, text))
    except NoSuchReviewError:
        _fail(f"no review {review}")
    except (ConflictError, RefusedError) as error:
        _fail(str(error))


@app.command()
def corrections() -> None:
    """Print what people corrected in the page as labelled CSV, ready for training.

    Example: kefu reviews corrections > labelled.csv && kefu reviews train labelled.csv
    """
    from kefu.review_desk import write_corrections

    write_corrections()


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="What the program is called.")],
    *,
    revoke: Annotated[bool, typer.Option(help="End the keys of this name instead.")] = False,
) -> None:
    """Make a key with which a program may push reviews to POST /api/reviews; shown this once.

    Example: kefu reviews key erp
    """
    from kefu.program_keys import answer
    from server.reviews_push import SCOPE

    answer(name, scope=SCOPE, revoke=revoke)


@app.command()
def evidence(
    review: Annotated[str, typer.Argument(help="The id that `kefu reviews list` shows.")],
    file: Annotated[Path, typer.Argument(help="The archive to write.", dir_okay=False)],
) -> None:
    """Pack the evidence on a review: snapshots, timeline, signals, appeal text.

    Example: kefu reviews evidence 019a8c1e-0000-7000-8000-000000000000 evidence.zip
    """
    from kefu.review_desk import pack_evidence
    from review_manager.people import NoSuchReviewError

    try:
        typer.echo(f"{file}: head {pack_evidence(review, file)}")
    except NoSuchReviewError:
        _fail(f"no review {review}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="An archive of `kefu reviews evidence`.")],
) -> None:
    """Check an evidence archive: every file by its hash, the chain link by link.

    Prints what it is about as one JSON object. Exit codes: 0 whole, 1 changed or no archive.

    Example: kefu reviews verify evidence.zip
    """
    from kefu.jsonl import print_record
    from review_manager.evidence.pack import BrokenPackError, verify_pack

    try:
        print_record(verify_pack(file))
    except BrokenPackError as error:
        _fail(str(error))


add_commands(app)


def _pair(given: str) -> tuple[str, str]:
    field, equals, header = given.partition("=")
    if not equals:
        _refuse(f"--column {given}: write field=column, such as --column stars=评价等级")
    return field.strip(), header.strip()


def _own_model() -> Path | None:
    from review_manager.own_model import find_own_model

    return find_own_model(_models())


def _models() -> Path:
    from storage.settings import StorageSettings

    return StorageSettings().models_dir


def _refuse(reason: str) -> None:
    print(reason, file=sys.stderr)
    raise typer.Exit(2)


def _fail(reason: str) -> None:
    print(reason, file=sys.stderr)
    raise typer.Exit(1)
