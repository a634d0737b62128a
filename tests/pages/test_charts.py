"""The charts: honest axes, direct labels, every figure in the table, every mark by keyboard."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

OpenPage = Callable[..., Awaitable[Page]]
Run = Callable[..., Awaitable[Any]]
Until = Callable[[Page, str | Callable[[], object]], Awaitable[None]]
DRAW = """async ([kind, options]) => {
  const charts = await import('/assets/shared/charts.js');
  document.querySelector('main').append(charts[kind](options));
}"""
LINE = {
    "title": "回复率", "unit": "%", "x": ["11-20", "11-21", "11-22"],
    "series": [
        {"name": "本周", "values": [80, None, 90]}, {"name": "上周", "values": [89, 91, 90]},
    ],
    "target": {"value": 95, "text": "目标 95%"},
}  # fmt: skip


async def _draw(open_page: OpenPage, kind: str, options: dict[str, Any], **view: Any) -> Page:
    page = await open_page("/blank", **view)
    await page.evaluate(DRAW, [kind, options])
    return page


@pytest.mark.parametrize(("most", "ticks"), [
    (10, [0, 2.5, 5, 7.5, 10]),
    (7, [0, 2, 4, 6, 8]),
    (100, [0, 25, 50, 75, 100]),
    (0.3, [0, 0.1, 0.2, 0.3]),
    (0, [0, 1]),
    (1234, [0, 500, 1000, 1500]),
])  # fmt: skip
async def test_axes_start_at_zero_and_count_in_round_steps(
    run: Run, most: float, ticks: list[float]
) -> None:
    assert await run("async (most) => (await load('charts/scales')).ticks(most)", most) == ticks


@pytest.mark.parametrize(("text", "told"), [("50%", "50%"), ("50", "50 %")])
async def test_a_unit_is_said_once(run: Run, text: str, told: str) -> None:
    script = "async (text) => (await load('charts/scales')).withUnit(text, '%')"
    assert await run(script, text) == told


async def test_labels_are_pushed_apart(run: Run) -> None:
    script = "async () => (await load('charts/scales')).apart([50, 48, 90], 15)"
    assert await run(script) == [63, 48, 90]


async def test_a_line_has_a_gap_where_there_is_no_figure(open_page: OpenPage) -> None:
    page = await _draw(open_page, "lineChart", LINE)
    path = await page.locator(".line").first.get_attribute("d") or ""
    assert path.count("M") == 2
    await expect(page.locator(".plot .mark")).to_have_count(5)
    await expect(page.locator(".plot .label")).to_have_text(["本周", "上周"])
    await expect(page.locator(".plot")).to_contain_text("目标 95%")


@pytest.mark.parametrize(("values", "is_below"), [([97, 90], True), ([80, 97], False)])
async def test_the_goal_is_named_where_the_line_does_not_begin(
    open_page: OpenPage, values: list[int], is_below: bool
) -> None:
    series = [{"name": "本周", "values": values}]
    page = await _draw(open_page, "lineChart", {**LINE, "x": ["1", "2"], "series": series})
    goal = await page.locator(".plot .target").bounding_box()
    name = await page.get_by_text("目标 95%").bounding_box()
    assert goal is not None
    assert name is not None
    assert (name["y"] + name["height"] / 2 > goal["y"]) is is_below


async def test_figures_beside_bars_stand_on_the_line_of_the_goal(open_page: OpenPage) -> None:
    bars = [{"label": "小周", "value": 88, "n": 9}]
    about = {"title": "x", "unit": "%", "target": {"value": 90, "text": "目标 90%"}}
    page = await _draw(open_page, "barChart", {**about, "bars": bars})
    order = """svg => svg.querySelector('.target')
        .compareDocumentPosition(svg.querySelector('.value'))"""
    assert await page.locator(".plot").evaluate(order) & 4  # what follows is drawn over it


async def test_names_at_the_ends_of_lines_do_not_lie_on_each_other(open_page: OpenPage) -> None:
    page = await _draw(open_page, "lineChart", LINE)
    first, second = [await one.bounding_box() for one in await page.locator(".plot .label").all()]
    assert first is not None
    assert second is not None
    assert abs(first["y"] - second["y"]) >= 14


async def test_the_table_has_the_same_figures(open_page: OpenPage) -> None:
    page = await _draw(open_page, "lineChart", LINE)
    await page.get_by_role("button", name="看表格").click()
    rows = await page.locator("tbody tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["11-20", "80", "89"], ["11-21", "—", "91"], ["11-22", "90", "90"]
    ]  # fmt: skip
    await expect(page.locator(".plot")).to_be_hidden()
    await page.get_by_role("button", name="看图").click()
    await expect(page.locator(".plot")).to_be_visible()


async def test_arrow_keys_walk_the_marks_and_each_says_its_figure(open_page: OpenPage) -> None:
    bars = [
        {"label": "物流", "value": 48, "n": 120, "href": "/reviews?aspect=logistics"},
        {"label": "客服", "value": 5, "n": 120},
    ]
    page = await _draw(open_page, "barChart", {"title": "差评说什么", "unit": "条", "bars": bars})
    await page.locator(".mark").first.focus()
    await expect(page.locator(".readout")).to_have_text("物流：48 条，n=120")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".readout")).to_have_text("客服：5 条，n=120")
    await page.keyboard.press("ArrowUp")
    link = page.locator("a.mark")
    await expect(link).to_be_focused()
    assert await link.get_attribute("href") == "/reviews?aspect=logistics"


async def test_bars_are_as_long_as_their_figures(open_page: OpenPage) -> None:
    bars = [{"label": "甲", "value": 40}, {"label": "乙", "value": 10}, {"label": "丙", "value": 0}]
    page = await _draw(open_page, "barChart", {"title": "长度", "unit": "条", "bars": bars})
    widths = [
        float(await one.get_attribute("width") or 0)
        for one in await page.locator(".plot .fill-calm").all()
    ]
    assert widths[0] == pytest.approx(4 * widths[1])
    assert widths[2] == 0


async def test_parts_of_a_whole_add_up(open_page: OpenPage) -> None:
    options = {
        "title": "谁接待", "unit": "个",
        "parts": [{"name": "机器人", "colour": "bot"}, {"name": "人工", "colour": "agent"}],
        "rows": [{"label": "周一", "values": [30, 10]}],
    }  # fmt: skip
    page = await _draw(open_page, "stackedBarChart", options)
    await expect(page.locator(".value")).to_have_text("40")
    await expect(page.locator(".legend li")).to_have_text(["机器人", "人工"])
    assert (
        await page.locator(".mark").nth(1).get_attribute("aria-label")
        == "周一，人工：10 个，占 25%"
    )


async def test_no_data_is_not_zero_on_a_heat_map(open_page: OpenPage) -> None:
    options = {
        "title": "何时",
        "unit": "分",
        "columns": ["上午", "下午"],
        "rows": [{"label": "周一", "values": [None, 0]}],
    }
    page = await _draw(open_page, "heatMap", options)
    marks = page.locator(".mark")
    assert await marks.nth(0).get_attribute("aria-label") == "周一，上午：没有数据"
    assert await marks.nth(1).get_attribute("aria-label") == "周一，下午：0 分"
    await expect(page.locator(".empty")).to_have_count(1)


async def test_what_is_past_the_limit_is_late_in_word_and_colour(open_page: OpenPage) -> None:
    points = [{"label": "甲", "value": 24}, {"label": "乙", "value": 24.1}]
    page = await _draw(
        open_page, "strip", {"title": "用时", "unit": "小时", "points": points, "limit": 24}
    )
    await expect(page.locator("circle.fill-late")).to_have_count(1)
    said = [await one.get_attribute("aria-label") for one in await page.locator(".mark").all()]
    assert said == ["甲：24 小时", "乙：24 小时，已超时限"]


async def test_dots_do_not_hide_each_other(open_page: OpenPage) -> None:
    points = [{"label": str(place), "value": 5} for place in range(6)]
    page = await _draw(open_page, "strip", {"title": "用时", "unit": "小时", "points": points})
    heights = {await one.get_attribute("cy") for one in await page.locator("circle").all()}
    assert len(heights) == 6


async def test_a_chart_follows_the_width_and_never_overflows_a_phone(
    open_page: OpenPage, until: Until
) -> None:
    page = await _draw(open_page, "lineChart", LINE, width=1280)
    await page.set_viewport_size({"width": 320, "height": 600})
    await until(page, "document.querySelector('.plot').clientWidth <= 320")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "kind", ["barChart", "strip", "distribution", "heatMap", "lineChart", "stackedBarChart"]
)
async def test_nothing_to_show_is_said(open_page: OpenPage, kind: str) -> None:
    nothing = {
        name: [] for name in ("bars", "points", "bins", "rows", "columns", "x", "series", "parts")
    }
    page = await _draw(open_page, kind, {"title": "空", "unit": "条", **nothing})
    await expect(page.locator(".chart")).to_contain_text("这段时间没有数据")
