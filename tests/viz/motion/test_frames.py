"""Pictures of the steps: one for each, the same places throughout, and nothing that is not known by then."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from PIL import Image

import viz
from autograd import DrawingError, Value, parse, steps
from benchmarks import lectures
from examples import gallery
from tests.viz.graph.test_scene import lecture, logistic_regression
from tests.viz.test_drawing import HOSTILE
from viz.formats import raster
from viz.graph import levels
from viz.motion.frames import wrap
from viz.shapes import Box, Text
from viz.theme import THEME

RELU = "z = w*x + b; a = relu(z); J = (a - y)**2 / -3"


def relu():
    return parse(RELU, w=2.0, x=3.0, b=-1.0, y=1.0)["J"]


def power():
    return parse("y = x**n * x**k / exp(-x)", x=1.5, n=-2, k=2.5)["y"]


def product():
    return parse("y = a*b", a=2, b=3)["y"]


def cards(frame):
    return {g.id: g.shapes for g in frame.picture.groups if g.kind == "node"}


def words(frame, card):
    return [s.text for s in cards(frame)[card] if isinstance(s, Text)]


@pytest.mark.parametrize("make", [lecture, logistic_regression, relu, power])
def test_a_picture_for_each_step_says_what_the_step_says(make):
    frames = viz.frames(make(), parameters=[])
    assert frames.sentences == [str(step) for step in steps(make(), 4)]
    assert len(frames) == len(frames.sentences)
    latex = [step.latex for step in steps(make(), 4)]
    found = [" ".join(s.latex for g in f.picture.groups if g.kind == "sentence" for s in g.shapes) for f in frames]
    assert found == latex


def place(shape):
    if isinstance(shape, Text):
        return round(shape.x, 6), round(shape.middle, 6)
    return (shape.x, shape.y) if isinstance(shape, Box) else shape.points


@pytest.mark.parametrize("level", ["value", "named"])
def test_cards_and_arrows_keep_their_places(level):
    frames = viz.frames(logistic_regression(), level)
    places = [
        {g.id + g.kind: [place(s) for s in g.shapes] for g in f.picture.groups if g.kind != "sentence"} for f in frames
    ]
    assert len({(f.picture.width, f.picture.height) for f in frames}) == 1
    for earlier, later in pairwise(places):
        assert earlier.items() <= later.items()  # arrows back come, nothing moves or goes
    whole = viz.draw(logistic_regression(), level=level).picture
    assert places[-1].keys() == {g.id + g.kind for g in whole.groups}


def test_numbers_are_shown_when_they_are_known():
    frames = viz.frames(lecture())
    assert [words(frames[i], "n3") for i in (0, 4, 5)] == [
        ["u = b · c", "6", "…"],
        ["u = b · c", "6", "…"],
        ["u = b · c", "6", "∂J/∂u = 3"],
    ]
    assert words(frames[0], "n5") == ["J = 3 · v", "…", "…"]
    assert words(frames[2], "n0") == ["a = 5", "…"]


def test_the_step_stands_out():
    frames = viz.frames(lecture())
    for frame, (_, i) in zip(frames, frames.passes.steps, strict=True):
        strokes = {card: max(s.stroke for s in shapes if isinstance(s, Box)) for card, shapes in cards(frame).items()}
        assert max(strokes, key=strokes.get) == f"n{i}"
        assert sorted(strokes.values())[-2] < strokes[f"n{i}"]


def test_a_gradient_that_never_comes_is_a_dash_at_the_end():
    frames = viz.frames(parse("s = sign(x); y = s * 3", x=2.0)["y"])
    assert words(frames[0], "n0")[1] == "…"
    assert words(frames[-1], "n0")[1] == "∂y/∂x = —"


def test_named_level_has_the_steps_of_the_cards():
    frames = viz.frames(logistic_regression(), "named")
    assert len(frames) == 3 + 3 + 4  # z, a, L; ∂L, ∂a, ∂z; w₁, w₂, w₃, b
    said = list(map(str, steps(logistic_regression(), 4, level="named")))
    assert frames.sentences == [line for line in said if not re.match("∂L/∂[xy]", line)]
    assert frames.sentences[5] == "∂L/∂z = ∂L/∂a · ∂a/∂z = ∂L/∂a · a · (1 − a) = a − y ≈ 0.31 − 1 ≈ −0.69"


def test_files_have_a_picture_a_step(tmp_path):
    frames = viz.frames(product())
    for ending in ("gif", "apng"):
        [path] = frames.save(tmp_path / f"J.{ending}", width=300, seconds=0.5)
        with Image.open(path) as image:
            assert (image.n_frames, image.width, image.info["duration"]) == (4, 300, 500)
    [path] = frames.save(tmp_path / "J.pdf")
    assert len(re.findall(rb"/Type /Page\b(?!s)", path.read_bytes())) == 4
    paths = frames.save(tmp_path / "J-{:03}.png", width=200)
    assert [p.name for p in paths] == [f"J-{i:03}.png" for i in range(1, 5)]
    assert [p.name for p in frames.save(f"{tmp_path}/steps/")][-1] == "004.svg"
    [path] = frames.save(tmp_path / "J.tex")
    text = path.read_text()
    assert text.count(r"\begin{tikzpicture}") == 1
    assert {int(n) for n in re.findall(r"\\only<(\d+)>\{%\n% sentence", text)} == set(range(1, 5))
    assert r"\tallfrac{\partial y}{\partial a} = b = 3" in text


def test_a_film_has_a_picture_a_step_and_the_last_one_thrice(tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    [path] = viz.frames(product()).save(tmp_path / "J.mp4", width=301, seconds=0.5)
    command = [raster.ffmpeg(), "-i", path, "-vf", "scale=8:8", "-pix_fmt", "gray", "-f", "rawvideo", "-"]
    film = subprocess.run(command, capture_output=True, check=True)
    assert b"Duration: 00:00:03.00" in film.stderr and b" 300x" in film.stderr  # even sides, for H.264
    pictures = [film.stdout[i : i + 64] for i in range(0, len(film.stdout), 64)]
    assert len(pictures) == 36  # 12 a second
    assert len(set(pictures[3::6])) == 4 and pictures[-1] == pictures[-12]


def test_bytes_are_the_same_on_every_run():
    one, two = (viz.frames(product()) for _ in range(2))
    assert (one.gif(200), one.apng(200), one.pdf(), one.tikz) == (two.gif(200), two.apng(200), two.pdf(), two.tikz)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name):
    frames = viz.frames((Value(2.0, name) * 3).named("y"))
    assert "<script" not in frames[-1].svg
    assert len(frames) == 3
    assert frames.tikz.count(r"\only") == frames.tikz.count(r"\only<")


@pytest.mark.parametrize("place", ["J.png", "J", "J.svg"])
def test_an_unknown_place_lists_the_known(place):
    with pytest.raises(DrawingError) as error:
        viz.frames(lecture()).save(place)
    assert str(error.value) == (
        f"'{place}' has an unknown ending for a picture of each step. Choose one of .gif, .apng, .pdf, .pptx, .tex, "
        ".tikz, .mp4, a numbered name such as 'J-{:03}.svg' or '.png', or a folder with a / at its end."
    )


@pytest.mark.parametrize(
    "pattern",
    [
        *("J-{x}.svg", "J-{0.real}{1}.svg", "J-{:s}.svg", "J-{0[0]}.svg", "J-{0.__class__}.svg", "J-{:c}.svg"),
        *("J-{:999999999}.svg", "J-{!r:>9999999999}.svg", "J-{:{}}.svg", "J-{:\0>3}.svg", "J-{:03}{.svg"),
    ],
)
def test_a_pattern_that_does_not_number_is_refused(pattern):
    with pytest.raises(DrawingError, match=r"does not number the pictures\. Write it as 'J-\{:03\}\.svg'\.$"):
        viz.frames(lecture()).save(pattern)


def test_a_pattern_may_have_braces_of_its_own(tmp_path):
    paths = viz.frames(product()).save(tmp_path / "{{J}}-{:2d}-{}.svg")
    assert [path.name for path in paths] == [f"{{J}}- {i}-{i}.svg" for i in range(1, 5)]


@pytest.mark.parametrize(("folder", "reason"), [("file/", "File exists"), ("J\0/", "a null character in its name")])
def test_a_folder_that_cannot_be_made_is_told(folder, reason, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DrawingError) as refusal:
        viz.frames(product()).save(f"{tmp_path}/{folder}")
    assert str(refusal.value).endswith(f" is no folder: {reason}. Choose another place.")


def test_a_name_that_is_too_long_is_told(tmp_path):
    with pytest.raises(DrawingError, match="cannot be written: File name too long"):
        viz.frames(product()).save(tmp_path / f"{'x' * 300}-{{}}.svg")


def test_too_much_is_refused_before_it_is_made(monkeypatch):
    with pytest.raises(DrawingError, match=r"pixels, too many\. Take a smaller width, or PDF or numbered SVG\.$"):
        viz.frames(lecture()).gif(width=20_000)
    with pytest.raises(DrawingError, match=r"^A step cannot stay for 0 s\. Take 0\.02 to 60\.$"):
        viz.frames(lecture()).gif(width=100, seconds=0)
    monkeypatch.setattr(sys.modules["viz.motion.frames"], "MOST_FRAMES", 5)
    with pytest.raises(DrawingError) as refusal:
        viz.frames(lecture())
    assert str(refusal.value) == (
        "The passes take 9 steps, more than 5 pictures. Take an inner node in place of the output, "
        "draw a part, such as with around=node, or fold more, such as with level='layer'."
    )
    with pytest.raises(DrawingError, match=r"^Unknown level 'layers'\. Choose one of 'auto', 'value', "):
        viz.frames(lecture(), "layers")


def test_an_operand_used_twice_passes_its_gradient_on_once():
    frames = viz.frames(parse("b = a + a; c = b*b", a=1)["c"])
    assert frames.sentences[-2:] == [
        "∂c/∂b = b + b = 2 · b = 2 · 2 = 4",
        "∂c/∂a = ∂c/∂b · ∂b/∂a = ∂c/∂b · (1 + 1) = 4 · 2 = 8",
    ]
    assert "∂b/∂a = 2" in frames[-1].svg and len(frames.passes.links) == 2


def test_a_long_sentence_breaks_before_equals_signs_and_before_about():
    lines = wrap("a = b ≈ 0.333", r"a = b \approx 0.333", 1.0, THEME)
    assert [(line.text, line.latex) for line in lines] == [
        ("a", "a"), ("= b", "= b"), ("≈ 0.333", r"\approx 0.333")
    ]  # fmt: skip


def test_the_remedies_for_too_many_cards_and_too_many_steps_are_arguments():
    output = lectures.perceptron(2, 16, 16, 1)
    with pytest.raises(DrawingError) as refusal:
        viz.frames(output)
    assert str(refusal.value) == (
        "The graph has 437 nodes, and a picture of more than 400 cannot be read. "
        "Draw a part, with around=node or between=(node, node), or fold more, such as with level='layer'."
    )
    inner = next(z for z in output.operands if isinstance(z, Value)).operands[0]
    for remedy in ({"around": output}, {"between": (inner, output)}, {"level": "layer"}, {"level": "auto"}):
        assert 0 < len(viz.frames(output, **remedy)) < 20
    assert len(viz.frames(gallery.lecture().operands[1])) == 7


@pytest.mark.parametrize("level", levels.names())
def test_each_level_has_a_step_for_each_card_and_ends_as_draw_shows_it(level):
    frames = viz.frames(gallery.xor(), level)
    texts = [words(frames[-1], card) for card in cards(frames[-1])]
    assert not any("…" in card for card in texts)
    if level != "auto":
        drawn = viz.draw(gallery.xor(), level=level, digits=4).picture.groups
        assert texts == [[s.text for s in g.shapes if isinstance(s, Text)] for g in drawn if g.kind == "node"]


def test_what_stands_for_several_nodes_is_known_all_at_once():
    frames = viz.frames(gallery.xor(), "layer")
    layer = next(node for node in frames.passes.scene.nodes if node.entries and node.role == "operation")
    rows = [[words(frame, layer.id)[2:] for frame in frames][i] for i in (0, -1)]
    assert rows[0][1::2] == ["…"] * len(layer.entries) and "…" not in rows[0][::2]
    assert rows[1] == [text for entry in layer.entries for text in entry]


def test_the_share_of_a_weight_on_an_arrow_comes_with_the_gradient_that_it_is_made_of():
    frames = viz.frames(gallery.xor(), "weights")
    edge = next(edge for edge in frames.passes.scene.edges if edge.gradient)
    arrows = [next(g for g in frame.picture.groups if (g.id, g.kind) == (edge.id, "forward")) for frame in frames]
    seen = [edge.gradient in [s.text for s in arrow.shapes if isinstance(s, Text)] for arrow in arrows]
    heads = [i for phase, i in frames.passes.steps]
    back = max(at for at, i in enumerate(heads) if frames.passes.scene.nodes[i].id == edge.head)
    assert seen == [at >= back for at in range(len(frames))]


def test_a_circuit_shows_its_numbers_as_they_come_and_the_names_that_sentences_say():
    frames = viz.frames(gallery.xor(), style="circuit")
    scene = frames.passes.scene
    assert all(node.title for node in scene.nodes)
    assert frames.sentences[0].split(" ")[0] in [node.title for node in scene.nodes]
    uses = {edge.again: edge.tail for edge in scene.edges if edge.again and edge.again.id in cards(frames[0])}
    again = next(iter(uses.items()))
    for node in scene.nodes:
        first = words(frames[0], node.id)
        assert first[-1] == "…" and (first[-2] == "…") == (node.wires > 0 and node.title not in frames.sentences[0])
        assert words(frames[-1], node.id)[-2:] == [node.value, node.gradient]
    known = [words(frame, again[0].id)[-1] == again[0].gradient for frame in frames]
    assert known == [words(frame, again[1])[-1] != "…" for frame in frames] and not known[0] and known[-1]


def test_in_a_circuit_the_wires_of_the_step_stand_out_in_both_passes():
    frames = viz.frames(lecture(), style="circuit")
    for frame, (phase, i) in zip(frames, frames.passes.steps, strict=True):
        card = frames.passes.scene.nodes[i].id
        ink = THEME.ink if phase == "forward" else THEME.gradient
        bold = {g.id for g in frame.picture.groups if g.kind == "forward" and g.shapes[0].line == ink}
        assert bold == {e.id for e in frames.passes.scene.edges if (e.head if phase == "forward" else e.tail) == card}


def test_a_sentence_says_the_first_lines_of_a_card_and_the_last():
    said = viz.frames(lectures.perceptron(2, 16, 16, 1), "layer").sentences[-1].split("; ")
    assert [line.split(" ")[0] for line in said] == ["∂L/∂a[1]₁", "∂L/∂a[1]₂", "…", "∂L/∂a[1]₁₆"]
