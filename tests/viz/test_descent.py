"""Descents: paths against closed forms, surfaces against their sources, pictures as data."""

import builtins
import math

import numpy as np
import pytest

from autograd import (
    DomainError,
    MissingExtra,
    OperandError,
    ParseError,
    Value,
    exp,
    grad,
    hessian,
    parse,
    sin,
    sqrt,
    topological,
)
from nn import optimizers
from nn.optimizers import OPTIMIZERS, SGD, Adam
from viz import SURFACES, descend
from viz.__main__ import main
from viz.descent import relief, trajectories, update

matplotlib = pytest.importorskip("matplotlib")

START = {  # f(1.5, 1.5), as gradient_descent_viz has it
    "local minimum": 6.66, "global minimum": 4.5, "saddle": 3.247495,
    "elliptic bowl": 0.809532, "hills": 6.66, "plateau": 4.471513,
}  # fmt: skip


def test_the_six_surfaces_start_as_high_as_in_their_source():
    assert SURFACES.keys() == START.keys()
    for name, height in START.items():
        path = descend(name, steps=0).paths[0]
        assert path.values == pytest.approx([height], abs=1e-6)
        assert len(path) == 0 and path.end == "steps"


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_are_exact(name):
    """A central difference of fourth order agrees to 1e-7; gradient_descent_viz's own has 3.000267 for 3."""
    path = descend(name, steps=30, optimizers="momentum=0.05").paths[0]
    f = descend(name, steps=0).program.values
    h = 1e-3
    for (x, y), gradient in zip(path.points, path.gradients, strict=True):
        for i, (dx, dy) in enumerate([(h, 0), (0, h)]):
            near = [f(x + k * dx, y + k * dy) for k in (-2, -1, 1, 2)]
            assert gradient[i] == pytest.approx((near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h), abs=2e-6)
    assert descend("global minimum", steps=0).paths[0].gradients.tolist() == [[3.0, 3.0]]


