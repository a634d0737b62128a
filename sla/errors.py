"""What can be wrong with a clock question: one small class each, its docstring is the message."""

import inspect
import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60


class SlaError(ValueError):
    """The question about a clock cannot be answered"""

    def __init__(self, **data: object) -> None:
        self.__dict__.update(data)
        shown = {name: _shown(value) for name, value in data.items()}
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").format(**shown))


def _shown(value: object) -> str:
    """Field names and reasons read as they are; what the line held is quoted, long values cut."""
    return value if isinstance(value, Word) else _SHORT.repr(value)


class Word(str):
    """A name of ours inside a message: shown without quotes."""

    __slots__ = ()


class MissingKeyError(SlaError):
    """{key} is missing"""


class NotAnInstantError(SlaError):
    """{key} must be an ISO 8601 time with an offset, not {value}"""


class NaiveTimeError(SlaError):
    """{key} {value} has no time zone: add an offset such as +08:00"""


class NotADateError(SlaError):
    """{key} must be a date written as YYYY-MM-DD, not {value}"""


class BadTargetError(SlaError):
    """target_seconds must be a number above 0, not {value}"""


class HugeTargetError(SlaError):
    """target_seconds {value} is not reached within {limit}"""


class BadCalendarError(SlaError):
    """calendar {key}: {problem}"""


class NoWorkingTimeError(SlaError):
    """calendar frames: there is no working time at all"""


class UnknownHolidaysError(SlaError):
    """China's holidays are known for 1950 to 2100 only, not for {year}"""


class OutOfRangeError(SlaError):
    """a time of this line falls outside the years 1 to 9999"""


class BadEventError(SlaError):
    """{key}: {problem}"""


class FutureEventError(SlaError):
    """{key} at {at} lies after now"""


class UnknownClockError(SlaError):
    """clock {value} is unknown; known are {known}"""
