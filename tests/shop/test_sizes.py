"""A size is read from the chart, never guessed."""

import pytest

from shop.sizes import Body, read_body, recommend

SHIRT = "M 165-170cm 55-65kg 胸围106 / L 170-175cm 65-73kg 胸围110 / XL 175-180cm 73-82kg 胸围114"
TEE = "S 155-162cm 胸围98 / M 160-168cm 胸围102 / L 168-175cm 胸围108 / XL 175-180cm 胸围114"
SHOE = "脚长225mm选35 / 230mm选36 / 235mm选37 / 240mm选38 / 245mm选39，比运动鞋小一码选"
SLIPPER = "脚长225-230mm选36-37 / 235-240mm选38-39 / 245-250mm选40-41"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("身高172体重140斤", Body(height_cm=172, weight_kg=70)),
        ("172 70公斤", Body(height_cm=172, weight_kg=70)),
        ("1米68，55kg", Body(height_cm=168, weight_kg=55)),
        ("体重120", Body(weight_kg=60)),
        ("体重60", Body(weight_kg=60)),
        ("脚长24.5cm", Body(foot_mm=245)),
        ("脚长245", Body(foot_mm=245)),
        ("穿多大", Body()),
    ],
)
def test_a_body_is_read_from_plain_words(text: str, body: Body) -> None:
    assert read_body(text) == body


@pytest.mark.parametrize(
    ("chart", "body", "sizes"),
    [
        (SHIRT, Body(height_cm=172, weight_kg=70), ("L",)),
        (SHIRT, Body(height_cm=170, weight_kg=65), ("M", "L")),
        (SHIRT, Body(height_cm=172, weight_kg=90), ()),
        (TEE, Body(height_cm=168, weight_kg=200), ("M", "L")),
        (TEE, Body(weight_kg=70), None),
        (SHOE, Body(foot_mm=240), ("38",)),
        (SHOE, Body(foot_mm=238), ("38",)),
        (SHOE, Body(foot_mm=260), ()),
        (SLIPPER, Body(foot_mm=232), ("38-39",)),
        ("均码 适合45-62kg，衣长58cm", Body(weight_kg=50), ("均码",)),
        ("开口可微调，女款内径约16-18mm", Body(height_cm=170), None),
    ],
)
def test_the_chart_decides(chart: str, body: Body, sizes: tuple[str, ...] | None) -> None:
    fit = recommend(chart, body)
    assert (fit.sizes if fit else None) == sizes
