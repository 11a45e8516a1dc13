"""Colours that everybody sees: contrast on their grounds, and lines that stay apart for every colour vision."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from viz.theme import THEME, THEMES

# In linear RGB. G. M. Machado, M. M. Oliveira, L. A. F. Fernandes (2009), A Physiologically-based Model for Simulation
# of Color Vision Deficiency, table 1, severity 1.0.
SEEN = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# Of sRGB, IEC 61966-2-1, with the white D65.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
APART = 10.0  # ΔE: a difference that is seen at once; 2.3 is just noticeable
TEXT, LINE = (
    4.5,
    3.5,
)  # contrasts: WCAG 2.2, 1.4.3, asks 4.5 of text; 1.4.11 asks 3 of lines, and a projector takes some


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Of two colours, as WCAG 2.2 defines it: from 1 to 21."""
    low, high = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """CIE 1976 L*a*b* of linear RGB."""
    x = XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one, other, eyes):
    return float(np.linalg.norm(lab(SEEN[eyes] @ linear(one)) - lab(SEEN[eyes] @ linear(other))))


def lines(theme):
    """The lines of roads, by what they mean, and where they are alike how else they are told apart."""
    return {name: getattr(theme, name) for name in ("gradient", "positive", "negative", "forward")}


def faint(theme):
    """What has too little contrast: texts on their grounds, and lines on the page."""
    texts = [(f"{role}'s title", paint.line, paint.fill) for role, paint in theme.roles.items()]
    texts += [("value", theme.ink, theme.body), ("note", theme.muted, theme.background)]
    texts += [("gradient", theme.gradient, ground) for ground in (theme.gradient_fill, theme.body, theme.background)]
    texts += [(sign, getattr(theme, sign), theme.background) for sign in ("positive", "negative")]
    found = [what for what, colour, ground in texts if contrast(colour, ground) < TEXT]
    grounds = theme.background, theme.body
    return found + ["forward" for ground in grounds if contrast(theme.forward, ground) < LINE]


def alike(theme, eyes):
    """Lines that are too similar; a positive and a negative weight differ by their dashes too."""
    return [pair for pair in combinations(lines(theme), 2) if difference(*map(lines(theme).get, pair), eyes) < APART]


@pytest.mark.parametrize("name", THEMES)
def test_all_is_read_on_a_washed_out_projector(name):
    assert faint(THEMES[name]) == []


@pytest.mark.parametrize("eyes", SEEN)
@pytest.mark.parametrize("name", ["light", "dark"])  # in print dashes and texts carry the meaning
def test_roads_stay_apart_for_every_kind_of_colour_vision(name, eyes):
    assert alike(THEMES[name], eyes) == []


def test_the_measures_find_what_is_too_faint_or_alike():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert faint(replace(THEME, forward="#A0A0A0")) == ["forward", "forward"]
    assert faint(replace(THEME, muted="#8A8A8A")) == ["note"]
    reddish = replace(THEME, negative="#A03A00")
    assert alike(reddish, "deuteranopia") == [("gradient", "negative")] and alike(reddish, "everybody") == []
    assert lab(np.ones(3)) == pytest.approx([100, 0, 0], abs=0.05)