@pytest.mark.parametrize(("name", "surface"), SURFACES.items())
def test_minima_are_where_the_slopes_are_0_and_curve_upwards(name, surface):
    heights = []
    for x, y in surface.minima:
        graph = parse(surface.text, x=x, y=y)
        f = list(graph.values())[-1]
        heights.append(f.data)
        if name != "plateau":  # whose minimum is the tip of a cone
            (a, b), (_, d) = hessian(f, [graph["x"], graph["y"]])
            assert grad(f, [graph["x"], graph["y"]]) == pytest.approx([0, 0], abs=1e-7)
            assert a > 0 and a * d - b * b > 0
    x, y, f = descend(name, steps=0).grid()
    assert heights == sorted(heights) and heights[0] <= f.min() + 1e-12
    inner = f[1:-1, 1:-1]
    around = [
        f[1 + i : f.shape[0] - 1 + i, 1 + j : f.shape[1] - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j
    ]
    assert name == "plateau" or (inner < np.min(around, axis=0)).sum() == len(heights)


def test_a_path_is_the_closed_form_and_stops_where_both_slopes_are_flat():
    """pₖ = 1.5 (1 − 2η)ᵏ on x² + y², until 2p < 0.01."""
    path = descend("global minimum", rate=0.001, steps=3000).paths[0]
    steps = math.ceil(math.log(0.005 / 1.5) / math.log(1 - 0.002))
    assert (path.end, len(path)) == ("flat", steps)
    assert path.points[:, 0] == pytest.approx(1.5 * 0.998 ** np.arange(steps + 1))
    assert path.adjusted == pytest.approx(path.gradients[:-1])
    assert np.isnan(path.momenta).all()
    going = descend("global minimum", rate=0.001, steps=3000, tolerance=None).paths[0]
    assert (going.end, len(going)) == ("steps", 3000)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_walks_and_shows_its_update_as_a_graph(name):
    """The graph of the update gives the path's own point, from nothing but leaves and gradients."""
    path = descend("saddle", optimizers=name, rate=0.1, steps=3, tolerance=None).paths[0]
    assert len(path) == 3 and np.isfinite(path.points).all()
    p = update(name, path.gradients[:3, 0], path.points[0, 0], rate=0.1)
    assert p.data == pytest.approx(path.points[3, 0], rel=1e-12)
    names = {x.name for x in topological(p)} - {None}
    assert {"p_0", "η", "p_2", "p_3"} <= names
    assert {"g_1", "g_3"} <= names
    assert grad(p, [next(x for x in topological(p) if x.name == "p_0")])[0] == pytest.approx(
        (1 - 0.1 * 0.004) ** 3 if name == "adamw" else 1.0
    )


def test_momentum_and_adjusted_gradient_are_the_textbooks():
    run = descend("x**2 + 10*y**2", {"x": 1, "y": 1}, ["momentum", SGD(0.01, momentum=0.9), Adam(0.1)], steps=9)
    momentum, velocity, adam = run.paths
    mean, total, m, v = (np.zeros(2) for _ in range(4))
    for t in range(9):
        g = momentum.gradients[t]
        mean = 0.9 * mean + 0.1 * g
        assert momentum.momenta[t] == pytest.approx(mean) == momentum.adjusted[t]
        total = 0.9 * total + velocity.gradients[t]
        assert velocity.momenta[t] == pytest.approx(total) == velocity.adjusted[t]
        g = adam.gradients[t]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        assert adam.momenta[t] == pytest.approx(m)
        corrected = (m / (1 - 0.9 ** (t + 1))) / np.sqrt(v / (1 - 0.999 ** (t + 1)))
        assert adam.adjusted[t] == pytest.approx(corrected, rel=1e-4)  # but for epsilon
    assert [path.name for path in run.paths] == ["momentum", "SGD", "Adam"]


def test_a_function_a_text_and_a_schedule():
    def bowl(u: Value, v: Value) -> Value:
        return sqrt(1 + u**2) + exp(v) - sin(v)

    one = descend(bowl, (1.0, 2.0), "adam=0.2", steps=20)
    two = descend("sqrt(1 + u**2) + exp(v) - sin(v)", {"u": 1.0, "v": 2.0}, "adam=0.2", steps=20)
    assert one.names == two.names == ("u", "v")
    assert one.paths[0].points.tolist() == two.paths[0].points.tolist()
    halved = descend("x + y", (0, 0), SGD(lambda k: 0.5**k), steps=3).paths[0]
    assert halved.points[:, 0].tolist() == [0, -1, -1.5, -1.75]
    assert halved.rates.tolist() == [1, 0.5, 0.25]
    still = descend("x**2 + y", (1, 1), optimizers.RMSprop(0.0, momentum=0.9), steps=2).paths[0]
    assert not still.adjusted.any() and len(still) == 2


def test_a_path_that_leaves_for_infinity_ends_and_says_so():
    run = descend("x**2 + 4*y**2", (1, 1), ["sgd=0.3", "sgd=0.1"])
    assert [path.end for path in run.paths] == ["diverged", "flat"]
    assert "sgd=0.3: diverged after 41 steps, at" in str(run)
    assert max(map(abs, run.domain)) < 5  # the picture stays with the one that comes down
    left = descend("log(x) + y**2", (0.5, 1.0), rate=0.5).paths[0]  # which falls out of log's domain
    assert left.end == "diverged" and np.isfinite(left.points).all()
    beside = descend("log(x) + y**2", (0.5, 1.0), steps=3, domain=(-1, 1, -1, 1))
    assert np.isnan(beside.grid(5)[2][:, :3]).all() and beside.plot().get_xlim() == (-1, 1)
    assert descend("0*x + 0*y", (1, 1)).plot().get_ylabel() == "y"  # flat: no contour
    assert trajectories.still(descend("x**2 + y**2", (1, 1), "sgd=9"), "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("call", "error", "line"),
    [
        (lambda: descend("x + y"), OperandError,
         "A descent needs a start. Give both variables' numbers, as in {'x': 1.5, 'y': 1.5}."),
        (lambda: descend("x**2", {"x": 1}), ParseError,
         "A surface has two variables, got 1 variable. Give two numbers, and write constants into f."),
        (lambda: descend(lambda x, y: 1.0, (1, 1)), OperandError,
         "A surface returns a Value, got 1.0. Calculate with the two Values it is given."),
        (lambda: descend(lambda x, y: x if x > y else y, (1, 1)), TypeError,
         "Comparing Values in a function that is compiled would freeze the outcome. "
         "Use where(gt(x, y), a, b), maximum or minimum."),
        (lambda: descend("x + y", (1, 1), "adma"), ValueError,
         f"Unknown optimizer 'adma'. Choose one of {', '.join(OPTIMIZERS)}."),
        (lambda: descend("saddle", steps=-1), OperandError,
         "steps must be a whole number of at least 0, got -1. Try steps=100."),
        (lambda: descend("saddle", steps=1.5), OperandError,
         "steps must be a whole number of at least 0, got 1.5. Try steps=100."),
        (lambda: descend("x + y", (1, 1), "adam=fast"), OperandError,
         "'adam=fast' has no learning rate. Write it as in adam=0.1."),
        (lambda: descend("log(x) + y", (-1, 1)), DomainError,
         "log needs x > 0, got x = -1.0 at 'x' (in 'f'). Clip the input or use softplus."),
    ],
)  # fmt: skip
def test_mistakes_are_told(call, error, line):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == line


def test_the_picture_draws_the_numbers():
    run = descend("x*x + 3*y", (1, 1), ["sgd", "adam"], steps=4)
    ax = run.plot(step=2)
    drawn = {line.get_label(): np.array(line.get_data()).T for line in ax.get_lines()}
    assert drawn["sgd"].tolist() == run.paths[0].points[:3].tolist()
    assert len(ax.collections) > 2 and ax.get_xlabel() == "x"
    assert run.plot(ax) is ax
    x, y, f = run.grid(5)
    assert f == pytest.approx(x * x + 3 * y)
    kinds = trajectories.vectors(run.paths[1])
    assert list(kinds) == ["gradient", "momentum", "adjusted gradient"]
    svg = trajectories.still(run, "svg").decode()
    assert ">adam</text>" in svg and ">step</text>" in svg
    assert trajectories.still(run, "svg").decode() == svg


def test_the_command_prints_saves_and_draws_the_update(tmp_path, capsys):
    from PIL import Image

    where = [str(tmp_path / name) for name in ("paths.gif", "update.svg")]
    words = ["descend", "x**2 + y**2", "x=1.5", "y=1.5", "--optimizer", "adam=0.5,momentum", "--steps", "3"]
    words += ["--surface", str(tmp_path / "surface.png")]
    assert main([*words, "-o", where[0], "--update", where[1]]) == 0
    assert (tmp_path / "surface.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr().out
    assert "momentum: going on after 3 steps, at (" in printed and f"Picture: {where[0]}" in printed
    with Image.open(where[0]) as moving:
        assert moving.n_frames == 4
    svg = (tmp_path / "update.svg").read_text()
    assert "m₁ = m₀ + (g₁ − m₀) · 0.1" in svg
    assert main(["descend", "saddle", "-o", str(tmp_path / "a.bmp")]) == 2
    assert "Choose one of .svg, .png, .gif, .pdf, .pptx, .mp4." in capsys.readouterr().err


def test_mp4_is_written_by_ffmpeg_and_missing_programs_are_named(tmp_path, monkeypatch):
    run = descend("saddle", steps=1)
    pytest.importorskip("imageio_ffmpeg")
    film = run.save(tmp_path / "a.mp4", frames=2).read_bytes()
    assert film[4:8] == b"ftyp"
    real = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] in ("imageio_ffmpeg", "matplotlib"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(MissingExtra, match=r'^MP4 needs ffmpeg: pip install "chalkgrad\[video\]", or take a .gif$'):
        run.save(tmp_path / "b.mp4")
    with pytest.raises(MissingExtra, match=r'^Plots need matplotlib: pip install "chalkgrad\[plots\]"$'):
        run.save(tmp_path / "b.png")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.mp4"]


def test_the_legend_is_inside_of_the_picture():
    pytest.importorskip("matplotlib")
    figure = descend("saddle", optimizers=["sgd", "adam"], steps=5).plot().figure
    figure.draw_without_rendering()
    [legend] = figure.legends
    assert legend.get_window_extent().y0 >= 0


def unevenness(lines, program):
    """The deviation of contours' mean distances from their neighbours, as a part of the mean of all."""
    distances = []
    for k, path in enumerate(lines.get_paths()[1:-1], 1):
        steps = np.hypot(*np.diff(path.vertices, axis=0).T) * (path.codes[1:] == 2)
        middles = (path.vertices[1:] + path.vertices[:-1]) / 2
        slopes = [program.values(*(middles + h).T) - program.values(*(middles - h).T) for h in 1e-5 * np.eye(2)]
        rise = (lines.levels[k + 1] - lines.levels[k - 1]) / 2
        distances.append(rise * np.average(2e-5 / np.hypot(*slopes), weights=steps))
    assert len(distances) >= 12
    return np.std(distances) / np.mean(distances)


@pytest.mark.parametrize("surface", [*SURFACES, "(1 - x)**2 + 100*(y - x**2)**2", "exp(3*x) + y**4"])
def test_contours_are_evenly_spaced(surface):
    """By the slopes on the drawn lines; levels of equal height have 0.1 to 0.7, of equal area 0.2 to 0.3."""
    run = descend(surface, (1.5, 1.5), steps=0, domain=(-2, 2, -2, 2))
    _, lines = [drawn for drawn in run.plot().collections if hasattr(drawn, "levels")]
    assert all(
        len(f"{abs(level):.9g}".replace("0.0", "").replace(".", "")) <= 4 for level in lines.levels
    )  # to be read
    assert unevenness(lines, run.program) < (0.3 if surface == "plateau" else 0.05)  # whose slope is 0 on whole rings


def test_arrows_of_several_optimisers_do_not_hide_each_other():
    run = descend("global minimum", None, ["sgd", "momentum", "adam"], steps=20)
    arrows = [drawn for drawn in run.plot(step=8).collections if hasattr(drawn, "U")]
    lines = [np.array([q.X + t * q.U, q.Y + t * q.V]).T for q in arrows for t in [np.linspace(0, 1, 50)]]
    gaps = [min(np.hypot(*(p - q)) for p in a for q in b) for i, a in enumerate(lines) for b in lines[:i]]
    assert len(arrows) == 2 + 3 + 3
    assert min(gaps) > 0.07  # all point to the middle of a picture that is 4 wide


def test_a_relief_has_the_paths_on_its_surface():
    run = descend("hills", None, ["sgd=0.05", "adam=0.05"], steps=30, domain=(1, 2, 1, 1.6))
    ax = relief(run)
    drawn = {line.get_label(): np.array(line.get_data_3d()).T for line in ax.get_lines()}
    assert list(drawn) == ["sgd=0.05", "adam=0.05", "start"]
    f = run.grid()[2]
    for path in run.paths:
        inside = (path.points >= 1).all(axis=1)
        assert drawn[path.name][inside, :2].tolist() == path.points[inside].tolist()
        assert np.isnan(drawn[path.name][~inside, :2]).all() and not inside.all()
        assert drawn[path.name][:, 2] == pytest.approx(path.values, abs=0.02 * np.ptp(f))
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("x", "y", "f")
    short = relief(run, ax=ax.figure.add_subplot(projection="3d"), step=3).get_lines()[0]
    assert len(short.get_data_3d()[0]) == 4


def test_squares_have_the_mean_of_squared_gradients_as_their_area():
    """A square for each variable and path that has such a mean, its side along its variable, downhill."""
    run = descend("x**2 + 4*y**2", (1, -1), ["sgd", "adagrad=0.1", "adam=0.1"], steps=8, domain=(-2, 2, -2, 2))
    path = run.paths[1]
    assert path.squares == pytest.approx(0.1 + np.cumsum(path.gradients[:-1] ** 2, axis=0))
    assert np.isnan(run.paths[0].squares).all()
    boxes = run.plot(step=3).patches
    assert len(boxes) == 4
    for box, (side, way) in zip(boxes[:2], [(0, (-1, -1)), (1, (1, 1))], strict=True):
        assert box.get_xy() == pytest.approx(path.points[3])
        assert np.sign([box.get_width(), box.get_height()]).tolist() == list(way)
        area = path.squares[3, side] / path.squares.max() * (trajectories.REACH * 4) ** 2
        assert abs(box.get_width() * box.get_height()) == pytest.approx(area)
    assert run.plot(step=8).patches[:] == []  # no step follows


def test_a_picture_marks_start_and_ends_and_a_repr_is_one_short_line():
    run = descend("hills", None, ["sgd=0.05", "adam=0.05"], steps=30)
    marks = {line.get_label(): line for line in run.plot().get_lines()}
    assert list(marks) == ["start", "sgd=0.05", "adam=0.05"]
    assert np.ravel(marks["start"].get_data()).tolist() == [1.5, 1.5]
    for path in run.paths:
        line = marks[path.name]
        assert [line.get_xydata()[i].tolist() for i in line.get_markevery()] == [path.points[-1].tolist()]
    assert repr(run) == "<Descent on f = 2 · exp((−((x − 1)² + (1.4 · y)²)) …, steps taken: sgd=0.05 30, adam=0.05 30>"
    assert repr(run.paths[0]).startswith("<Path of sgd=0.05: going on after 30 steps, at (") and "\n" not in repr(run)


def test_texts_have_14_points_on_a_slide():
    figure = trajectories.Film(descend("saddle", steps=3), 2)
    with trajectories.files.settings(figure.settings):
        drawn = figure.figure()
        drawn.draw_without_rendering()
    texts = [text for text in drawn.findobj(matplotlib.text.Text) if text.get_visible() and text.get_text()]
    assert len(texts) > 20 and min(text.get_fontsize() for text in texts) >= 14
    assert tuple(drawn.get_size_inches()) == (13.3, 7.5)
