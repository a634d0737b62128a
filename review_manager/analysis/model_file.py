"""Opens the files of trained models: named tables of numbers, in a form whose number they hold."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

_FORM = "form"
_UNNAMED = 1  # files of before forms were numbered name none


class UnreadableModelError(ValueError):
    """A model file cannot be read by this version of the program."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


@contextmanager
def opened(file: Path, *, form: int) -> Iterator[Mapping[str, NDArray[Any]]]:
    """Give the tables of a file, numbers only, nothing executable; closed afterwards.

    Raises:
        UnreadableModelError: it has another form than `form`, lacks a table, or is damaged.
    """
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
            found = int(stored[_FORM]) if _FORM in stored else _UNNAMED
            if found != form:
                raise UnreadableModelError(file, _other(found, form))
            yield stored
    except KeyError as error:
        raise UnreadableModelError(file, f"not a model of this kind: {error}") from error
    except (BadZipFile, EOFError) as error:
        raise UnreadableModelError(file, f"damaged: {error}") from error


def _other(found: int, wanted: int) -> str:
    mend = "restart the program" if found > wanted else "train it again, or install it again"
    return f"written in form {found}, but this program reads form {wanted}: {mend}"
