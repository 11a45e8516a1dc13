"""SVG whose letters are paths: no fonts, no shared glyphs, the same picture."""

import io
import re

import numpy as np
import pytest
import resvg_py
from PIL import Image

import viz
from autograd import DrawingError, Value, parse
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.test_drawing import HOSTILE
from viz.__main__ import main
from viz.formats import svg


def pixels(document):
    """What resvg shows of it without a font."""
    data = resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True, dpi=96, width=900)
    return np.asarray(Image.open(io.BytesIO(bytes(data))).convert("RGB")).astype(int)


@pytest.mark.parametrize("drawing", [viz.draw(logistic_regression()), viz.network([3, 4, 1])], ids=["graph", "network"])
def test_outlines_need_no_font_and_look_as_text_does(drawing):
    document = svg.write(drawing.picture, "outlines")
    assert not re.findall("<(text|use|defs|style)", document)
    real = np.asarray(Image.open(io.BytesIO(drawing.png(width=900))).convert("RGB")).astype(int)
    differs = np.abs(pixels(document) - real).max(axis=2) > 96
    assert differs.mean() < 0.002  # edges of letters
    ink = (real < 128).any(axis=2)
    assert differs[ink].mean() < 0.02


def test_outlines_of_a_character_that_no_font_has_are_refused(tmp_path):
    with pytest.raises(DrawingError, match=r"^The fonts have no outline of '字' in .*\. Save it without outlines\.$"):
        viz.draw(parse("字 = 3*a", a=1)["字"]).save(tmp_path / "J.svg", outlines=True)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.isascii() and name.isprintable()])
def test_outlines_of_hostile_names(name, tmp_path):
    path = viz.draw((Value(2.0, name) * 3).named("y")).save(tmp_path / "J.svg", outlines=True)
    assert "<text" not in path.read_text("utf-8")


def test_commands_and_steps_have_outlines_too(tmp_path):
    assert main(["draw", "y = a*b", "a=2", "b=3", "--outlines", "-o", str(tmp_path / "y.svg")]) == 0
    assert main(["network", "2", "1", "--outlines", "-o", str(tmp_path / "net.svg")]) == 0
    assert main(["frames", "y = a*b", "a=2", "b=3", "--outlines", "-o", str(tmp_path / "y-{}.svg")]) == 0
    assert len(list(tmp_path.iterdir())) == 6
    assert not any("<text" in path.read_text("utf-8") for path in tmp_path.iterdir())
    assert "<text" in viz.draw(lecture()).save(tmp_path / "J.svg").read_text("utf-8")
