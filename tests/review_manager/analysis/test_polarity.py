"""What words say of texts, and how strange their words are."""

from pathlib import Path

import numpy as np
import pytest

from review_manager.analysis.analyzer import SHIPPED_MODEL
from review_manager.analysis.ngrams import BITS, hashed_grams
from review_manager.analysis.polarity import FAMILIAR, STRANGE, PolarityModel, strangeness


def _knowing(*texts: str) -> PolarityModel:
    """Return a model that knows the n-grams of some texts and finds all of them good."""
    table = np.zeros(1 << BITS, np.float32)
    table[hashed_grams(texts).bucket] = 1.0
    return PolarityModel(table, table, offset=0.0, slope=4.0, shift=0.0)


@pytest.mark.parametrize(
    ("known", "strange"),
    [(100, 0.0), (70, 0.0), (68, 0.2), (65, 0.5), (60, 1.0), (59, 1.0), (0, 1.0)],
)
def test_strange_begins_where_familiar_ends(known: int, strange: float) -> None:
    assert (FAMILIAR, STRANGE) == (0.7, 0.6)
    found = strangeness(np.array([float(known)]), np.array([100]))
    assert found.tolist() == pytest.approx([strange])


def test_a_text_without_any_n_gram_is_strange_and_divides_by_nothing() -> None:
    assert strangeness(np.zeros(1), np.zeros(1, np.int64)).tolist() == [1.0]


def test_known_words_are_familiar_and_new_ones_strange() -> None:
    model = _knowing("杯子很好看")
    heard = model.hear(["杯子很好看", "滤芯太难拆", "", "杯子很好看滤芯太难拆"])
    assert heard.strange[0] == 0.0
    assert heard.strange[1] == 1.0
    assert 0.0 < heard.strange[3] <= 1.0
    assert heard.margins[0] > heard.margins[3] > 0
    assert (
        heard.margins.tolist()
        == model.margins(["杯子很好看", "滤芯太难拆", "", "杯子很好看滤芯太难拆"]).tolist()
    )


def test_some_of_the_texts_keep_what_was_heard_of_them() -> None:
    heard = _knowing("好").hear(["好", "坏", "好"])
    some = heard.at(np.array([False, True, True]))
    assert some.margins.tolist() == heard.margins[1:].tolist()
    assert some.strange.tolist() == heard.strange[1:].tolist()


def test_the_shipped_model_finds_hotels_familiar_and_boilers_strange() -> None:
    shipped = PolarityModel.read(SHIPPED_MODEL / "polarity.npz")
    hotel, boiler = shipped.hear(
        ["房间很干净，服务员态度也很好，下次还会住这里", "壁挂炉烟管接缝渗冷凝液，比例阀嗡鸣"]
    ).strange
    assert hotel == 0.0
    assert boiler > 0.5


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = _knowing("杯子很好看")
    model.write(tmp_path / "polarity.npz")
    again = PolarityModel.read(tmp_path / "polarity.npz")
    assert np.array_equal(again.square, model.square)
    assert (again.offset, again.slope, again.shift) == (0.0, 4.0, 0.0)
