"""Plots as data: what was drawn is what the table and the models say, and no text is clipped."""

import numpy as np
import pytest

import nn
from autograd import DrawingError
from autograd.core.op import OPS
from viz import plots
from viz.plots.slide import Plot

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pytest.importorskip("matplotlib.pyplot")
X = np.random.default_rng(0).normal(size=(30, 2))
Y = (X.prod(1) > 0).astype(float)


@pytest.fixture(autouse=True)
def closed():
    yield
    matplotlib.pyplot.close("all")


def model(activation="tanh", units=(4, 3, 1)):
    return nn.MLP(2, list(units), activation=activation, output="sigmoid", rng=0)


def test_an_activation_and_its_derivative_are_the_tables():
    f, slope = plots.activation("leaky_relu", a=0.5).lines[:2]
    x = f.get_xdata()
    assert f.get_ydata() == pytest.approx(np.where(x > 0, x, x / 2))
    assert slope.get_ydata() == pytest.approx(np.where(x > 0, 1, 0.5))


@pytest.mark.parametrize(
    ("name", "image"),
    [("tanh", "(−1, 1)"), ("elu", "(−1, ∞)"), ("cosh", "[1, ∞)"), ("silu", "[−0.278, ∞)"), ("sinh", "(−∞, ∞)"),
     ("heaviside", "{0, 0.5, 1}"), ("sin", "[−1, 1]"), ("softplus", "(0, ∞)"), ("leaky_relu", "(−∞, ∞)")],
)  # fmt: skip
def test_ranges(name, image):
    assert plots.image(OPS[name], OPS[name].defaults) == image


def test_history_lines():
    runs = {"adam": {"loss": [3, 2], "val_loss": [4, 3]}, "sgd": {"loss": [3, 1]}}
    lines = plots.losses(runs).lines
    assert [(line.get_label(), list(line.get_ydata())) for line in lines] == [
        ("adam loss", [3, 2]), ("adam val_loss", [4, 3]), ("sgd loss", [3, 1])
    ]  # fmt: skip
    assert len({line.get_marker() for line in lines}) == 2  # runs can be told apart without colours
    assert plots.losses(runs["sgd"]).lines[0].get_marker() == "None"
    with pytest.raises(DrawingError, match=r"^Unknown metric 'accuracy'\. The history has loss, val_loss\.$"):
        plots.losses({"a": runs["adam"]}, metric="accuracy")


def test_a_boundary_lies_where_the_model_is_undecided():
    ax = plots.boundary(lambda P: P[:, :1] + 0.5, X, Y)
    [line] = [c for c in ax.collections if c.get_linewidth()[0] == 2.5]
    assert line.get_paths()[0].vertices[:, 0] == pytest.approx(0)
    points = np.vstack([c.get_offsets() for c in ax.collections if len(c.get_offsets()) > 1])
    assert sorted(map(tuple, points)) == sorted(map(tuple, X))


def test_heat_maps_are_the_neurons_own_values():
    net = model()
    maps = [np.ma.filled(cell.images[0].get_array()) for cell in plots.neurons(net, resolution=5).child_axes]
    axis = np.linspace(-6, 6, 5)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    kernel, bias, *_ = net.get_weights()
    expected = np.tanh(grid @ kernel + bias).T.reshape(4, 5, 5)
    assert len(maps) == 2 + 4 + 3 + 1
    assert np.array(maps[2:6]) == pytest.approx(expected)
    assert maps[-1].ravel() == pytest.approx(net.predict(grid).ravel())


def test_gradient_norms_are_those_of_the_mean_loss_and_vanish_through_sigmoids():
    net = model(units=(1,))
    p = net.predict(X)[:, 0]
    expected = np.linalg.norm(X.T @ (2 * (p - Y) * p * (1 - p)) / len(X))
    assert plots.layer_gradients(net, X, Y) == pytest.approx([expected])
    deep = {name: model(name, [6] * 6 + [1]) for name in ("sigmoid", "tanh")}
    lines = plots.gradient_norms(deep, X, Y).lines
    assert lines[0].get_ydata()[0] < 1e-3 * lines[1].get_ydata()[0]


