"""The danger model is fitted on labelled lines and on stretches of reviews that nobody labelled."""

import numpy as np
import pytest
from numpy.typing import NDArray

from review_manager.analysis.alarms import Alarm, AlarmBell, load_alarms
from review_manager.analysis.danger_model import Voices
from review_manager.analysis.embedding import DIMENSIONS
from review_manager.analysis.ngrams import BITS, hashed_grams
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.dangers import (
    QUIET_WEIGHT,
    RINGING_WEIGHT,
    fit_dangers,
    labelled_lines,
    of_reviews,
)
from review_manager.training.reviews_file import LabelledReviews


@pytest.fixture(scope="module")
def bell() -> AlarmBell:
    return load_alarms()[Alarm.SAFETY]


def reviews(*rows: tuple[str, int]) -> LabelledReviews:
    texts, labels = zip(*rows, strict=True)
    count = len(rows)
    return LabelledReviews(texts, np.array(labels), np.full(count, "x"), np.ones(count))


def test_what_rings_in_a_bad_review_is_taken_for_danger(bell: AlarmBell) -> None:
    ringing, quiet = of_reviews(
        reviews(
            ("充电的时候着火了,家里烧了个洞", 0),
            ("手被烫伤以后抹这个好得真快", 1),
            ("物流太慢了,等了整整一个星期", 0),
        ),
        bell,
    )
    told = dict(zip(ringing.texts, ringing.labels.tolist(), strict=True))
    assert told["充电的时候着火了,家里烧了个洞"] == 1
    assert told["手被烫伤以后抹这个好得真快"] == 0
    assert set(ringing.weights.tolist()) == {RINGING_WEIGHT}
    assert quiet.texts == ("物流太慢了,等了整整一个星期",)
    assert quiet.labels.tolist() == [0]
    assert quiet.weights.tolist() == [QUIET_WEIGHT]
    assert not quiet.signs.any()


def test_only_the_stretch_that_rings_is_taken(bell: AlarmBell) -> None:
    ringing, _ = of_reviews(reviews(("外观很漂亮大家都说好看,但是充电的时候冒烟着火了", 0)), bell)
    assert ringing.texts == ("但是充电的时候冒烟着火了",)


def vectors(labels: NDArray[np.int64]) -> NDArray[np.float32]:
    shown = np.random.default_rng(1).normal(0, 1, (len(labels), DIMENSIONS)).astype(np.float32)
    shown[:, 0] += 5 * (2 * labels - 1)
    return shown


def test_fitted_heads_hear_what_they_were_taught(bell: AlarmBell) -> None:
    things = "壶锅灯线箱柜床椅桌门窗鞋帽车包笔杯碗盆桶"
    dangers = tuple(f"{thing}把手烫出水泡了" for thing in things)
    harmless = tuple(f"{thing}的颜色很好看呢" for thing in things)
    labels = np.array([1] * len(dangers) + [0] * len(harmless))
    lines = labelled_lines((dangers + harmless, labels), bell)
    ringing, quiet = of_reviews(
        reviews(("充电的时候着火了,吓死我了", 0), ("物流太慢了,等了一个星期", 0)), bell
    )
    table = np.zeros(1 << BITS, np.float32)
    blind = PolarityModel(table, table, offset=0.0, slope=4.0, shift=0.0)
    every = np.concatenate([labels, ringing.labels, quiet.labels])
    model = fit_dangers(lines, ringing, quiet, vectors(every), blind)
    heard = model.heard(hashed_grams(["盘把手烫出水泡了", "盘的颜色很好看呢"]))
    assert heard[0] > heard[1]
    sensed = model.sensed(vectors(np.array([1, 0])))
    assert sensed[0] > sensed[1]
    voices = Voices.of(heard, [True, False], np.zeros(2))
    assert model.words_score(voices)[0] > 0 > model.words_score(voices)[1]
    assert model.full_score(voices, sensed)[0] > 0 > model.full_score(voices, sensed)[1]
