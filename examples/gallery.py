"""The gallery: pictures a lecturer can take, each a row with the line that makes it; below, graphs that tests draw too.

`python examples/gallery.py` writes the files of the documents; with a folder, every picture in every format, large.
"""

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import viz
from autograd import Value, dot, log, logsumexp, parse, relu
from viz import saving

HERE = Path(__file__).parent / "gallery"
FORMATS = (".svg", ".png", ".pptx")  # of the pictures
SMALL, LARGE = 960, 1920  # pixels

# What the lines begin with: they can be copied one by one.
SETTING = """\
import nn
import viz
from autograd import Value, exercise, parse
from viz import plots

J = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]  # J = 3(a + bc)
net = nn.MLP(2, [3, 1], activation="tanh", rng=1)
X, y = nn.datasets.moons(200, noise=0.15, rng=0)


def trained(rate):
    model = nn.MLP(2, [8, 8, 1], activation="tanh", output="sigmoid", rng=0)
    model.compile(nn.Adam(rate), loss="binary_crossentropy")
    history = model.fit(X, y, epochs=40, validation_split=0.25, verbose=0)
    return model, history


(model, history), (_, slower) = trained(0.03), trained(0.003)
"""


@dataclass(frozen=True)
class Picture:
    """A picture of the gallery: its file's name, its title, the line that makes it, and what it shows."""

    name: str
    title: str
    line: str
    about: str


def draws(text: str, values: str, options: str = "") -> str:
    """The line that draws the last result of an expression."""
    result = text.rpartition(";")[2].partition("=")[0].strip()
    return f'viz.draw(parse("{text}", {values})["{result}"]{options})'


