"""Answers a JSON-Lines file line by line, so that one bad line never costs the others."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


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
            name = _name(record, key)
            message = str(error) if name is not None else f"line {number}: {error}"
            print_record({key: name, "error": message})


def print_record(record: Record) -> None:
    """Print one record as one line of JSON, Chinese readable, half characters escaped."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    print(_HALF_CHARACTER.sub(lambda half: f"\\u{ord(half[0]):04x}", text))


def _record(raw: bytes) -> Record | ValueError:
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return ValueError("the line is not UTF-8")
    except json.JSONDecodeError as error:
        return ValueError(f"the line is not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError):
        return ValueError("the line holds a number too long or objects too deep to read")
    return value if isinstance(value, dict) else ValueError("the line is not a JSON object")


def _name(record: Record | ValueError, key: str) -> Any:
    """Give back the name of a line, unless JSON cannot hold it (NaN or 1e999)."""
    name = record.get(key) if isinstance(record, dict) else None
    try:
        json.dumps(name, allow_nan=False)
    except ValueError:
        return None
    return name
