"""The labelled texts that come with the project: readable, balanced, and no test among them."""

from pathlib import Path

import numpy as np
import pytest

from review_manager.analysis.alarms import Alarm
from review_manager.analysis.findings import Aspect
from review_manager.analysis.plain_text import plain
from review_manager.training.alarm_lines import LINES, AlarmLabelError, read_lines
from review_manager.training.clauses_file import (
    TALES,
    ClauseLabelError,
    LabelledClause,
    read_clauses,
)
from review_manager.training.mixture import CLAUSE_WEIGHT, invented, with_clauses
from review_manager.training.reviews_file import LabelledReviews

DATA = Path(__file__).parents[2] / "data"


def texts_of_tests(name: str) -> set[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return {plain(line.split("\t")[1]) for line in lines if "\t" in line}


def test_shipped_texts_take_sides_and_come_once() -> None:
    tales = read_clauses(TALES)
    assert {clause.side for clause in tales} == {1, -1}
    assert len({clause.text for clause in tales}) == len(tales)
    for file in LINES.values():
        texts, labels = read_lines(file)
        assert set(labels.tolist()) == {0, 1}
        assert len(set(texts)) == len(texts)


def test_no_line_of_the_tests_is_trained_on() -> None:
    trained = {clause.text for clause in (*read_clauses(), *read_clauses(TALES))}
    assert not trained & texts_of_tests("takeaway_orders.tsv")
    assert not trained & texts_of_tests("other_goods.tsv")
    assert not trained & texts_of_tests("plain_and_hard.tsv")
    dangers = set(read_lines(LINES[Alarm.SAFETY])[0])
    assert not dangers & texts_of_tests("danger_lines.tsv")
    assert not dangers & texts_of_tests("danger_lines_later.tsv")
    assert not set(read_lines(LINES[Alarm.THREAT])[0]) & texts_of_tests("threat_lines.tsv")


@pytest.mark.parametrize(
    "line", ["quality?\t不错", "quality+ 不错", "colour+\t不错", "quality+\t "]
)
def test_a_clause_that_cannot_be_read_names_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "clauses.tsv"
    file.write_text(f"# first\nquality+\t不错\n{line}\n", encoding="utf-8")
    with pytest.raises(ClauseLabelError, match="line 3"):
        read_clauses(file)


@pytest.mark.parametrize("line", ["risk\t冒烟", "danger 冒烟", "harmless\t "])
def test_a_stretch_that_cannot_be_read_names_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "dangers.tsv"
    file.write_text(f"# first\n\ndanger\t冒烟了\n{line}\n", encoding="utf-8")
    with pytest.raises(AlarmLabelError, match="line 4"):
        read_lines(file)


def test_praise_and_blame_of_the_clauses_weigh_the_same() -> None:
    clauses = [
        LabelledClause("质量好", frozenset({Aspect.QUALITY}), 1, ""),
        LabelledClause("质量差", frozenset({Aspect.QUALITY}), -1, ""),
        LabelledClause("太慢", frozenset({Aspect.LOGISTICS}), -1, ""),
        LabelledClause("收到了", frozenset(), 0, ""),
    ]
    one = LabelledReviews(("好",), np.array([1]), np.array(["x"]), np.ones(1))
    mixed = with_clauses(one, clauses)
    assert mixed.texts == ("好", "质量好", "质量差", "太慢")
    assert mixed.weights.tolist() == [1.0, 2 * CLAUSE_WEIGHT, CLAUSE_WEIGHT, CLAUSE_WEIGHT]
    texts, labels = invented(clauses)
    assert texts == ("质量好", "质量差", "太慢")
    assert labels.tolist() == [1, 0, 0]
