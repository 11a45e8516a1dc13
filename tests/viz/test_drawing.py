"""Pictures as files: every label arrives as text, in every format, the same bytes each time."""

import io
import os
import re
import shutil
import stat
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from autograd import DrawingError, Value, parse
from autograd.characters import printable
from autograd.language.names import symbol
from examples import gallery
from tests.viz.graph.test_scene import lecture, logistic_regression
from viz import saving, shapes
from viz.graph import levels
from viz.layout import engines as engine
from viz.layout.measure import lines
from viz.theme import THEME

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    '"quoted"', "a{b|c}<d>", "</script><script>alert(1)</script>", "]]>", "&amp;", "\\N\\l", "two\nlines", "tab\there",
    "  spaces  ",
    "שלום", "مرحبا", "🙂🙃", "-->", "$x$ % #", "n0", "", "<b>x</b>", "\\", "a;b", "x\rz", "'", "`", "∂J/∂x",
    "%s{}", "graph", "\u202eevil",
]  # fmt: skip


PICTURES = [
    *((make, options) for make in (lecture, logistic_regression) for options in ({}, {"direction": "forward"})),
    (logistic_regression, {"level": "named"}),
    (gallery.doubled, {}), (gallery.residual, {}), (gallery.softmax_classifier, {}), (gallery.chain, {}),
    (gallery.moons, {}), (gallery.two_layers, {}), *((gallery.xor, {"level": level}) for level in levels.names()[1:]),
]  # fmt: skip


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def labels(scene) -> set[str]:
    found = {text.text for node in scene.nodes for row in lines(node, scene, THEME) for text in row}
    return found | {text for edge in scene.edges for text in (edge.slope, edge.label, edge.gradient) if text}


@cache
def cards_of(make, **options):
    return viz.draw(make(), style="cards", **options)


@pytest.mark.parametrize(("make", "options"), PICTURES)
def test_every_label_is_in_the_svg(make, options):
    picture = cards_of(make, **options)
    assert set(texts(picture.svg)) == labels(picture.scene)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_arrives_as_it_is(name, tmp_path):
    x = Value(2.0, name)
    picture = viz.draw((x * x).named("y"), style="cards")
    assert texts(picture.svg).count(f"{symbol(printable(name))} = 2") == 1
    assert "<script" not in picture.svg
    for ending in set(saving.endings("picture")) - {".pptx"}:  # whose texts test_pptx.py reads
        assert picture.save(tmp_path / f"picture{ending}").stat().st_size > 100


@given(st.text(max_size=30))
def test_any_name_arrives_as_it_is(name):
    y = (Value(2.0, name) * Value(3.0, "other")).named("y")
    assert f"{symbol(printable(name))} = 2" in texts(viz.draw(y, level="value").svg)


@pytest.mark.parametrize("name", HOSTILE)
def test_dot_source_keeps_names_as_text(name):
    """Both engines read the written DOT: as many cards and arrows as there are, whatever the names."""
    x = Value(2.0, name)
    source = viz.draw((x * x).named(name)).dot
    for choice in ["embedded", *(["dot"] if shutil.which("dot") else [])]:
        placed = engine.place(source, choice)
        assert len(placed["objects"]) - placed.get("_subgraph_cnt", 0) == 2
        assert len(placed["edges"]) == 2
    assert "URL" not in source
    assert "href" not in source


def test_bytes_are_the_same_on_every_run():
    one, two = (viz.draw(lecture()) for _ in range(2))
    assert (one.svg, one.dot, one.pdf(), one.png()) == (two.svg, two.dot, two.pdf(), two.png())


@pytest.mark.parametrize(("make", "options"), PICTURES)
def test_cards_hold_their_texts_and_do_not_overlap(make, options):
    picture = cards_of(make, **options).picture
    cards = [group.shapes for group in picture.groups if group.kind == "node"]
    for box, *rest in cards:
        for text in rest:
            if isinstance(text, shapes.Text):
                assert text.width <= box.width - THEME.padding
                assert box.y < text.y < box.y + box.height
    for a, b in combinations([box for box, *_ in cards], 2):
        assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    for box, *_ in cards:
        assert 0 <= box.x <= picture.width - box.width
        assert 0 <= box.y <= picture.height - box.height


def test_backward_arrows_end_at_the_operand_and_forward_ones_at_the_result():
    picture = viz.draw(parse("y = exp(x)", x=1)["y"]).picture
    tips = {g.kind: s.points[0] for g in picture.groups for s in g.shapes if isinstance(s, shapes.Head)}
    x, y = (group.shapes[0] for group in picture.groups if group.kind == "node")
    assert tips["forward"][0] == pytest.approx(y.x, abs=2)
    assert tips["backward"][0] == pytest.approx(x.x + x.width, abs=2)


