"""Slides with shapes and text to edit: opened again by python-pptx, and by LibreOffice where there is one."""

import builtins
import io
import shutil
import subprocess
import sys
import zipfile

import pytest

import viz
from autograd import MissingExtra, Value, parse
from autograd.characters import printable
from tests import ROOT
from tests.viz.graph.test_scene import lecture
from tests.viz.test_drawing import HOSTILE
from viz.formats.runs import Line, Run, lines
from viz.shapes import Box, Curve, Head, fit
from viz.theme import THEMES
from viz.typeset import typeset

pptx = pytest.importorskip("pptx")
SOFFICE = shutil.which("soffice")
SLIDE = 12192000, 6858000  # 13.333 × 7.5 inches in PowerPoint's units


def opened(thing, tmp_path):
    path = thing.save(tmp_path / "J.pptx")
    return pptx.Presentation(path[0] if isinstance(path, list) else path)


def groups(slide):
    [whole] = slide.shapes
    return whole, list(whole.shapes)


def every(shapes):
    for shape in shapes:
        yield shape
        if shape.shape_type == pptx.enum.shapes.MSO_SHAPE_TYPE.GROUP:
            yield from every(shape.shapes)


def texts(slide):
    return [shape.text_frame.text for shape in every(slide.shapes) if shape.has_text_frame and shape.text_frame.text]


def test_each_card_is_a_group_by_its_name_in_a_group_with_an_alternative_text(tmp_path):
    [slide] = opened(viz.draw(lecture()), tmp_path).slides
    whole, cards = groups(slide)
    assert whole._element.nvGrpSpPr.cNvPr.get("descr") == "Computation graph of J"
    assert [c.name for c in cards if c.name[1:4] == " = "] == [
        *("a = 5", "b = 3", "c = 2", "u = b · c", "v = a + u", "J = 3 · v")
    ]
    assert (len(cards), [c.name for c in cards][:5]) == (16, ["forward"] * 5)
    ids = [shape.shape_id for shape in every(slide.shapes)]
    assert len(set(ids)) == len(ids)


def test_text_is_text_and_a_fraction_one_line_above_and_one_below_its_bar(tmp_path):
    [slide] = opened(viz.draw(lecture()), tmp_path).slides
    card = next(card for card in groups(slide)[1] if card.name == "u = b · c")
    assert texts_of(card) == ["u = b · c", "6", "∂J", "∂u", "= 3"]
    formula = next(shape for shape in card.shapes if shape.name == "∂J/∂u = 3")
    bar, above, below, beside = formula.shapes
    assert above.top < beside.top < below.top
    assert (
        above.top + 0.94 * above.height / 1.2 < bar.top < below.top + 0.3 * below.height
    )  # its baseline; its capitals
    assert bar.left < above.left and above.left + above.width < bar.left + bar.width < beside.left
    fonts = {run.font.name for shape in every([card]) for run in runs(shape)}
    assert fonts == {"Times New Roman"}


def texts_of(group):
    return [shape.text_frame.text for shape in every([group]) if shape.has_text_frame and shape.text_frame.text]


def runs(shape):
    return shape.text_frame.paragraphs[0].runs if shape.has_text_frame else []


def test_letters_are_ordinary_ones_in_italics_and_indices_are_raised_or_lowered(tmp_path):
    y = parse("y_hat = W_ij**2 * θ_1", W_ij=3, θ_1=1)["y_hat"]
    [slide] = opened(viz.draw(y, level="named"), tmp_path).slides
    shape = next(s for s in every(slide.shapes) if s.has_text_frame and s.text_frame.text.startswith("ŷ ="))
    assert shape.text_frame.text == "ŷ = Wij2 · θ1"
    marks = [(r.text.strip(), r.font.italic, r._r.rPr.get("baseline")) for r in runs(shape)]
    assert [m[:2] for m in marks] == [
        *(("ŷ", True), ("=", False), ("W", True), ("ij", True), ("2", False), ("·", False), ("θ", True), ("1", False))
    ]
    rises = {text: int(rise or 0) for text, _, rise in marks}
    assert rises["2"] > 20_000 and rises["ij"] < -10_000 and rises["1"] < -10_000 and rises["W"] == 0


def test_lines_of_a_root_an_exponent_and_two_indices():
    assert [type(part).__name__ for part in lines(typeset(r"\sqrt{x} + 1", 10.0))] == ["Glyphs", "Rule", "Line"]
    [line] = lines(typeset("z^{[1]}_{2} = 3v", 10.0))
    assert isinstance(line, Line)
    assert [(run.text, run.italic) for run in line.runs] == [
        *(("z", True), ("[1]", False), ("2", False), (" = 3", False), ("v", True))
    ]
    assert line.runs[3] == Run(" = 3")