# fmt: off
PICTURES: Mapping[str, Sequence[Picture]] = {"Graphs": (
    Picture("lecture", "Both passes", "viz.draw(J)",
            "Values forward in grey, gradients back in red, each local slope as a formula and a number."),
    Picture("lecture-forward", "The forward pass alone", "viz.draw_forward(J)", "Before gradients are introduced."),
    Picture("lecture-dark", "On a dark slide", 'viz.draw(J, theme="dark")', "`theme=\"print\"` does without colours."),
    Picture("lecture-frame", "One step of the backward pass", "viz.frames(J)[5]",
            "A frame of `viz.frames(J)`, which is a picture for each step; every card stays in its place."),
    Picture("exercise", "An exercise with blanks",
            'viz.draw_exercise(exercise("a = 5; b = 3; c = 2; u = b*c; v = a + u; J = 3*v"))',
            "`autograd.exercise` chooses what is asked; its `sheet` has the answers."),
    Picture("doubled", "One variable used twice", draws("b = a + a", "a=3"),
            "∂b/∂a = 1 + 1: gradients of all uses are added."),
    Picture("lecture-gradient", "The gradient is a graph", "viz.draw_backward(J, as_graph=True)",
            "What the backward pass calculates, as nodes of its own."),
    Picture("second-derivatives", "Second derivatives",
            'viz.draw_backward(parse("y = a*x**2", a=2, x=0.5)["y"], as_graph=True, order=2)',
            "The graph of the gradient, differentiated once more."),
    Picture("sigmoid", "CS231n's sigmoid",
            draws("f = 1 / (1 + exp(-(w_0*x_0 + w_1*x_1 + w_2)))",
                  "w_0=2, x_0=-1, w_1=-3, x_1=-2, w_2=-3", ', style="circuit"'),
            "The example of Stanford's course, operation by operation, as a circuit."),
    Picture("logistic-regression", "Logistic regression",
            draws("z = w_1*x_1 + w_2*x_2 + b; a = sigmoid(z); L = -(y*log(a) + (1 - y)*log(1 - a))",
                  "w_1=0.5, x_1=1, w_2=-0.3, x_2=2, b=0.4, y=1", ', level="named"'),
            "The log loss of one sample; ∂L/∂z = a − y can be read off."),
    Picture("logistic-regression-circuit", "The same as a circuit",
            draws("z = w_1*x_1 + w_2*x_2 + b; a = sigmoid(z); L = -(y*log(a) + (1 - y)*log(1 - a))",
                  "w_1=0.5, x_1=1, w_2=-0.3, x_2=2, b=0.4, y=1", ', style="circuit"'),
            "Every operation, every gradient; values above the wires, gradients below."),
    Picture("softmax", "Softmax and cross-entropy",
            draws("s = exp(z_1) + exp(z_2) + exp(z_3); p_1 = exp(z_1)/s; L = -log(p_1)",
                  "z_1=2, z_2=1, z_3=0.1"),
            "Three classes, of which the first is right."),
    Picture("xor", "A network for XOR",
            draws("h_1 = tanh(w_11*x_1 + w_12*x_2 + b_1); h_2 = tanh(w_21*x_1 + w_22*x_2 + b_2); "
                  "z = w_31*h_1 + w_32*h_2 + b_3; L = (z - y)**2",
                  "w_11=-0.53, w_12=-0.79, b_1=-0.04, w_21=-0.69, w_22=-0.87, b_2=-0.04, "
                  "w_31=0.84, w_32=0.6, b_3=0.11, x_1=1, x_2=0, y=1"),
            "Two hidden neurons, one sample, the weights on the edges."),
    Picture("moons", "MLP(2, [16, 16, 1])",
            'viz.draw(nn.MLP(2, [16, 16, 1], activation="relu", rng=0)([Value(0.5, "x_1"), Value(-0.3, "x_2")])[0])',
            "A thousand scalar nodes, folded into a card for each layer."),
    Picture("batch-norm", "Batch normalisation",
            draws("m = (x_1 + x_2 + x_3)/3; s = ((x_1 - m)**2 + (x_2 - m)**2 + (x_3 - m)**2)/3; "
                  "n_1 = (x_1 - m)/sqrt(s + 0.001); y_1 = g*n_1 + b",
                  "x_1=1, x_2=2, x_3=6, g=1.5, b=0.1"),
            "Of a batch of three: the first sample's output depends on all three."),
    Picture("residual", "A residual block",
            draws("h_1 = relu(w_1*x); r = tanh(w_2*h_1); h_2 = h_1 + r; L = (h_2 - y)**2",
                  "x=1.5, w_1=0.8, w_2=-0.5, y=2"),
            "The gradient has a way around the block."),
    Picture("rnn", "A recurrent network, three steps",
            draws("h_1 = tanh(w*x_1 + u*h_0); h_2 = tanh(w*x_2 + u*h_1); h_3 = tanh(w*x_3 + u*h_2); L = (h_3 - y)**2",
                  "w=0.5, u=0.8, h_0=0, x_1=1, x_2=-1, x_3=0.5, y=1"),
            "w and u are used at each step; their gradients are the sums."),
    Picture("lstm", "An LSTM cell",
            draws("f = sigmoid(w_f*x + u_f*h_0); i = sigmoid(w_i*x + u_i*h_0); o = sigmoid(w_o*x + u_o*h_0); "
                  "g = tanh(w_g*x + u_g*h_0); c_1 = f*c_0 + i*g; h_1 = o*tanh(c_1)",
                  "x=1, h_0=0.5, c_0=0.8, w_f=0.9, u_f=0.2, w_i=0.6, u_i=-0.3, w_o=0.4, u_o=0.7, w_g=1.1, u_g=-0.5"),
            "Forget, input and output gate, all of one unit."),
    Picture("attention", "Attention over two",
            draws("s_1 = q*k_1; s_2 = q*k_2; a_1 = exp(s_1)/(exp(s_1) + exp(s_2)); a_2 = 1 - a_1; "
                  "o = a_1*v_1 + a_2*v_2",
                  "q=1, k_1=0.5, k_2=-1, v_1=2, v_2=-1"),
            "A query, two keys, two values; the weights a are a softmax of the scores s."),
    Picture("chain", "Ten layers, and the gradient vanishes",
            'viz.draw(parse("; ".join(f"h_{i} = sigmoid(w*h_{i - 1})" for i in range(1, 11)), h_0=0.5, w=1.5)["h_10"])',
            "Each sigmoid multiplies the gradient by at most 1/4."),
    Picture("adam", "A step of Adam", 'viz.draw_forward(viz.descent.update("adam", [3.0]), level="named")',
            "An optimiser's rule is a graph too."),
), "Networks": (
    Picture("network", "A network", "viz.network([3, 4, 4, 1])", "From the sizes of its layers alone."),
    Picture("network-weights", "A network at work", 'viz.network(net, [1, -2], [1], numbers=True, arrowheads="solid")',
            "Its weights, the activations of one sample, and their gradients in red."),
    Picture("network-dropout", "Dropout, and the data",
            "viz.network([2, 5, 4, 1], picture=(X, y), dropped=[[2, 5], [3]], bias=True)",
            "Units that a step of training leaves out, and the points that the network learns."),
    Picture("network-wide", "A wide network", "viz.network([784, 128, 64, 10])",
            "Of each layer the first and last units."),
), "Plots": (
    Picture("activations", "Activations and their slopes",
            'plots.activations(["sigmoid", "tanh", "softplus", "relu", "leaky_relu", "elu", "silu", "heaviside"])',
            "Any of them alone: `plots.activation(\"tanh\")`."),
    Picture("losses", "Loss curves", "plots.losses(history)", "Training solid, validation dashed."),
    Picture("learning-rates", "Two learning rates", 'plots.losses({"0.03": history, "0.003": slower}, log=True)',
            "Any number of runs in one plot."),
    Picture("boundary", "The decision boundary of the moons", "plots.boundary(model, X, y)",
            "The regions of a classifier, and the line where it is undecided."),
    Picture("neurons", "What each neuron says", "plots.neurons(model, span=(-1.5, 2.5))",
            "Over both inputs, blue above 0, orange below it; lines are weights."),
    Picture("histograms", "Activations, layer by layer", "plots.activation_histograms(model, X)",
            "What is saturated, and which units are dead."),
    Picture("descents", "Three optimisers on one surface",
            'viz.descend("local minimum", optimizers=["sgd", "momentum=0.05", "adam=0.05"])',
            "Contours are evenly spaced; `.save(\"paths.gif\")` shows every step with its vectors."),
)}
# fmt: on


