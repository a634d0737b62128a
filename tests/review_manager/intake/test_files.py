"""What a file is: its kind, its encoding, and every way in which it can be none."""

import zipfile
from pathlib import Path

import pytest

from review_manager.intake.files import FileError, FileKind, inspect_file

HEADER = "评论ID,评分,评论内容,评论时间\n"
ROW = "77,1,杯盖漏水😡,2026-11-20 12:30\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_found_by_trial(write_file, written: str, read: str) -> None:
    path = write_file("reviews.csv", HEADER + ROW, written)
    facts = inspect_file(path)
    assert facts.encoding == read
    assert facts.path.read_text(encoding=facts.encoding).lstrip("\ufeff") == HEADER + ROW


def test_an_error_deep_in_the_file_decides(write_file) -> None:
    """The first megabyte reads as both; the last line only as GB18030."""
    path = write_file("long.csv", "a,b\n" * 300_000)
    path.write_bytes(path.read_bytes() + "杯盖漏水，客服不理".encode("gb18030"))
    assert inspect_file(path).encoding == "gb18030"


def test_bytes_of_no_encoding_are_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"id,review\n1," + b"\xff\xff\n")
    with pytest.raises(FileError, match="12"):
        inspect_file(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"   \n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match="空的"):
        inspect_file(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(FileError, match="找不到"):
            inspect_file(path)


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(FileError, match="CSV"):
        inspect_file(path)


def test_a_workbook_that_is_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/{number}.xml", b"0" * 100 * 2**20)
    with pytest.raises(FileError, match="上限"):
        inspect_file(path)


def test_json_lines_are_told_by_their_name_or_their_first_character(write_file) -> None:
    assert inspect_file(write_file("a.jsonl", '{"text": "好"}\n')).kind is FileKind.LINES
    assert inspect_file(write_file("a.txt", ' {"text": "好"}\n')).kind is FileKind.LINES
    assert inspect_file(write_file("a.csv", "text\n好\n")).kind is FileKind.TABLE


def test_the_hash_is_of_the_content_not_of_the_name(write_file) -> None:
    one, two = write_file("a.csv", HEADER + ROW), write_file("b.csv", HEADER + ROW)
    other = write_file("c.csv", HEADER + ROW * 2)
    assert inspect_file(one).hash == inspect_file(two).hash != inspect_file(other).hash
