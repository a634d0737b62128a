"""The colours: every pair that carries text has the contrast of WCAG AA, in light and in dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "pages/shared/tokens.css").read_text("utf-8")
MEANINGS = ("calm", "good", "warning", "late", "agent", "bot", "customer")
GROUNDS = ("paper", "surface", "sunken")


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


LIGHT, DARK = (_colours(part) for part in TOKENS.split("@media (prefers-color-scheme: dark)"))
SCHEMES = {"light": LIGHT, "dark": LIGHT | DARK}


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _text_pairs() -> Iterator[tuple[str, str, str]]:
    for scheme in SCHEMES:
        for ground in GROUNDS:
            for text in ("ink", "ink-soft", "ink-faint"):
                yield scheme, text, ground
        for meaning in MEANINGS:
            yield scheme, meaning, f"{meaning}-soft"
            yield scheme, meaning, "surface"
            yield scheme, "on-solid", f"{meaning}-solid"
            yield scheme, "ink", f"{meaning}-soft"


@pytest.mark.parametrize(("scheme", "text", "ground"), list(_text_pairs()))
def test_text_contrast(scheme: str, text: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert _contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("edge", "ground"), [("line-strong", "surface"), ("focus", "surface"), ("focus", "paper")]
)
def test_edges_of_fields_and_the_focus_ring_are_seen(scheme: str, edge: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert _contrast(colours[edge], colours[ground]) >= 3


def test_dark_defines_only_what_light_has() -> None:
    assert DARK
    assert set(DARK) <= set(LIGHT)
