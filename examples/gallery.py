"""The gallery: graphs of lectures, and networks too large for one. `python examples/gallery.py` writes the files."""

import random
from collections.abc import Iterator
from pathlib import Path

import viz
from autograd import Value, dot, log, logsumexp, parse, relu

HERE = Path(__file__).parent / "gallery"


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


def pictures() -> Iterator[tuple[str, viz.Drawing]]:
    """The gallery's files, by their names."""
    yield "lecture", viz.draw(lecture())
    yield "lecture-forward", viz.draw_forward(lecture())
    yield "lecture-dark", viz.draw(lecture(), theme="dark")
    yield "lecture-print", viz.draw(lecture(), theme="print")
    yield "lecture-gradient", viz.draw_backward(lecture(), as_graph=True)
    yield "second-derivatives", viz.draw_backward(parse("y = a*x**2", a=2, x=0.5)["y"], as_graph=True, order=2)
    yield "doubled", viz.draw(doubled())
    yield "logistic-regression", viz.draw(logistic_regression(), level="named")
    yield "lecture-down", viz.draw(lecture(), "TB")
    yield "lecture-highlight", viz.draw(lecture(), highlight="b", title="What b reaches", aspect=16 / 9)
    yield "logistic-regression-auto", viz.draw(logistic_regression(), style="cards")
    yield "logistic-regression-circuit", viz.draw(logistic_regression(), style="circuit")
    yield "residual-circuit", viz.draw(residual(), style="circuit")
    yield "xor-circuit", viz.draw(xor(), style="circuit")
    yield "two-layers", viz.draw(two_layers())
    for level in ("value", "sums", "weights", "neuron", "layer"):
        yield f"xor-{level}", viz.draw(xor(), level=level)
    yield "residual", viz.draw(residual(), style="cards")
    yield "softmax", viz.draw(softmax_classifier())
    yield "chain", viz.draw(chain())
    yield "moons", viz.draw(moons())
    yield "moons-neurons", viz.draw_forward(moons(), level="neuron")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, picture in pictures():
        print(picture.save(HERE / f"{name}.svg"))
    print(*viz.frames(lecture()).save(HERE / "lecture.gif", width=900))
    print(viz.page(lecture()).save(HERE / "lecture.html"))
