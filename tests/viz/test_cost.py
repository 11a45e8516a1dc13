"""What a picture costs: each scene is laid out once, NumPy is not needed, the engine is compiled once a machine."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

import viz
from autograd import parse
from examples import gallery
from tests import ROOT
from tests.viz.graph.test_scene import lecture
from tests.viz.test_drawing import PICTURES
from viz import drawing
from viz.layout import engines
from viz.layout.measure import text_size
from viz.layout.styles import longest_chain
from viz.shapes import smallest_text


@pytest.fixture
def layouts(monkeypatch):
    """The scenes that were laid out in one row, and the DOT texts that were placed for rows or in one row."""
    scenes, sources, laid_out, place = [], [], drawing.laid_out, engines.place

    def counted(source, engine):
        sources.extend([source] if "phase=2" not in source else [])
        return place(source, engine)

    monkeypatch.setattr(drawing, "laid_out", lambda *scene: scenes.append(scene) or laid_out(*scene))
    monkeypatch.setattr(engines, "place", counted)
    return scenes, sources


@pytest.mark.parametrize(
    ("make", "options", "scenes", "calls"),
    [
        (lecture, {}, 1, 1),
        (lecture, {"level": "value"}, 1, 1),
        (gallery.xor, {"level": "value", "rows": 1}, 1, 1),
        (gallery.xor, {"level": "value"}, 1, 3),  # and a call for each of its two rows
        (gallery.xor, {}, 1, 1),  # its cards would cover the slide, the circuit fits
        (gallery.xor, {"size": (60, 45)}, 1, 1),
        (gallery.chain, {}, 1, 6),  # in two rows, then in three
    ],
)
def test_a_scene_is_laid_out_once_and_only_where_it_could_be_read(make, options, scenes, calls, layouts):
    picture = viz.draw(make(), **options)
    for _ in range(2):
        assert picture.svg and picture.png(width=100) and picture.label_size() and picture.tikz
    assert (len(layouts[0]), len(layouts[1])) == (scenes, calls)


def test_the_gradients_own_graph_is_laid_out_once(layouts):
    assert viz.draw_backward(lecture(), as_graph=True).svg
    assert len(layouts[0]) == 1


@pytest.mark.parametrize(("make", "options"), PICTURES)
def test_no_layout_is_narrower_than_its_longest_chain(make, options):
    found = viz.draw(make(), **options)
    found = found.of(replace(found.scene, rows=1))
    assert 0.4 * found.placed.width < longest_chain(found.scene, found.theme) <= found.placed.width
    smallest = smallest_text(found.picture, [s / 72 for s in size(found)])
    assert text_size(found.scene, found.theme) == pytest.approx(smallest)


def size(found):
    return found.picture.width, found.picture.height


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None  # whoever imports it fails
import viz
from autograd import Value, certificate, exercise, gradcheck, parse, steps
from viz.__main__ import main
J = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]
for ending in ("svg", "png", "pdf", "tex", "tikz", "dot", "mmd"):
    viz.draw(J).save(f"J.{ending}")
viz.frames(J).save("J.gif", width=100)
viz.page(J).save("J.html")
viz.draw_exercise(exercise(J)).save("sheet.svg")
viz.network([3, 4, 1]).save("net.svg")
for text, a in {"sqrt(a)": 0, "asin(a)": 1, "a**0.5": 0, "1 / log(a)": 0.5}.items():  # slopes that floats refuse
    y = parse(f"y = {text}", a=a)["y"]
    y.backward()
    assert viz.draw(y).svg and viz.draw_backward(y).svg and str(steps(y))
    certificate(y)
assert gradcheck(lambda a, b: a * b, [2.0, 3.0]) and certificate(J).ok and str(steps(J))
for command in ("draw", "steps", "check", "exercise", "frames", "page", "grad"):
    assert main([command, "u = b*c; v = a + u; J = 3*v", "a=5", "b=3", "c=2"]) == 0
"""


def test_pictures_steps_checks_and_pages_need_no_numpy(tmp_path):
    run = python(["-c", WITHOUT_NUMPY], tmp_path)
    assert run.returncode == 0, run.stderr


DRAW = ["-m", "viz", "draw", "y = a*b", "a=2", "b=3", "-o", "y.svg"]


def python(arguments, folder, **environment):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the cache has another place there")
def test_the_engine_is_compiled_once_for_all_processes(tmp_path):
    run = python(DRAW, tmp_path, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert (run.returncode, run.stderr) == (0, "")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.stat().st_size > 100_000]


@pytest.mark.parametrize(
    "home", ["a file", *(pytest.param(x, marks=pytest.mark.slow) for x in ("missing/home", "/proc"))]
)
def test_a_home_that_keeps_no_cache_is_no_obstacle(home, tmp_path):
    (tmp_path / "a file").touch()
    place = str(tmp_path / home)
    run = python(DRAW, tmp_path, HOME=place, XDG_CACHE_HOME=f"{place}/cache", XDG_CONFIG_HOME=f"{place}/config")
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "y.svg").read_text("utf-8") == viz.draw(parse("y = a*b", a=2, b=3)["y"]).svg