def test_everything_stands_on_the_slide_in_the_colours_of_the_theme(tmp_path):
    for name, theme in THEMES.items():
        presentation = opened(viz.draw(lecture(), theme=name), tmp_path)
        assert (presentation.slide_width, presentation.slide_height) == SLIDE
        [slide] = presentation.slides
        assert f"#{slide.background.fill.fore_color.rgb}" == theme.background
        for shape in every(slide.shapes):
            assert shape.left >= 0 and shape.left + shape.width <= SLIDE[0]
            assert shape.top >= 0 and shape.top + shape.height <= SLIDE[1]
    [slide] = opened(viz.draw(lecture(), transparent=True), tmp_path).slides
    assert slide._element.cSld.bg is None


def test_the_way_back_is_dashed_and_ends_in_a_head(tmp_path):
    [slide] = opened(viz.draw(lecture()), tmp_path).slides
    forward = next(c for c in groups(slide)[1] if c.name == "forward")
    backward = next(c for c in groups(slide)[1] if c.name == "∂u/∂b = c = 2")
    assert [shape.name for shape in forward.shapes] == ["Curve", "Head", "Box"]
    dashes = [group._element.xpath(".//a:custDash/a:ds/@d") for group in (forward, backward)]
    assert [len(dash) for dash in dashes] == [0, 1]
    assert int(dashes[1][0]) == pytest.approx(100_000 * 6.0 / 2.1, rel=0.01)  # of the line's width


def test_curves_heads_and_corners_are_those_of_the_picture(tmp_path):
    drawing = viz.draw(lecture())
    [slide] = opened(drawing, tmp_path).slides
    fitted = fit(drawing.picture, 960, 540)
    for group, drawn in zip(fitted.groups, groups(slide)[1], strict=True):
        for shape, copy in zip(group.shapes, drawn.shapes, strict=True):
            if isinstance(shape, Curve | Head):
                at = [(copy.left + int(p.get("x")), copy.top + int(p.get("y"))) for p in copy._element.xpath(".//a:pt")]
                assert at == [pytest.approx((x * 12700, y * 12700), abs=2) for x, y in shape.points]
                assert bool(copy._element.xpath(".//a:close")) == isinstance(shape, Head)
            elif isinstance(shape, Box):
                share = min(0.5, shape.radius / min(shape.width, shape.height))
                assert copy.adjustments[0] == pytest.approx(share, abs=1e-4)
                assert (copy.fill.type == pptx.enum.dml.MSO_FILL_TYPE.SOLID) == (shape.fill != "none")
                assert copy.line.width == pytest.approx(shape.stroke * 12700, abs=1)


def test_frames_have_a_slide_a_step_with_its_sentence_as_note(tmp_path):
    frames = viz.frames(lecture())
    slides = opened(frames, tmp_path).slides
    assert [slide.notes_slide.notes_text_frame.text for slide in slides] == frames.sentences
    places = [{s.name: (s.left, s.top) for s in groups(slide)[1] if s.name[1:4] == " = "} for slide in slides]
    assert places[0]["a = 5"] == places[-1]["a = 5"]


def test_networks_and_plots_are_slides_too(tmp_path):
    [slide] = opened(viz.network([3, 4, 1]), tmp_path).slides
    assert {"x1", "input", "3 units", "ŷ"} <= set(texts(slide))
    pytest.importorskip("matplotlib")
    [slide] = pptx.Presentation(viz.plots.save(viz.plots.activation("tanh"), tmp_path / "tanh.pptx")).slides
    [picture] = slide.shapes
    assert picture.width == pytest.approx(SLIDE[0], rel=0.01) and picture.top >= 0
    assert (picture.left, picture.top) == tuple(
        (a - b) // 2 for a, b in zip(SLIDE, (picture.width, picture.height), strict=True)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name, tmp_path):
    [slide] = opened(viz.draw((Value(2.0, name) * 3).named("y")), tmp_path).slides
    wanted = "".join(printable(name, "\n\t").split())
    assert any(wanted[:2] in "".join(text.split()) for text in texts(slide)), texts(slide)


def test_the_same_bytes_without_a_time(tmp_path):
    one, two = (viz.frames(lecture()).save(tmp_path / f"{i}.pptx")[0].read_bytes() for i in "ab")
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in file.read("docProps/core.xml")


def test_python_pptx_is_imported_for_slides_alone_and_its_extra_is_named(tmp_path, monkeypatch):
    script = "import sys, viz, viz.__main__; print('pptx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True).stdout == "False\n"
    real = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] == "pptx":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    message = r'^PowerPoint slides need python-pptx: pip install "chalkgrad\[slides\]"$'
    with pytest.raises(MissingExtra, match=message):
        viz.draw(lecture()).save(tmp_path / "J.pptx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(not SOFFICE, reason="no LibreOffice here")
def test_libreoffice_shows_every_slide(tmp_path):
    [path] = viz.frames(lecture()).save(tmp_path / "J.pptx")
    command = [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/user", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, path], check=True, capture_output=True, timeout=120)
    assert (tmp_path / "J.pdf").read_bytes().count(b"/Type/Page/") == 9
