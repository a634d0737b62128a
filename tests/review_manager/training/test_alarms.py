"""An alarm model is fitted on labelled lines, marked stretches and quiet stretches of reviews."""

import numpy as np
import pytest
from numpy.typing import NDArray

from review_manager.analysis.alarm_model import Voices
from review_manager.analysis.alarms import Alarm, AlarmBell, load_alarms
from review_manager.analysis.embedding import DIMENSIONS
from review_manager.analysis.ngrams import BITS, hashed_grams
from review_manager.analysis.polarity import PolarityModel
from review_manager.training.alarm_lines import LINES, MARKS, UNSURE, fingerprint, read_marks
from review_manager.training.alarms import QUIET_WEIGHT, Stretches, fit_alarm, of_reviews
from review_manager.training.reviews_file import LabelledReviews

FIRE, HEALED, SLOW = (
    "充电的时候着火了,家里烧了个洞",
    "手被烫伤以后抹这个好得真快",
    "物流太慢了,等了整整一个星期",
)


@pytest.fixture(scope="module")
def bell() -> AlarmBell:
    return load_alarms()[Alarm.SAFETY]


def reviews(*texts: str) -> LabelledReviews:
    count = len(texts)
    return LabelledReviews(texts, np.zeros(count, np.int64), np.full(count, "x"), np.ones(count))


def test_marked_stretches_teach_and_unmarked_silent_ones_are_quiet(bell: AlarmBell) -> None:
    marks = {fingerprint(FIRE): 1, fingerprint(HEALED): 0}
    read, quiet = of_reviews(reviews(FIRE, HEALED, SLOW), marks, bell)
    assert dict(zip(read.texts, read.labels.tolist(), strict=True)) == {FIRE: 1, HEALED: 0}
    assert read.weights.tolist() == [1.0, 1.0]
    assert read.signs.tolist() == [bell.says(text, p_negative=0.6) for text in read.texts]
    assert (quiet.texts, quiet.labels.tolist()) == ((SLOW,), [0])
    assert quiet.weights.tolist() == [QUIET_WEIGHT]


def test_what_rings_unmarked_or_was_left_unsure_teaches_nothing(bell: AlarmBell) -> None:
    read, quiet = of_reviews(reviews(FIRE, SLOW), {fingerprint(SLOW): UNSURE}, bell)
    assert read.texts == quiet.texts == ()


def test_a_mark_is_of_the_stretch_and_not_of_its_review(bell: AlarmBell) -> None:
    told = "但是充电的时候冒烟着火了"
    read, _ = of_reviews(reviews(f"外观很漂亮大家都说好看,{told}"), {fingerprint(told): 1}, bell)
    assert read.texts == (told,)


@pytest.mark.parametrize("alarm", list(Alarm))
def test_shipped_marks_tell_both_and_hold_no_words(alarm: Alarm) -> None:
    marks = read_marks(MARKS[alarm])
    assert set(marks.values()) == {1, 0, UNSURE}
    assert all(len(mark) == 16 and set(mark) <= set("0123456789abcdef") for mark in marks)
    assert LINES[alarm].exists()


def vectors(labels: NDArray[np.int64]) -> NDArray[np.float32]:
    shown = np.random.default_rng(1).normal(0, 1, (len(labels), DIMENSIONS)).astype(np.float32)
    shown[:, 0] += 5 * (2 * labels - 1)
    return shown


def test_fitted_heads_hear_what_they_were_taught(bell: AlarmBell) -> None:
    things = "壶锅灯线箱柜床椅桌门窗鞋帽车包笔杯碗盆桶"
    dangers = [f"{thing}把手烫出水泡了" for thing in things]
    harmless = [f"{thing}的颜色很好看呢" for thing in things]
    labels = [1] * len(dangers) + [0] * len(harmless)
    read = Stretches.of(dangers + harmless, labels, 1.0, bell)
    quiet = Stretches.of([SLOW, "客服半天不理人"], [0, 0], QUIET_WEIGHT, bell)
    table = np.zeros(1 << BITS, np.float32)
    blind = PolarityModel(table, table, offset=0.0, slope=4.0, shift=0.0)
    every = np.concatenate([read.labels, quiet.labels])
    model = fit_alarm(read, quiet, vectors(every), blind, caution=(0.0, 0.0))
    heard = model.heard(hashed_grams(["盘把手烫出水泡了", "盘的颜色很好看呢"]))
    assert heard[0] > heard[1]
    sensed = model.sensed(vectors(np.array([1, 0])))
    assert sensed[0] > sensed[1]
    voices = Voices.of(heard, [1, 0], np.zeros(2))
    assert model.words_score(voices)[0] > 0 > model.words_score(voices)[1]
    assert model.full_score(voices, sensed)[0] > 0 > model.full_score(voices, sensed)[1]
    cautious = fit_alarm(read, quiet, vectors(every), blind, caution=(1.0, 2.0))
    assert cautious.by_words[-1] == pytest.approx(model.by_words[-1] + 1.0)
    assert cautious.by_sense[-1] == pytest.approx(model.by_sense[-1] + 2.0)
