"""The pictures of the README: J = 3(a + bc), and logistic regression as lectures draw it."""

from pathlib import Path

import viz
from autograd import Value, dot, log, parse

HERE = Path(__file__).parent / "gallery"


def lecture() -> Value:
    """J = 3(a + bc) at a = 5, b = 3, c = 2."""
    return parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]


def logistic_regression() -> Value:
    """L = −(y log a + (1 − y) log(1 − a)), a = σ(z), z = w·x + b."""
    w = [Value(0.5, "w_1"), Value(-0.3, "w_2"), Value(0.8, "w_3")]
    x = [Value(1.0, "x_1"), Value(2.0, "x_2"), Value(-1.0, "x_3")]
    b, y = Value(0.1, "b"), Value(1.0, "y")
    z = (dot(w, x) + b).named("z")
    a = z.sigmoid().named("a")
    return (-(y * log(a) + (1 - y) * log(1 - a))).named("L")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for picture, name in (
        (viz.draw(lecture()), "lecture"),
        (viz.draw(logistic_regression(), level="named"), "logistic-regression"),
    ):
        print(picture.save(HERE / f"{name}.svg"))
