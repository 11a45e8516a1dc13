"""Network diagrams: what is drawn is the model's own numbers, in every format, and illegal wishes are told."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import fields

import numpy as np
import pytest

import nn
import viz
from autograd import DrawingError, ShapeError, Value
from viz import saving, shapes
from viz.__main__ import main
from viz.layout import engines as engine
from viz.theme import is_colour

SVG = "{http://www.w3.org/2000/svg}"


def middle(circle):
    return circle.y + circle.height / 2


def texts(drawing):
    return [e.text for e in ET.fromstring(drawing.svg).iter(f"{SVG}text")]


@pytest.fixture
def model():
    return nn.MLP(2, [3, 1], activation="tanh", rng=1)


def test_lines_are_the_models_weights_by_width_colour_and_dash(model):
    drawing = viz.network(model, bias=True)
    kernel, bias, *_ = model.get_weights()
    found = [link.weight for link in drawing.links if link.head in drawing.units[1]]
    assert found == np.vstack([bias, kernel]).T.ravel().tolist()
    largest = max(abs(w).max() for w in model.get_weights())
    for link in drawing.links:
        colour, stroke, dash, opacity = drawing.look(link.weight)
        assert stroke == max(0.8, 5 * abs(link.weight) / largest)
        assert opacity == 1
        if link.weight:
            assert (colour, dash is not None) == (
                (drawing.theme.positive, False) if link.weight > 0 else (drawing.theme.negative, True)
            )


def test_circles_show_activations_and_gradients_of_the_sample(model):
    drawing = viz.network(model, [1, -2], [1], loss="quadratic")
    kernel, bias, kernel2, bias2 = model.get_weights()
    hidden = np.tanh(np.array([1, -2]) @ kernel + bias)
    error = hidden @ kernel2 + bias2 - 1
    assert drawing.layers[1].values == pytest.approx(hidden)
    assert drawing.layers[2].gradients == pytest.approx(error)
    assert drawing.layers[1].gradients == pytest.approx(error * kernel2[:, 0])
    assert drawing.layers[2].weight_slopes == pytest.approx(np.outer(hidden, error))
    lines = viz.network(model, [1, -2], [1], loss="quadratic", show="gradients").links
    assert [link.weight for link in lines][-3:] == pytest.approx(hidden * error)


def test_gradients_are_those_of_the_outputs_sum_or_of_the_models_own_loss(model):
    plain = viz.network(model, [1, -2], gradients=True)
    assert plain.layers[2].gradients.tolist() == [1]
    assert plain.layers[1].gradients == pytest.approx(model.get_weights()[2][:, 0])
    output = plain.layers[2].values[0]
    model.compile("sgd", loss="mae")
    assert viz.network(model, [1, -2], [output - 5]).layers[2].gradients == pytest.approx([1])
    assert viz.network(model, [1, -2], [output - 5], loss="mse").layers[2].gradients == pytest.approx([10])


def test_wide_layers_are_shown_by_their_first_and_last_units():
    drawing = viz.network([784, 10], most=5)
    assert [unit.name and unit.name.text for unit in drawing.units[0]] == ["x₁", "x₂", "x₃", None, "x₇₈₃", "x₇₈₄"]
    assert drawing.folded == ("input: 5 of 784 units", "layer1: 5 of 10 units")
    assert len(drawing.links) == 25
    assert {"784 units", "10 units", "ŷ₁₀"} <= set(texts(drawing))


@pytest.mark.parametrize("direction", ["horizontal", "vertical"])
@pytest.mark.parametrize("options", [{}, {"edges": "bezier", "arrowheads": "empty"}, {"numbers": True, "bias": True}])
def test_nothing_overlaps_or_leaves_the_page(model, direction, options):
    drawing = viz.network(model, [0.5, -1e-7], [1], direction=direction, **options)
    picture = drawing.picture
    circles = [group.shapes[0] for group in picture.groups if group.kind == "unit"]
    for group in picture.groups:
        for shape in group.shapes:
            left, top, right, bottom = shapes.bounds(shape)
            assert left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height
        if group.kind == "unit" and group.shapes[1:]:
            middles = [text.middle for text in group.shapes[1:] if isinstance(text, shapes.Text)]
            assert not middles or np.mean(middles) == pytest.approx(middle(group.shapes[0]))
            for text in group.shapes[1:]:
                assert np.hypot(text.width / 2, text.middle - middle(group.shapes[0])) < group.shapes[0].width / 2
    for i, a in enumerate(circles):
        for b in circles[:i]:
            assert np.hypot(a.x - b.x, a.y - b.y) >= a.width
    assert drawing.label_size() >= 14


MODELS = {
    "3 4 4 1": lambda: nn.MLP(3, [4, 4, 1], rng=0),
    "2 16 16 1": lambda: nn.MLP(2, [16, 16, 1], activation="relu", rng=0),
    "named": lambda: nn.Sequential([nn.Dense(5, input_dim=2, activation="relu", name="hidden_1"), nn.Dense(3)], rng=0),
}
WISHES = [
    {}, {"numbers": True}, {"input": [1.0, -2.0], "target": [0.5], "numbers": True, "bias": True},
    {"numbers": True, "edges": "bezier", "arrowheads": "empty"}, {"numbers": True, "direction": "vertical"},
]  # fmt: skip


def meets(line, box):
    """Whether a curve comes into a box, by many points of it."""
    t = np.linspace(0, 1, 400)[:, None]
    a, *bends, b = (np.array(point) for point in line.points)
    points = (1 - t) * a + t * b
    if bends:
        points = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * bends[0] + 3 * t**2 * (1 - t) * bends[1] + t**3 * b
    left, top, right, bottom = shapes.bounds(box)
    return ((points > (left, top)) & (points < (right, bottom))).all(1).any()


@pytest.mark.parametrize("wishes", WISHES, ids=str)
@pytest.mark.parametrize("name", MODELS)
def test_a_network_can_be_read_on_a_slide_and_each_number_lies_on_its_own_line_alone(name, wishes):
    model = MODELS[name]()
    if "input" in wishes:
        wishes = wishes | {
            "input": [1.0, -2.0, 0.5][: model.layers[0].inputs],
            "target": [0.5] * model.layers[-1].units,
        }
    drawing = viz.network(model, **wishes)
    assert drawing.label_size() >= 14
    groups = drawing.picture.groups
    lines = {group.id[1:]: group.shapes[0] for group in groups if group.kind == "link"}
    grounds = {group.id[1:]: group.shapes[0] for group in groups if group.id.startswith("w")}
    for k, ground in grounds.items():
        assert {i for i, line in lines.items() if meets(line, ground)} == {k}
    texts = [(group, text) for group in groups for text in group.shapes if isinstance(text, shapes.Text)]
    assert all(is_colour(text.colour) for _, text in texts)
    boxes = [shapes.bounds(text) for _, text in texts]
    circles = [group.shapes[0] for group in groups if group.kind == "unit" and group.shapes[0].width > 10]
    for i, (left, top, right, bottom) in enumerate(boxes):
        for x0, y0, x1, y1 in boxes[:i]:
            assert x1 <= left or right <= x0 or y1 - 4 <= top or bottom <= y0 + 4  # lines of one label, as text is set
        for circle in circles if texts[i][0].kind == "label" else ():
            across, down = circle.x + circle.width / 2, middle(circle)
            nearest = min(max(across, left), right), min(max(down, top), bottom)
            assert math.dist(nearest, (across, down)) > circle.width / 2 - 1, texts[i][1].text
    missing = len(lines) - len(grounds) if wishes.get("numbers") else 0
    assert missing < len(lines) / 2
    told = [re.sub("^the numbers of (.*) lines?$", r"\1", text) for text in drawing.folded if "numbers" in text]
    assert told == [str(missing)] * bool(missing)


@pytest.mark.parametrize("sizes", [[3, 4, 4, 1], [784, 128, 64, 10], [4, *[8] * 8, 2], [1, 1], [100, 100]])
def test_networks_of_sizes_alone_can_be_read_on_a_slide(sizes):
    assert viz.network(sizes).label_size() >= 14


def test_so_many_units_as_can_be_read_are_drawn_and_as_many_as_are_wished(model):
    model = nn.MLP(2, [16, 16, 1], rng=0)
    counts = {most: [len(column) for column in viz.network(model, most=most).units] for most in (None, 16)}
    assert counts == {None: [2, 9, 9, 1], 16: [2, 16, 16, 1]}
    assert max(len(column) for column in viz.network(model, [1, 2], [0]).units) < 9  # circles with two numbers


def test_names_are_set_as_mathematics_and_shapes_are_those_of_cards(model):
    drawing = viz.network(model)
    names = [text for column in drawing.units for unit in column for text in (unit.name, *unit.texts) if text]
    assert [text.latex for text in names] == ["x_{1}", "x_{2}", *(f"a^{{[1]}}_{{{i}}}" for i in (1, 2, 3)), r"\hat{y}"]
    assert all(text.formula for text in names)
    [layer] = [text for text in drawing.plan.label(1) if text.latex]
    assert layer.text == "W[1]: 3 × 2, b[1]: 3" and layer.formula
    x = [Value(1.0, "x_1"), Value(2.0, "x_2")]
    assert "W[1]: 3 × 2" in viz.draw(model(x)[0] if isinstance(model(x), list) else model(x), level="layer").svg
    assert "a[1]₁" not in texts(viz.network(model, [1, 2]))  # the circle shows its value


def test_what_is_not_drawn_is_told_and_stands_on_the_slide_only_if_asked(model):
    plain = viz.network(model)
    assert plain.folded == ("biases",) and viz.network(model, bias=True).folded == ()
    assert "biases" not in texts(plain)
    wide = nn.MLP(20, [30, 1], rng=0)
    told = viz.network(wide, most=4, numbers=True, caption=True)
    assert told.folded[:2] == ("input: 4 of 20 units", "layer1: 4 of 30 units")
    [note] = [group for group in told.picture.groups if group.kind == "note"]
    assert " ".join(text.text for text in note.shapes) == f"Folded: {', '.join(told.folded)}"
    assert min(shapes.bounds(text)[0] for text in note.shapes) > 0
    assert "Our net" in texts(viz.network(model, caption="Our net"))


def test_every_format_is_written_and_names_are_text(model, tmp_path):
    name = '</text><script>"x"</script>|{}\\N%$'
    drawing = viz.network(model, inputs=[name, "b"], layers=["in", "<i>", "out"], edge_opacity=0.5, arrowheads="solid")
    assert name in texts(drawing) and "<script" not in drawing.svg
    for ending in saving.endings("picture"):
        assert drawing.save(tmp_path / f"net{ending}").stat().st_size > 100
    assert len(engine.place(drawing.dot)["edges"]) == len(drawing.links)
    assert "script>" not in drawing.mermaid
    assert 'stroke-opacity="0.5"' in drawing.svg and "draw opacity=0.5" in drawing.tikz
    assert (
        drawing.svg
        == viz.network(model, inputs=[name, "b"], layers=["in", "<i>", "out"], edge_opacity=0.5, arrowheads="solid").svg
    )


def test_layers_without_neurons_stand_at_the_units_they_change():
    model = nn.Sequential([nn.Dense(4, 2), nn.Activation("relu"), nn.Maxout(4), nn.Dense(2), nn.Softmax()], rng=0)
    layers = viz.network(model, [1, 2]).layers
    assert [layer.activation for layer in layers] == ["", "linear, relu", "maxout", "linear, softmax"]
    assert layers[-1].values.sum() == pytest.approx(1)
    assert layers[2].weights is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most": 1}, r"^most must be a whole number from 2 to 64, got 1\.$"),
        ({"edge_opacity": 2}, r"^edge_opacity must be a number from 0 to 1, got 2\.$"),
        ({"positive": "blue"}, r"^positive must be a colour such as '#0072B2', got 'blue'\.$"),
        ({"by_weight": ("color",)}, r"^Unknown by_weight 'color'\. Choose some of 'width', 'opacity', "),
        ({"bias": 1}, r"^bias must be True or False, got 1\.$"),
        ({"diameter": 3}, r"^Unknown option 'diameter'\. Choose one of direction, most, edges"),
        ({"input": [1, 2, 3]}, r"^Layer sizes alone have no values\. Give a model, such as nn\.MLP\(3, \[4, 1\]\)\.$"),
        ({"gradients": True}, r"^Gradients are those at a sample\. Give input="),
        ({"size": 5}, r"^size=5 fits no page\. Give width and height in inches, such as \(13\.3, 7\.5\)\.$"),
        ({"inputs": ["a"]}, r"^inputs must name all 3, got 1 names\. Give one for each\.$"),
    ],
)
def test_illegal_options_are_told(options, message):
    with pytest.raises(DrawingError, match=message):
        viz.network([3, 1], **options)


def test_no_network_is_told(model):
    with pytest.raises(DrawingError, match=r"^Layer sizes must be two or more whole numbers from 1, got \[3\]\. Give"):
        viz.network([3])
    with pytest.raises(DrawingError, match=r"^A network must be a model with layers or a list of their sizes, got 5\."):
        viz.network(5)
    with pytest.raises(ShapeError, match=r"^The input must have shape \(2,\), got \(3,\)\. Give one number"):
        viz.network(model, [1, 2, 3])


def test_the_command_has_every_option_and_draws(tmp_path, capsys):
    path = tmp_path / "net.svg"
    wishes = [
        "--seed",
        "0",
        "--input",
        "1",
        "2",
        "3",
        "--bias",
        "--arrowheads",
        "empty",
        "--by-weight",
        "width",
        "shade",
    ]
    assert main(["network", "3", "4", "4", "1", "-o", str(path), *wishes]) == 0
    assert capsys.readouterr().out == f"<Drawing of network 3–4–4–1: 15 units, 41 links>\nPicture: {path}\n"
    more = ["--theme", "dark", "--size", "13.3x7.5", "--caption", "--transparent", "--show", "gradients"]
    assert main(["network", "3", "4", "4", "1", "-o", str(path), *wishes, *more]) == 0
    shown = path.read_text("utf-8")
    assert 'viewBox="0 0 957.6 540"' in shown and 'class="note"' not in shown and 'class="page"' not in shown
    assert main(["network", "20", "2", "-o", str(path), "--caption"]) == 0
    assert "Folded: input: 8 of 20 units" in path.read_text("utf-8")
    with pytest.raises(SystemExit):
        main(["network", "--help"])
    shown = capsys.readouterr().out
    assert all("--" + field.name.replace("_", "-") in shown for field in fields(viz.NetworkStyle))
    assert main(["network", "3", "-o", str(path)]) == 2


def test_layers_have_colours_and_hidden_units_names():
    fills = ["#E3EFF9", "#FFEEDD", "#DDF1E8"]
    drawing = viz.network([2, 3, 1], hidden=[["edge", "corner", "h_3"]], fills=fills, bias=True)
    for units, fill in zip(drawing.units, fills, strict=True):
        assert {unit.fill for unit in units if unit.role != "parameter"} == {fill}
    assert [unit.texts[0].text for unit in drawing.units[1] if unit.role == "operation"] == ["edge", "corner", "h₃"]
    assert all(fill in drawing.svg for fill in fills) and "edge" in drawing.svg
    assert [drawing.svg.count(f'fill="{fill}"') for fill in fills[1:]] == [3, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fills": ["#E3EFF9"]}, "fills must have an entry for each of 3 layers, got 1."),
        ({"fills": ["red", "#E3EFF9", "#E3EFF9"]}, "fills must be colours such as '#0072B2', got 'red'."),
        ({"hidden": [["a"], ["b"]]}, "hidden must have an entry for each of 1 layers, got 2."),
        ({"hidden": [["a"]]}, "hidden must name all 3, got 1 names. Give one for each."),
    ],
)
def test_colours_and_names_fit_the_layers(options, message):
    with pytest.raises(DrawingError) as caught:
        viz.network([2, 3, 1], **options)
    assert str(caught.value) == message


# ── dropout, an input's picture, a legend ─────────────────────────────────────────────────────────


def test_units_of_a_layer_with_dropout_are_dashed_and_those_left_out_have_no_lines():
    model = nn.Sequential([nn.Dense(3, 2), nn.Dropout(0.25), nn.Dense(2), nn.Dense(1)], rng=0)
    drawing = viz.network(model, [1, 2], dropped=[[2], []])
    assert [[unit.dropout for unit in column] for column in drawing.units] == [
        ["", ""], ["may be", "is", "may be"], ["", ""], [""],
    ]  # fmt: skip
    assert [layer.activation for layer in drawing.layers] == ["", "linear, dropout 0.25", "linear", "linear"]
    out = drawing.units[1][1]
    assert out.texts == () and len(drawing.links) == 2 * 2 + 2 * 2 + 2
    assert not any(out in (link.tail, link.head) for link in drawing.links)
    groups = {group.id: group.shapes for group in drawing.picture.groups if group.kind == "unit"}
    dashed = [bool(s.dash) for s in groups[out.id] if isinstance(s, shapes.Curve)]
    assert dashed == [True, False, False]  # a ring and a cross
    circle, ring = groups[out.id][:2]
    assert shapes.bounds(ring) == pytest.approx(shapes.bounds(circle))
    assert drawing.mermaid.count("stroke-dasharray:5 3.5") == 3 and drawing.dot.count('style="filled,dashed"') == 3


def points(drawing):
    [group] = [group for group in drawing.picture.groups if group.id == "picture"]
    return [s for s in group.shapes if s.radius], [s for s in group.shapes if not s.radius]


@pytest.mark.parametrize("direction", ["horizontal", "vertical"])
def test_an_image_stands_before_the_inputs(direction):
    image = np.zeros((28, 28))
    image[3, 5:9] = 1.0
    image[20, 0] = 0.5
    drawing = viz.network([4, 3, 1], picture=image, direction=direction)
    _, (paper, long, dot, frame) = points(drawing)
    theme = drawing.theme
    assert (long.fill, dot.fill, paper.fill) == (theme.ink, "#8A9095", theme.background)
    assert long.width == pytest.approx(4 * dot.width) == pytest.approx(4 * frame.width / 28)
    assert [long.x - frame.x, long.y - frame.y] == pytest.approx([5 * dot.width, 3 * dot.width])
    others = [s for g in drawing.picture.groups if g.id.startswith(("n", "name")) for s in g.shapes]
    if direction == "horizontal":
        assert frame.x + frame.width < min(shapes.bounds(s)[0] for s in others)
    else:
        assert frame.y + frame.height < min(shapes.bounds(s)[1] for s in others)


def test_the_datas_points_stand_before_the_inputs_in_the_colours_of_their_classes():
    X, y = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]]), [0, 1, 1]
    dots, _ = points(viz.network([2, 1], picture=(X, y)))
    assert dots[0].fill != dots[1].fill == dots[2].fill
    x, up = ([getattr(dot, side) for dot in dots] for side in "xy")
    assert x[0] < x[1] == x[2] and up[0] == up[1] > up[2]
    assert x[1] - x[0] == pytest.approx(2 * (up[1] - up[2]))  # one scale for both
    assert len(points(viz.network([2, 1], picture=(np.random.default_rng(0).normal(size=(5000, 2)),)))[0]) == 400


def test_a_legend_says_what_numbers_and_lines_are_where_gradients_are_shown(model):
    def legend(*wishes, **options):
        drawing = viz.network(model, *wishes, **options)
        return [
            s.text for g in drawing.picture.groups if g.id == "legend" for s in g.shapes if isinstance(s, shapes.Text)
        ]

    assert legend() == legend([1, 2]) == legend([1, 2], [1], legend=False) == []
    assert legend([1, 2], [1]) == ["a", "activation", "∂L/∂a", "gradient", "w > 0", "w < 0"]
    assert legend([1, 2], show="gradients")[2:] == ["∂Σŷ/∂a", "gradient", "∂Σŷ/∂w > 0", "∂Σŷ/∂w < 0"]
    drawing = viz.network(model, [1, 2], [1])
    lines = [s for g in drawing.picture.groups if g.id == "legend" for s in g.shapes if isinstance(s, shapes.Curve)]
    assert [(s.line, bool(s.dash)) for s in lines] == [(drawing.theme.positive, False), (drawing.theme.negative, True)]


def test_mermaid_has_the_layers_colours():
    text = viz.network([2, 3, 1], fills=["#E3EFF9", "#FFEEDD", "#DDF1E8"], bias=True).mermaid
    classes = dict(re.findall(r"classDef (\w+) fill:(#\w+)", text))
    circles = dict(re.findall(r"(n\d+)\(\(.*\)\):::(\w+)", text))
    assert [classes[circles[f"n{i}"]] for i in (1, 2, 4, 5, 6, 7)] == ["#E3EFF9"] * 2 + ["#FFEEDD"] * 3 + ["#DDF1E8"]
    assert classes[circles["n0"]] == viz.THEMES["light"].roles["parameter"].fill


def test_the_command_names_hidden_units_drops_some_and_shows_the_input(tmp_path, capsys):
    from PIL import Image

    Image.fromarray(np.array([[255, 0], [0, 255]], np.uint8)).save(tmp_path / "in.png")
    (tmp_path / "in.csv").write_text("a,b,kind\n0,0,0\n1,2,1\n")
    path = tmp_path / "net.svg"
    wishes = ["--hidden", "edge,corner,h_3", "--fills", "#E3EFF9", "#FFEEDD", "#DDF1E8", "--dropped", "2"]
    assert main(["network", "2", "3", "1", "-o", str(path), *wishes, "--picture", str(tmp_path / "in.png")]) == 0
    svg = path.read_text("utf-8")
    assert "edge" in svg and "corner" not in svg and '"#FFEEDD"' in svg and 'data-id="picture"' in svg
    assert main(["network", "2", "3", "3", "1", "-o", str(path), "--dropped", "0", "1,3",
                 "--picture", str(tmp_path / "in.csv")]) == 0  # fmt: skip
    assert "<Drawing of network 2–3–3–1: 9 units, 10 links>" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["network", "2", "3", "1", "--dropped", "two"])
    assert "'two' is no list of units; write their numbers, such as 2,5" in capsys.readouterr().err


PICTURE = ("A picture must be an image of finite numbers, at most 64 × 64, or a tuple (X, y) of points with two "
           "coordinates; {}. Give digits.reshape(28, 28), say.")  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dropped": [[4]]}, "dropped must be units from 1 to 3 of layer1, got [4]."),
        ({"dropped": [[1], [2]]}, "dropped must have an entry for each of 1 layers, got 2."),
        ({"picture": [1, 2, 3]}, PICTURE.format("got shape (3,)")),
        ({"picture": np.zeros((2, 65))}, PICTURE.format("got shape (2, 65)")),
        ({"picture": [[1, float("nan")]]}, PICTURE.format("got [[1, nan]]")),
        ({"picture": [["a"]]}, PICTURE.format("got [['a']]")),
        ({"picture": (np.zeros((3, 2)), [1])}, PICTURE.format("got shapes (3, 2), (1,)")),
    ],
)
def test_what_no_picture_and_no_dropout_is(options, message):
    with pytest.raises(DrawingError) as caught:
        viz.network([2, 3, 1], **options)
    assert str(caught.value) == message


def test_a_file_that_is_no_image_is_told(tmp_path):
    (tmp_path / "in.png").write_text("no image")
    with pytest.raises(DrawingError, match=r"in\.png' is no image: .*\. Give a PNG, or a CSV file\.$"):
        viz.network([2, 1], picture=tmp_path / "in.png")
