"""Fixtures of the review manager: files to import, a shop with people, reviews in every state."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from review_manager.people import Actor

sys.path.insert(0, str(Path(__file__).parent))

WriteFile = Callable[..., Path]


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Write a file of this name and encoding; gives its path."""

    def write(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def operator() -> Actor:
    """运营小陈: approves ordinary replies."""
    return Actor(id="s1", name="小陈", rank=0, sensitive=False)


@pytest.fixture
def lead() -> Actor:
    """组长老吴: approves what touches safety and threats."""
    return Actor(id="s2", name="老吴", rank=1, sensitive=True)


@pytest.fixture
def manager() -> Actor:
    """经理赵姐: approves any compensation."""
    return Actor(id="s3", name="赵姐", rank=2, sensitive=True)
