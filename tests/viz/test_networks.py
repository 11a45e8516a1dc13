"""Network diagrams: what is drawn is the model's own numbers, in every format, and illegal wishes are told."""

import xml.etree.ElementTree as ET
from dataclasses import fields

import numpy as np
import pytest

import nn
import viz
from autograd import DrawingError, ShapeError
from viz import saving, shapes
from viz.__main__ import main
from viz.fonts import width
from viz.layout import engines as engine

SVG = "{http://www.w3.org/2000/svg}"


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
        assert stroke == max(0.3, 5 * abs(link.weight) / largest)
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


def test_wide_layers_are_shown_by_their_first_and_last_units():
    drawing = viz.network([784, 10], most=5)
    assert [unit.name for unit in drawing.units[0]] == ["x₁", "x₂", "x₃", "", "x₇₈₃", "x₇₈₄"]
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
        if group.kind == "unit":
            for text in group.shapes[1:]:
                assert width(text.text, text.size, text.bold) <= group.shapes[0].width - 6
    for i, a in enumerate(circles):
        for b in circles[:i]:
            assert np.hypot(a.x - b.x, a.y - b.y) >= a.width
    assert drawing.label_size() >= 14


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
    with pytest.raises(SystemExit):
        main(["network", "--help"])
    shown = capsys.readouterr().out
    assert all("--" + field.name.replace("_", "-") in shown for field in fields(viz.NetworkStyle))
    assert main(["network", "3", "-o", str(path)]) == 2
