"""Counting many clocks at once gives what sla.figures gives for them one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.columns import Columns, RowNotThereError, build, join, without
from reports.days import day_of
from reports.parts import cut
from reports.sums import sum_up
from reports.tally import (
    UNKNOWN,
    Filters,
    attainment_of,
    by_day,
    choose,
    groups,
    histogram,
    keep,
    percentile_of,
    states_at,
)
from sla.figures import Attainment, Waited, percentile

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = day_of(NOON)
WAITS = st.lists(st.integers(0, 500), max_size=40)


def clock_row(*, start=0, due=60, met=None, closed=None, state="met", **about):
    at = NOON + timedelta(seconds=start)
    ended = met if met is not None else closed
    return (
        at if state == "waiting" else None,
        at + timedelta(seconds=due) if state == "waiting" else None,
        None if ended is None else float(ended),
        100,
        about.get("policy", "p"),
        "handoff_response",
        state,
        about.get("agent"),
        about.get("platform"),
        None,
        None,
        None,
        None,
    )


@given(answered=WAITS, waiting=WAITS, share=st.sampled_from([0.01, 0.5, 0.9, 0.95, 1.0]))
def test_percentiles_are_those_of_the_careful_engine(answered, waiting, share) -> None:
    waits = [Waited(timedelta(seconds=one)) for one in answered]
    waits += [Waited(timedelta(seconds=one), answered=False) for one in waiting]
    careful = percentile(waits, share)
    quick = percentile_of(np.array(answered, dtype="f8"), np.array(waiting, dtype="f8"), share)
    assert quick == (None if careful is None else careful.total_seconds())


@pytest.mark.parametrize(
    ("second", "expected"),
    [(59, Attainment(open=1)), (60, Attainment(open=1)), (61, Attainment(missed=1))],
)
def test_unanswered_exactly_at_the_due_time_is_open(second, expected) -> None:
    columns = build("clock", DAY, [clock_row(state="waiting")])
    assert attainment_of(states_at(columns, NOON + timedelta(seconds=second))) == expected


def test_every_state_is_counted_as_it_is_stored() -> None:
    rows = [
        clock_row(met=10),
        clock_row(met=90, state="late"),
        clock_row(closed=9, state="closed_unanswered"),
        clock_row(state="waiting"),
    ]
    figure = attainment_of(states_at(build("clock", DAY, rows), NOON + timedelta(hours=1)))
    assert figure == Attainment(met=1, late=1, missed=1, closed_unanswered=1)


def row_of(state, start, wait, agent, platform, policy):
    ended = None if state == "waiting" else wait
    about = {"agent": agent, "platform": platform, "policy": policy}
    closed = ended if state == "closed_unanswered" else None
    met = None if state == "closed_unanswered" else ended
    return clock_row(start=start, met=met, closed=closed, state=state, **about)


ROWS = st.lists(
    st.builds(
        row_of,
        st.sampled_from(["met", "late", "closed_unanswered", "waiting"]),
        start=st.integers(0, 30_000),
        wait=st.integers(0, 50),
        agent=st.sampled_from([None, "lin", "zhou", "zoé"]),
        platform=st.sampled_from([None, "jd", "pdd"]),
        policy=st.sampled_from(["p", "q"]),
    ),
    max_size=30,
)


def table_of(columns: Columns, names=("key", "state", "agent", "platform")) -> list[tuple]:
    """Write every row out, in an order of its own."""
    numbers = zip(
        *(columns.numbers[name].tolist() for name in sorted(columns.numbers)), strict=True
    )
    words_ = zip(*(words(columns, name) for name in names), strict=True)
    return sorted((str(one), str(other)) for one, other in zip(numbers, words_, strict=True))


@given(ROWS, ROWS)
def test_cutting_and_joining_days_loses_nothing(one, other) -> None:
    days = [(DAY, one), (DAY + 1, other)]
    parts = [part for day, rows in days for part in cut("clock", day, build("clock", day, rows))]
    whole = join("clock", [part.read_columns() for part in parts])
    direct = [row for day, rows in days for row in table_of(build("clock", day, rows))]
    assert table_of(whole) == sorted(direct) if one or other else whole.rows == 0
    some = join("clock", [part.read_columns(["platform"]) for part in parts], ["key", "platform"])
    assert sorted(words(some, "platform"), key=str) == sorted(words(whole, "platform"), key=str)


@given(ROWS, st.randoms(use_true_random=False), st.booleans())
def test_rows_taken_out_leave_the_others(rows, dice, reads_all) -> None:
    """However they are kept: as rows of the database, and as what a note keeps of such a row."""
    gone = dice.sample(rows, len(rows) // 2)
    left = list(rows)
    for row in gone:
        left.remove(row)
    noted = [[one.timestamp() if isinstance(one, datetime) else one for one in row] for row in gone]
    whole = build("clock", DAY, dice.sample(rows, len(rows)))
    read = [part if reads_all else _counts_of(part) for part in cut("clock", DAY, whole)]
    known = join("clock", [part.read_columns() for part in read])
    kept = without(known, build("clock", DAY, noted))
    names = ("key", "state", "agent", "platform") if reads_all else ("key", "state")
    parts = [part if reads_all else _counts_of(part) for part in cut("clock", DAY, kept)]
    expected = [
        part if reads_all else _counts_of(part)
        for part in cut("clock", DAY, build("clock", DAY, left))
    ]
    tables = [
        table_of(join("clock", [one.read_columns() for one in each]), names) if each else []
        for each in (parts, expected)
    ]
    assert tables[0] == tables[1]


def _counts_of(part):
    """Leave out what an overview does not read."""
    return replace(part, waits=b"", names=None, columns=b"")


def test_a_row_that_is_not_there_cannot_be_taken_out() -> None:
    row = row_of("met", 5, 3.25, "lin", "jd", "p")
    there = build("clock", DAY, [row])
    for other in (
        row_of("late", 5, 3.25, "lin", "jd", "p"),
        row_of("met", 5, 3.251, "lin", "jd", "p"),
        row_of("met", 5, 3.25, "zhou", "jd", "p"),
        row_of("met", 5, 3.25, "lin", None, "p"),
        row_of("met", 5, 3.25, "lin", "jd", "q"),
    ):
        with pytest.raises(RowNotThereError):
            without(there, build("clock", DAY, [other]))
    assert without(there, build("clock", DAY, [row])).rows == 0
    with pytest.raises(RowNotThereError):
        without(there, build("clock", DAY, [row, row]))


@given(st.lists(st.sampled_from([0.0, 0.001, 17.235, 86_399.999, 4e6, 5e6, 1.234567]), max_size=5))
def test_waits_come_back_as_they_were(waits) -> None:
    """Whole milliseconds take half the room, as long as they are such and fit."""
    rows = [row_of("met", 0, wait, None, None, "p") for wait in waits]
    for part in cut("clock", DAY, build("clock", DAY, rows)):
        assert sorted(part.read_waits()[0].tolist()) == sorted(waits)
        is_short = all(wait < 2**32 / 1000 and round(wait, 3) == wait for wait in waits)
        assert len(part.waits) == len(waits) * (4 if is_short else 8)


FILTERS = st.builds(
    Filters,
    agent=st.sampled_from([None, "lin", "nobody", UNKNOWN]),
    platform=st.sampled_from([None, "jd"]),
)


@given(ROWS, FILTERS, st.integers(0, 40_000))
def test_sums_are_those_of_the_columns(rows, filters, later) -> None:
    now = NOON + timedelta(seconds=later)
    columns = build("clock", DAY, rows)
    sums = sum_up(cut("clock", DAY, columns), filters)
    for key in ("p/handoff_response", "q/handoff_response"):
        chosen = keep(columns, choose(columns, filters, key=key))
        assert (key in sums) == bool(chosen.rows)
        if chosen.rows:
            states = states_at(chosen, now)
            assert sums[key].attainment(now) == attainment_of(states)
            answered = chosen.numbers["waited"][states <= 1].tolist()
            assert sorted(sums[key].answered) == sorted(answered)


def words(columns: Columns, name: str) -> list[str | None]:
    return [columns.names[name][one] if one >= 0 else None for one in columns.words[name]]


@given(ROWS)
def test_groups_and_days_add_up_to_the_whole(rows) -> None:
    columns = build("clock", DAY, rows)
    states = states_at(columns, NOON + timedelta(days=9))
    whole = attainment_of(states) if rows else Attainment()
    by_agent = [figure for _value, figure in groups(columns, states, "agent")]
    assert sum(figure.n for figure in by_agent) == whole.n
    first = day_of(NOON)
    assert sum(one.n for one in by_day(columns, states, first=first, last=first + 5)) == whole.n


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        (Filters(), 3),
        (Filters(agent="lin"), 2),
        (Filters(agent=UNKNOWN), 1),
        (Filters(agent="lin", platform="jd"), 1),
        (Filters(agent="nobody"), 0),
    ],
)
def test_filters_choose_what_they_say(filters, n) -> None:
    rows = [
        clock_row(met=1, agent="lin", platform="jd"),
        clock_row(met=1, agent="lin"),
        clock_row(met=1, platform="jd"),
    ]
    columns = build("clock", DAY, rows)
    assert keep(columns, choose(columns, filters)).rows == n


def test_what_lies_beyond_the_last_edge_is_counted_in_the_last_bin() -> None:
    assert histogram(np.array([0.0, 1.0, 9.9, 10.0, 500.0]), [0.0, 5.0, 10.0]) == [2, 1, 2]