def test_png_has_the_width_asked_for_and_shows_the_font():
    from PIL import Image

    image = np.asarray(Image.open(io.BytesIO(viz.draw(lecture()).png(width=800))).convert("RGB")).astype(int)
    assert image.shape[1] == 800
    box = viz.draw(parse("y = x*1", x=1)["y"], "forward").png(width=800)
    ink = np.asarray(Image.open(io.BytesIO(box)).convert("L"))
    assert (ink[:, :150] < 80).sum() > 200  # the letter x: an unknown font would leave its card empty
    red = (image[..., 0] > 150) & (image[..., 1] < 60) & (image[..., 2] < 60)
    assert red.sum() > 1500  # the gradients' texts and arrows


def test_a_huge_png_is_refused():
    with pytest.raises(DrawingError, match=r"pixels are too many\. Take a smaller width, or SVG or PDF\.$"):
        viz.draw(lecture()).png(width=100_000)


@pytest.mark.parametrize("options", [{"width": 0}, {"width": -5}, {"dpi": 0}])
def test_a_png_without_pixels_is_refused(options):
    with pytest.raises(DrawingError, match=r"has no pixels\. Take a width of at least 1\.$"):
        viz.draw(lecture()).png(**options)


def test_pdf_has_its_fonts_inside_and_text_as_text():
    data = viz.draw(lecture()).pdf()
    assert data.startswith(b"%PDF")
    assert re.findall(rb"/BaseFont /\w+\+DejaVuSans", data)
    assert b"/ToUnicode" in data


@pytest.mark.parametrize("ending", ["gif", "", "svgz"])
def test_unknown_endings_list_the_known(ending, tmp_path):
    with pytest.raises(
        DrawingError,
        match=r"an unknown ending for a picture\. Choose one of "
        r"\.svg, \.png, \.pdf, \.pptx, \.tex, \.tikz, \.dot, \.mmd\.$",
    ):
        viz.draw(lecture()).save(tmp_path / f"picture.{ending}")


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path):
    with pytest.raises(DrawingError, match=r"cannot be written: No such file or directory\. Choose another place\.$"):
        viz.draw(lecture()).save(tmp_path / "missing" / "J.svg")
    (tmp_path / "J.svg").mkdir()
    with pytest.raises(DrawingError, match=r"cannot be written: Is a directory"):
        viz.draw(lecture()).save(tmp_path / "J.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["J.svg"]


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = viz.draw(lecture()).save(tmp_path / "J.svg")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DrawingError, match="No space left on device"):
        viz.draw(parse("y = x", x=1)["y"]).save(path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_saved_files_have_the_modes_of_ordinary_files(tmp_path):
    (tmp_path / "plain").touch()
    saved = viz.draw(lecture()).save(tmp_path / "J.svg")
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_two_pictures_in_one_page_share_no_ids():
    """Or the second one would show the first one's glyphs."""
    one, two = (set(re.findall(' id="(.*?)"', viz.draw(make()).svg)) for make in (lecture, logistic_regression))
    assert one and two
    assert not one & two


def test_unknown_engine_lists_the_known():
    with pytest.raises(DrawingError, match=r"^Unknown engine 'neato'\. Choose one of 'embedded', 'dot'\.$"):
        viz.draw(lecture(), engine="neato").svg


def test_a_missing_dot_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DrawingError) as error:
        viz.draw(lecture(), engine="dot").svg
    assert str(error.value) == ("The program 'dot' is not installed. Install Graphviz, or take engine='embedded'.")
    assert texts(viz.draw(lecture()).svg)  # the embedded engine needs none


def test_the_native_engine_draws_the_same_texts():
    if not shutil.which("dot"):
        pytest.skip("no native Graphviz here")
    assert sorted(texts(viz.draw(lecture(), engine="dot").svg)) == sorted(texts(viz.draw(lecture()).svg))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2, in [0, 1]."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("role", THEME.roles)
def test_text_has_a_contrast_of_at_least_4_5_on_its_card(role):
    paint = THEME.roles[role]
    for ink in (paint.line, THEME.ink, THEME.gradient, THEME.muted):
        light, dark = sorted((luminance(paint.fill), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_long_chain_does_not_exhaust_the_engine():
    y = Value(0.5, "x")
    for _ in range(390):
        y = y.tanh()
    assert len(texts(viz.draw(y, "forward", "value").svg)) == 2 * 390 + 1


def test_a_layout_that_takes_too_long_is_refused_and_the_next_one_works(monkeypatch):
    monkeypatch.setattr(engine, "LIMIT", 0.2)
    x = y = Value(0.5, "x")
    for i in range(60):  # one leaf used along a whole chain: the hardest there is
        y = y * x if i % 2 else y + 1.0
    with pytest.raises(DrawingError, match=r"^The layout takes more than 0\.2 s\. Draw a smaller part of the graph\.$"):
        _ = viz.draw(y, level="value").svg
    monkeypatch.undo()
    assert texts(viz.draw(lecture()).svg)


def test_drawings_made_in_several_threads_do_not_meet():
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: viz.draw(lecture()).svg, range(12)))
    assert len(found) == 1
