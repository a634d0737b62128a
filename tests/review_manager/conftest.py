"""Fixtures of the review manager: files to import, a shop with people, reviews in every state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from review_manager.analysis import (
    Analysis,
    Aspect,
    AspectFinding,
    Polarity,
    Sentiment,
)
from review_manager.approval import Actor

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


def analysis(sentiment: Sentiment, p_negative: float, **more: Any) -> Analysis:
    """An analysis as the model might give it, without a model."""
    found = {
        "aspects": (AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "漏水", 2, 4),)
        if sentiment is not Sentiment.POSITIVE
        else (),
        "safety": False,
        "threat": False,
        "misclick": False,
        "hidden_bad": False,
    } | more
    polarity = Polarity.NEGATIVE if p_negative > 0.5 else Polarity.POSITIVE
    return Analysis(polarity=polarity, p_negative=p_negative, sentiment=sentiment, **found)


def ago(now: datetime, **span: int) -> datetime:
    """A moment before now."""
    return now - timedelta(**span)
