"""What a file of reviews is before anybody reads it: its kind, its encoding, its fingerprint."""

import codecs
import hashlib
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from review_manager import wording

CHUNK = 1 << 20
MEGABYTE = 1 << 20
LARGEST_WORKBOOK = 400 * MEGABYTE
"""The unpacked size up to which a workbook, which is read into memory at once, is taken."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FileError(ValueError):
    """A file of reviews cannot be read at all; the message says what to change."""


class FileKind(StrEnum):
    """How the rows of a file are written."""

    TABLE = "table"  # CSV or TSV
    LINES = "lines"  # JSON Lines
    WORKBOOK = "workbook"  # XLSX or XLS


@dataclass(frozen=True)
class FileFacts:
    """A file's kind, encoding (None for a workbook), size in bytes and SHA-256."""

    path: Path
    kind: FileKind
    encoding: str | None
    size: int
    hash: str


def inspect_file(path: Path) -> FileFacts:
    """Find out what `path` is, in one pass and constant memory; raises FileError."""
    if not path.is_file():
        raise FileError(wording.NO_FILE.format(path=path))
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip():
        raise FileError(wording.EMPTY_FILE)
    if head.startswith((_ZIP, _OLE)):
        _check_workbook(path, head)
        return FileFacts(path, FileKind.WORKBOOK, None, size, _hash(path))
    encoding, digest = _read_through(path, head)
    return FileFacts(path, _text_kind(path, head, encoding), encoding, size, digest)


def _check_workbook(path: Path, head: bytes) -> None:
    if head.startswith(_OLE):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FileError(wording.BROKEN_WORKBOOK.format(reason=error)) from error
    if unpacked > LARGEST_WORKBOOK:
        size, limit = unpacked // MEGABYTE, LARGEST_WORKBOOK // MEGABYTE
        raise FileError(wording.WORKBOOK_TOO_BIG.format(size=size, limit=limit))


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_through(path: Path, head: bytes) -> tuple[str, str]:
    """Decode the whole file strictly in every likely encoding; the first that holds wins."""
    if not head.startswith(_UTF16) and b"\0" in head:
        raise FileError(wording.NOT_TEXT)
    names = ["utf-16"] if head.startswith(_UTF16) else ["utf-8", "gb18030"]
    trials = {name: codecs.getincrementaldecoder(name)() for name in names}
    digest, at, failed_at = hashlib.sha256(), 0, 0
    with path.open("rb") as stream:
        while trials:
            chunk = stream.read(CHUNK)
            digest.update(chunk)
            for name in list(trials):
                try:
                    trials[name].decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    failed_at = at + error.start
                    del trials[name]
            at += len(chunk)
            if not chunk:
                break
    if not trials:
        raise FileError(wording.WRONG_ENCODING.format(at=failed_at))
    name = next(iter(trials))
    return ("utf-8-sig" if name == "utf-8" else name), digest.hexdigest()


def _text_kind(path: Path, head: bytes, encoding: str) -> FileKind:
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        return FileKind.LINES
    start = head.decode(encoding, errors="replace").lstrip("\ufeff \r\n\t")
    return FileKind.LINES if start.startswith("{") else FileKind.TABLE
