"""Reads files of reviews for the command line and prints one JSON line each."""

import codecs
import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import tee
from pathlib import Path
from typing import Any

from kefu.jsonl import print_record, read_records
from review_manager.analysis import Analysis
from review_manager.analysis.stream import analyse_stream

_LONGEST_FIELD = 2**24
_CHUNK = 1 << 20


class NoReviewColumnError(ValueError):
    """A table of reviews lacks the column `review`."""

    def __init__(self, file: Path, found: list[str]) -> None:
        super().__init__(f"{file}: no column 'review'; found: {', '.join(found) or 'nothing'}")


@dataclass(frozen=True)
class Row:
    """One review of a file; `error` says why it cannot be read."""

    id: Any
    review: str
    stars: float | None
    error: str | None = None


def answer_reviews(file: Path, *, fast: bool, model: Path | None) -> None:
    """Print one JSON line for each review of `file`, in order."""
    asked, kept = tee(read_rows(file))
    readable = ((row.review, row.stars) for row in asked if row.error is None)
    analyses = analyse_stream(readable, fast=fast, model=model)
    write = sys.stdout.write
    for row in kept:
        if row.error is None:
            write(json.dumps(record(row.id, next(analyses)), ensure_ascii=False) + "\n")
        else:
            print_record({"id": row.id, "error": row.error})


def record(review_id: Any, analysis: Analysis) -> dict[str, Any]:
    """Return the answer about one review as the command prints it."""
    return {
        "id": review_id,
        "polarity": analysis.polarity,
        "p_negative": analysis.p_negative,
        "sentiment": analysis.sentiment,
        "aspects": [
            {"aspect": found.aspect, "polarity": found.polarity, "text": _printable(found.text)}
            for found in analysis.aspects
        ],
        "safety": analysis.safety,
        "threat": analysis.threat,
    }


def _printable(text: str) -> str:
    """JSON may smuggle in half a character, which no UTF-8 stream takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def read_rows(file: Path) -> Iterator[Row]:
    """Yield the reviews of a CSV, TSV or JSON Lines file; raises NoReviewColumnError."""
    if file.suffix.lower() in {".jsonl", ".ndjson", ".json"} or str(file) == "-":
        return _json_rows(file)
    return _table_rows(file)


def _json_rows(file: Path) -> Iterator[Row]:
    for number, found in read_records(file):
        if isinstance(found, ValueError):
            yield Row(None, "", None, f"line {number}: {found}")
        else:
            yield _row(found, number)


def _table_rows(file: Path) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    separator = "\t" if file.suffix.lower() == ".tsv" else ","
    with file.open(encoding=_encoding(file), errors="replace", newline="") as stream:
        lines = (line.replace("\0", "") for line in stream)
        reader = csv.DictReader(lines, delimiter=separator)
        names = [name.strip() for name in reader.fieldnames or ()]
        if "review" not in names:
            raise NoReviewColumnError(file, names)
        reader.fieldnames = names
        for number, found in enumerate(reader, start=1):
            yield _row(found, number)


def _row(found: dict[str, Any], number: int) -> Row:
    review_id = found.get("id")
    review_id = number if review_id in (None, "") else review_id
    review = found.get("review")
    if not isinstance(review, str):
        return Row(review_id, "", None, "no text in 'review'")
    return Row(review_id, review, found.get("stars"))


def _encoding(file: Path) -> str:
    """Return utf-8-sig, or gb18030 for a file that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def print_training(file: Path, *, models: Path, as_json: bool) -> None:
    """Train on the shop's reviews, keep the better model and print both scores."""
    from review_manager.training.shop import train_for_shop

    report = train_for_shop(file, models=models)
    if as_json:
        print_record(report.as_record())
    else:
        print(report.as_text())
