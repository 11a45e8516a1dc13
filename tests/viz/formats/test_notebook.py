"""What cells show: SVG and PNG no wider than a cell, and something also where a notebook is not trusted."""

import base64
import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

import viz
from autograd import Value, parse
from tests.viz.graph.test_scene import lecture, logistic_regression
from viz.escape import xml
from viz.formats.notebook import UNTRUSTED, WIDEST


def image(data):
    return Image.open(io.BytesIO(base64.b64decode(data["image/png"])))


@pytest.mark.parametrize(("make", "wide"), [(lecture, True), (lambda: parse("y = 2*x", x=1)["y"], False)])
def test_a_drawing_is_svg_and_png_of_one_size_within_a_cell(make, wide):
    drawing = viz.draw(make())
    data, metadata = drawing._repr_mimebundle_()
    assert list(data) == ["image/svg+xml", "image/png", "text/plain"]
    assert data["text/plain"] == repr(drawing)
    width, height = metadata["image/png"]["width"], metadata["image/png"]["height"]
    assert f'width="{width}" height="{height}" viewBox=' in data["image/svg+xml"]
    assert re.sub(' width="[^"]*"', "", data["image/svg+xml"]).count("<path") == drawing.svg.count("<path")
    assert (width == WIDEST) == wide and width <= 840
    if not wide:
        assert width == round(drawing.picture.width * 96 / 72)  # as in a page
    assert image(data).size == (2 * width, pytest.approx(2 * height, abs=2))


def test_only_what_is_asked_for_is_written(monkeypatch):
    drawing = viz.draw(lecture())
    assert list(drawing._repr_mimebundle_(exclude=["image/png", "text/plain"])[0]) == ["image/svg+xml"]
    monkeypatch.setattr("viz.formats.raster.png", None)
    monkeypatch.setattr("viz.formats.svg.write", None)
    assert drawing._repr_mimebundle_(include=["text/plain"]) == ({"text/plain": repr(drawing)}, {})
    page = viz.page(lecture())
    assert list(page._repr_mimebundle_(include={"text/plain"})[0]) == ["text/plain"]


def test_a_bundle_is_small():
    data, _ = viz.draw(logistic_regression())._repr_mimebundle_()
    assert len(data["image/svg+xml"]) < 60_000 and len(data["image/png"]) < 150_000


def test_frames_move_within_a_cell():
    data, metadata = viz.frames(lecture())._repr_mimebundle_()
    assert image(data).n_frames == 9 and metadata["image/png"]["width"] == WIDEST
    assert metadata["image/png"]["height"] / WIDEST == pytest.approx(image(data).height / image(data).width, rel=0.01)
    assert data["text/plain"] == "<Frames of J: 9 steps>"
    assert list(viz.frames(lecture())[0]._repr_mimebundle_()[0])[:2] == ["image/svg+xml", "image/png"]


def test_a_page_is_a_frame_or_where_frames_are_dropped_a_picture_and_a_sentence():
    page = viz.page((Value(2.0, 'a"<b>') * 3).named("y"))
    data, metadata = page._repr_mimebundle_()
    assert list(data) == ["text/html", "image/png", "text/plain"]
    html = data["text/html"]
    assert html.startswith(page._repr_html_())
    rest = html.removeprefix(page._repr_html_())
    assert rest.startswith("<style>.chalkgrad-still { display: none }</style>")
    left = re.sub("<style>.*?</style>|<iframe .*?</iframe>", "", html)  # what a sanitiser leaves
    shown = f'width="{metadata["image/png"]["width"]}" height="{metadata["image/png"]["height"]}"'
    assert shown in left and data["image/png"] in left and f"<p>{UNTRUSTED}</p>" in left
    assert "<b>" not in left


PAGES = {
    "steps": lambda: viz.page(lecture()),
    "descent": lambda: viz.descend("saddle", steps=3).page(),
    "playground": lambda: viz.playground("#dataset=xor", title="a <b>"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_has_a_policy_a_frame_and_a_still_for_untrusted_notebooks(kind):
    page = PAGES[kind]()
    head = page.html.partition("<body>")[0]
    assert "default-src 'none'; script-src 'sha256-" in head and 'name="color-scheme" content="light dark"' in head
    assert f"<title>{xml(page.heading)}</title>" in head
    root = ElementTree.fromstring(page.still())
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("aria-label")
    data, metadata = page._repr_mimebundle_()
    assert list(data) == ["text/html", "image/png", "text/plain"]
    assert data["text/html"].count("<iframe srcdoc=") == 1 and f'height="{page.height}"' in data["text/html"]
    width, height = metadata["image/png"].values()
    assert image(data).size == (2 * width, pytest.approx(2 * height, abs=2))


def test_a_descent_is_a_picture():
    pytest.importorskip("matplotlib")
    data, metadata = viz.descend("x**2 + y**2", {"x": 1, "y": 1}, steps=3)._repr_mimebundle_()
    assert metadata["image/png"] == {"width": 840, "height": 474}
    assert image(data).size == (1915, 1080)
