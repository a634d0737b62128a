"""Answers a JSON-Lines file line by line, so that one bad line never costs the others."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read_records(file: Path) -> Iterator[tuple[int, Record | ValueError]]:
    """Yield (line number from 1, record or the reason why the line is none); `-` reads stdin."""
    with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            if raw.strip():
                yield number, _record(raw)


def answer_file(file: Path, answer: Callable[[Record], Record], *, key: str = "id") -> None:
    """Print one JSON line for each line of `file`.

    `answer` raises ValueError (its message says what to change) for a line that it cannot answer;
    that line is answered with `{key, "error"}` and the rest go on. An error line is an answer, so
    the command still succeeds; a line without a `key` is named by its number in the message.
    """
    for number, record in read_records(file):
        try:
            if isinstance(record, ValueError):
                raise record
            print_record(answer(record))
        except ValueError as error:
            name = record.get(key) if isinstance(record, dict) else None
            message = str(error) if name is not None else f"line {number}: {error}"
            print_record({key: name, "error": message})


def print_record(record: Record) -> None:
    """Print one record as one line of JSON, Chinese readable."""
    print(json.dumps(record, ensure_ascii=False, allow_nan=False))


def _record(raw: bytes) -> Record | ValueError:
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return ValueError("the line is not UTF-8")
    except json.JSONDecodeError as error:
        return ValueError(f"the line is not JSON: {error.msg} at column {error.colno}")
    return value if isinstance(value, dict) else ValueError("the line is not a JSON object")
