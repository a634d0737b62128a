"""Turns lists of words, written as regular expressions, into one pattern for each list."""

import re
from collections.abc import Sequence


def any_of(patterns: Sequence[str], *, key: str) -> re.Pattern[str]:
    """Return a pattern that finds any of these; raises ValueError naming `key` and the bad one.

    They are compiled together and looked at one by one only where that fails: to compile each by
    itself first took as long as all the rest of loading them.
    """
    try:
        return re.compile("|".join(f"(?:{one})" for one in patterns))
    except re.error as error:
        for one in patterns:
            _compile(one, key=key)
        raise ValueError(f"{key}: {patterns!r} cannot be taken together: {error}") from error


def _compile(pattern: str, *, key: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{key}: {pattern!r} is no regular expression: {error}") from error