def test_dead_units_are_counted():
    net = model("relu", (3, 1))
    kernel, _, *rest = net.get_weights()
    net.set_weights([kernel, np.array([-100.0, 100.0, -100.0]), *rest])
    ax = plots.activation_histograms(net, X)
    assert [text.get_text() for text in ax.texts] == ["saturated", "67 %", "0 %", "dead units", "2", "0"]


@pytest.mark.slow
def test_many_histograms_have_numbers_that_do_not_overlap():
    ax = plots.activation_histograms(model(units=[1] * 34), X)
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in (*ax.texts, *ax.get_xticklabels())]
    assert len(boxes) == 2 * (1 + 12) + 12
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_weights_before_and_after_fill_the_same_bins():
    before, after = model().get_weights(), model().get_weights()
    bars = plots.weights(before, [2 * w for w in after]).patches
    heights = {round(bar.get_height(), 9) for bar in bars}
    assert len(bars) == 2 * 3 * 30 and len(heights) == 1


def test_a_plots_file_takes_matplotlibs_options_and_an_unknown_ending_lists_the_known(tmp_path):
    from PIL import Image

    ax = plots.activation("tanh")
    with Image.open(plots.save(ax, tmp_path / "tanh.png", dpi=50)) as image:
        assert image.size == (665, 375)
    with pytest.raises(DrawingError, match=r"ending for a plot\. Choose one of \.svg, \.png, \.pdf, \.pptx\.$"):
        plots.save(ax, tmp_path / "tanh.gif")
    with pytest.raises(DrawingError, match=r"^Unknown activation 'tan_h'\. Choose one of neg, .*tanh"):
        plots.activation("tan_h")
    with pytest.raises(DrawingError, match=r"^Unknown parameter 'b' of leaky_relu\. It has a\.$"):
        plots.activation("leaky_relu", b=1)


DRAWN = {
    "activation": lambda: plots.activation("sigmoid"),
    "activations": plots.activations,
    "losses": lambda: plots.losses({"loss": [1, 0.5], "val_loss": [2, 1]}),
    "boundaries": lambda: plots.boundaries({"one": model(), "two": model()}, X, Y),
    "neurons": lambda: plots.neurons(model(), resolution=5),
    "norms": lambda: plots.gradient_norms({"a": model()}, X, Y),
    "boundary": lambda: plots.boundary(model(), X, Y),
    "histograms": lambda: plots.activation_histograms(model(), X),
    "weights": lambda: plots.weights(model(), model("relu")),
}


@pytest.mark.parametrize("name", DRAWN)
def test_texts_can_be_read_on_a_slide_and_no_legend_lies_over_data(name, tmp_path):
    """No text is clipped, or smaller than 14 points, or drawn as outlines."""
    drawn = DRAWN[name]()
    path = plots.save(drawn, tmp_path / "plot.svg")
    assert "<text" in path.read_text("utf-8")
    figure = Plot(drawn).figure()
    figure.draw_without_rendering()
    box, (wide, high) = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= wide == 13.3 and box.y1 <= high == 7.5
    seen = [text for text in figure.findobj(matplotlib.text.Text) if text.get_visible() and text.get_text().strip()]
    assert min(text.get_fontsize() for text in seen) >= 14
    legends = [box.get_window_extent() for box in figure.findobj(matplotlib.legend.Legend)]
    assert len(legends) == (name in ("activation", "boundaries", "boundary", "losses", "weights"))
    assert not any(box.overlaps(ax.get_window_extent()) for box in legends for ax in figure.axes)


def test_boundaries_have_one_scale_and_a_users_axes_keep_their_legend_inside():
    axes = plots.boundaries({"one": model(), "two": model()}, X, Y)
    assert {ax.get_aspect() for ax in axes} == {1.0} and axes[0].get_ylim() == axes[1].get_ylim()
    assert plots.boundary(model(), 9 * X * [1, 9], Y).get_aspect() == "auto"
    own = matplotlib.pyplot.figure().add_subplot()
    plots.boundary(model(), X, Y, own)
    own.figure.draw_without_rendering()
    assert own.get_legend().get_window_extent().overlaps(own.get_window_extent())
