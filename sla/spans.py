"""Half-open spans of time and the set arithmetic on them: union, difference, intersection, length.

Every function takes and gives spans sorted by start; all but `union` want them free of overlap.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """The instants from `start` (in) to `end` (out), both aware UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long the span is."""
        return self.end - self.start


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans in any order into sorted ones that neither overlap nor touch; empty ones go."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def difference(spans: Iterable[Span], without: Sequence[Span]) -> Iterator[Span]:
    """Yield what is left of `spans` when the spans of `without` are cut out, one by one."""
    for span in spans:
        start = span.start
        for cut in without[bisect_right(without, start, key=_end) :]:
            if cut.start >= span.end:
                break
            if start < cut.start:
                yield Span(start, cut.start)
            start = cut.end
        if start < span.end:
            yield Span(start, span.end)


def _end(span: Span) -> datetime:
    return span.end


def intersection(spans: Iterable[Span], within: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of `spans` that lie inside the spans of `within`."""
    for span in spans:
        for part in within[bisect_right(within, span.start, key=_end) :]:
            if part.start >= span.end:
                break
            yield Span(max(span.start, part.start), min(span.end, part.end))


def length(spans: Iterable[Span]) -> timedelta:
    """Add up the lengths of spans that do not overlap."""
    return sum((span.length for span in spans), timedelta())