def pictures() -> list[Picture]:
    """All of them."""
    return [picture for group in PICTURES.values() for picture in group]


@cache
def setting() -> dict[str, Any]:
    """What the lines can use."""
    scope: dict[str, Any] = {}
    exec(SETTING, scope)
    return scope


def drawn(picture: Picture) -> Any:
    """What a picture's line gives: a drawing, a descent, or axes of matplotlib."""
    return eval(picture.line, setting())


def save(thing: Any, path: Path, width: int) -> Path:
    """Write what a line gave to a file, a PNG of this width in pixels."""
    if isinstance(thing, viz.Drawing):
        return thing.save(path, width=width)
    from viz import plots
    from viz.descent.trajectories import Descent, Film
    from viz.layout.sheet import SLIDE

    plot = Film(thing, 2) if isinstance(thing, Descent) else plots.slide.Plot(thing)
    return saving.save(plot, path, saving.Options(savefig={"dpi": width / SLIDE[0]}))


def write(folder: Path, formats: tuple[str, ...], width: int) -> Iterator[Path]:
    """Every picture in these formats, as far as the saver writes a thing of its kind in them."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in pictures():
        thing = drawn(picture)
        known = saving.endings("picture" if isinstance(thing, viz.Drawing) else "plot")
        yield from (save(thing, folder / f"{picture.name}{ending}", width) for ending in formats if ending in known)


# ── graphs as Python, of which tests draw more


def lecture() -> Value:
    """J = 3(a + bc) at a = 5, b = 3, c = 2."""
    return parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]


def doubled() -> Value:
    """b = a + a, whose derivative by a is 1 + 1 = 2."""
    return parse("b = a + a", a=3)["b"]


def vector(name: str, *numbers: float) -> list[Value]:
    return [Value(number, f"{name}_{i}") for i, number in enumerate(numbers, 1)]


def logistic_regression() -> Value:
    """L = −(y log a + (1 − y) log(1 − a)), a = σ(z), z = w·x + b."""
    w, x = vector("w", 0.5, -0.3, 0.8), vector("x", 1.0, 2.0, -1.0)
    b, y = Value(0.1, "b"), Value(1.0, "y")
    z = (dot(w, x) + b).named("z")
    a = z.sigmoid().named("a")
    return (-(y * log(a) + (1 - y) * log(1 - a))).named("L")


def network(x: list[Value], *widths: int, activation: str = "tanh", seed: int = 1) -> list[Value]:
    """A multi-layer perceptron of scalars, its parameters named as a model names them; the last layer is linear."""
    rng = random.Random(seed)
    for layer, width in enumerate(widths, 1):
        results = []
        for neuron in range(1, width + 1):
            name = f"layer{layer}.neuron{neuron}"
            w = [Value(round(rng.uniform(-1, 1), 2), f"{name}.w{i}") for i in range(len(x))]
            z = sum(wi * xi for wi, xi in zip(w, x, strict=True)) + Value(round(rng.uniform(-0.2, 0.2), 2), f"{name}.b")
            results.append(getattr(z, activation)() if layer < len(widths) else z)
        x = results
    return x


def squared_error(outputs: list[Value]) -> Value:
    return ((outputs[0] - Value(1.0, "y")) ** 2).named("L")


def two_layers() -> Value:
    """a[1] = σ(W[1]x + b[1]), ŷ = σ(z[2]), with the log loss."""
    [z] = network(vector("x", 1.0, -2.0), 3, 1, activation="sigmoid", seed=3)
    a, y = z.sigmoid().named("a"), Value(1.0, "y")
    return (-(y * log(a) + (1 - y) * log(1 - a))).named("L")


def xor() -> Value:
    """One sample of XOR through two hidden neurons."""
    return squared_error(network(vector("x", 1.0, 0.0), 2, 1, seed=4))


def residual() -> Value:
    """h₂ = h₁ + relu(w₂h₁): the gradient has a way around."""
    x, w1, w2, y = Value(1.5, "x"), Value(0.8, "w_1"), Value(-0.5, "w_2"), Value(2.0, "y")
    h1 = relu(w1 * x).named("h_1")
    r = (w2 * h1).tanh().named("r")
    h2 = (h1 + r).named("h_2")
    return ((h2 - y) ** 2).named("L")


def softmax_classifier() -> Value:
    """The cross-entropy of three classes: L = logsumexp(z) − z₁."""
    x = vector("x", 1.0, -0.5)
    w = [[Value(0.2 * k, f"w_{k}1"), Value(0.5 - 0.3 * k, f"w_{k}2")] for k in (1, 2, 3)]
    z = [dot(wk, x).named(f"z_{k}") for k, wk in enumerate(w, 1)]
    return (logsumexp(z) - z[0]).named("L")


def chain() -> Value:
    """Ten sigmoid layers of one neuron: the gradient vanishes."""
    h, w = Value(0.5, "x"), Value(1.5, "w")
    for i in range(1, 11):
        h = (w * h).sigmoid().named(f"h_{i}")
    return h.named("y")


def moons() -> Value:
    """MLP(2, [16, 16, 1]) for one sample: 1,015 scalar nodes."""
    return squared_error(network(vector("x", 0.5, -0.3), 16, 16, 1, activation="relu"))


if __name__ == "__main__":
    if sys.argv[1:]:
        for path in write(Path(sys.argv[1]), FORMATS, LARGE):
            print(path)
    else:
        for path in HERE.glob("*.*"):
            path.unlink()
        for path in write(HERE, FORMATS, SMALL):
            print(path)
        print(*viz.frames(lecture()).save(HERE / "lecture.gif", width=900))
        print(viz.page(lecture()).save(HERE / "lecture.html"))
