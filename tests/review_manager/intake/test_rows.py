"""Rows come out of every kind of file, one after the other, with their line."""

from pathlib import Path

import pytest
import xlsxwriter

from review_manager.intake.columns import load_columns
from review_manager.intake.files import FileError, inspect_file
from review_manager.intake.rows import RowSource, open_rows


def rows_of(path: Path) -> RowSource:
    return open_rows(inspect_file(path), load_columns())


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(write_file, delimiter: str) -> None:
    table = "评论ID,评分,评论内容\n7,1,漏水\n".replace(",", delimiter)
    source = rows_of(write_file("t.csv", table))
    assert source.headers == ("评论ID", "评分", "评论内容")
    assert [row.cells["评论内容"] for row in source.rows] == ["漏水"]


def test_titles_above_the_header_are_skipped(write_file) -> None:
    text = "店铺评价导出,,\n导出时间：2026-11-20,,\n评论ID,评分,评论内容\n7,1,漏水\n"
    source = rows_of(write_file("t.csv", text))
    assert source.headers == ("评论ID", "评分", "评论内容")
    assert [row.line for row in source.rows] == [4]


def test_an_unknown_header_is_the_first_row_and_loses_no_row(write_file) -> None:
    source = rows_of(write_file("t.csv", "甲,乙\n一,二\n三,四\n五,六\n"))
    assert source.headers == ("甲", "乙")
    assert [row.cells["甲"] for row in source.rows] == ["一", "三", "五"]


def test_a_quoted_line_break_stays_in_its_cell_and_lines_count_on(write_file) -> None:
    source = rows_of(write_file("t.csv", '评分,评论内容\n1,"漏\n水"\n2,慢\n'))
    assert [(row.line, row.cells["评论内容"]) for row in source.rows] == [(2, "漏\n水"), (4, "慢")]


def test_a_row_with_too_many_cells_says_so_and_the_rest_go_on(write_file) -> None:
    source = rows_of(write_file("t.csv", "评分,评论内容\n1,漏水,真的\n2,慢\n3,好,\n"))
    problems = [(row.line, bool(row.problem)) for row in source.rows]
    assert problems == [(2, True), (3, False), (4, False)]


def test_an_unclosed_quote_costs_its_own_row_only(write_file) -> None:
    text = '评分,评论内容\n1,"漏水\n' + "2,慢\n" * 60_000
    rows = list(rows_of(write_file("t.csv", text)).rows)
    assert rows[0].line == 2
    assert rows[0].problem
    assert sum(row.problem is None for row in rows) == 60_000
    assert rows[-1].line == 60_002


def test_an_unclosed_quote_at_the_end_costs_its_own_row_only(write_file) -> None:
    text = "评分,评论内容\n2,慢\n" + '1,"漏水\n' + "3,好\n" * 300
    rows = list(rows_of(write_file("t.csv", text)).rows)
    assert [row.line for row in rows if row.problem] == [3]
    assert len(rows) == 302


def test_only_a_header_is_no_review(write_file) -> None:
    with pytest.raises(FileError, match="只有表头"):
        rows_of(write_file("t.csv", "评分,评论内容\n"))


def test_json_lines_keep_ids_exact_and_name_bad_lines(write_file) -> None:
    text = '{"id": 602123456789012345, "text": "好"}\n[1]\nnot json\n\n{"text": "慢", "stars": 2}\n'
    source = rows_of(write_file("t.jsonl", text))
    assert source.headers == ("id", "text", "stars")
    rows = list(source.rows)
    assert [row.line for row in rows] == [1, 2, 3, 5]
    assert rows[0].cells["id"] == 602123456789012345
    assert [bool(row.problem) for row in rows] == [False, True, True, False]


def test_a_workbook_with_formulas_gives_their_values(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["评论ID", "评分", "评论内容"])
        sheet.write_row(1, 0, ["77", 1, "漏水"])
        sheet.write_string(2, 0, "78")
        sheet.write_formula(2, 1, "=1+1", None, 2)
        sheet.write_formula(2, 2, '=CONCATENATE("慢","了")', None, "慢了")
    source = rows_of(path)
    assert source.total == 2
    assert [(row.line, row.cells["评论内容"]) for row in source.rows] == [(2, "漏水"), (3, "慢了")]


def test_a_file_that_only_says_it_is_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"nonsense" * 100)
    with pytest.raises(FileError, match="打不开"):
        rows_of(path)


def test_reading_goes_on_in_constant_memory(write_file) -> None:
    """A file of 27 MB is read through in less than half of that."""
    import tracemalloc

    path = write_file("t.csv", "评分,评论内容\n" + ("1," + "漏水" * 30 + "\n") * 150_000)
    tracemalloc.start()
    count = sum(1 for _ in rows_of(path).rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 150_000
    assert peak < 10 * 2**20 < path.stat().st_size


def test_the_position_grows_to_the_end(write_file) -> None:
    source = rows_of(write_file("t.csv", "评分,评论内容\n" + "1,漏水\n" * 5000))
    seen = [source.position() for _ in source.rows]
    assert seen == sorted(seen)
    assert source.position() == 1.0
