"""The Playground's data sets: each a function that draws points (x, y, label) from a stream of random numbers.

Which numbers are drawn, in which order, and what is calculated first is part of what they are: a link's points are the
same in every bit. `nn.datasets` has the same six with NumPy's randomness.

Source: TensorFlow Playground, dataset.ts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from nn.playground.functions import Functions

Point: TypeAlias = tuple[float, float, float]


@dataclass
class Draw:
    """What a data set draws from: a stream of random numbers, noise from 0 to about 1, and the functions of `Math`."""

    random: Callable[[], float]
    noise: float
    functions: Functions

    def uniform(self, low: float, high: float) -> float:
        """A number between two, each equally likely."""
        return self.random() * (high - low) + low

    def normal(self, mean: float, variance: float) -> float:
        """A normal number, by Marsaglia's polar method, which has a second one that is not used."""
        s = 2.0
        while s > 1:
            v1 = 2 * self.random() - 1
            v2 = 2 * self.random() - 1
            s = v1 * v1 + v2 * v2
        return mean + math.sqrt(variance) * (math.sqrt(-2 * self.functions.log(s) / s) * v1)

    def moved(self, x: float, y: float, reach: float) -> tuple[float, float]:
        """Where the noise puts a point before its label is decided; the point itself stays."""
        dx = self.uniform(-reach, reach) * self.noise
        dy = self.uniform(-reach, reach) * self.noise
        return x + dx, y + dy


def circle(n: int, draw: Draw) -> list[Point]:
    """A disk of radius 2.5, label 1, in a ring from 3.5 to 5, label −1."""
    points = []
    for least, most in ((0, 2.5), (3.5, 5)):
        for _ in range(math.ceil(n / 2)):
            r, angle = draw.uniform(least, most), draw.uniform(0, 2 * math.pi)
            x, y = r * draw.functions.sin(angle), r * draw.functions.cos(angle)
            points.append((x, y, 1.0 if _distance(*draw.moved(x, y, 5)) < 2.5 else -1.0))
    return points


def xor(n: int, draw: Draw) -> list[Point]:
    """Four squares away from the axes: 1 where x and y have the same sign, else −1."""
    points = []
    for _ in range(n):
        x = _padded(draw.uniform(-5, 5))
        y = _padded(draw.uniform(-5, 5))
        a, b = draw.moved(x, y, 5)
        points.append((x, y, 1.0 if a * b >= 0 else -1.0))
    return points


def gauss(n: int, draw: Draw) -> list[Point]:
    """Two normal clouds, label 1 about (2, 2) and −1 about (−2, −2); noise is their variance."""
    variance = _scaled(draw.noise, (0, 0.5), (0.5, 4))
    points = []
    for centre, label in ((2, 1.0), (-2, -1.0)):
        for _ in range(math.ceil(n / 2)):
            x = draw.normal(centre, variance)
            points.append((x, draw.normal(centre, variance), label))
    return points


def spiral(n: int, draw: Draw) -> list[Point]:
    """Two arms that turn round the centre 1¾ times; noise moves the points themselves."""
    points, half = [], n / 2
    for turned, label in ((0.0, 1.0), (math.pi, -1.0)):
        for i in range(math.ceil(half)):
            r = i / half * 5
            t = 1.75 * i / half * 2 * math.pi + turned
            x = r * draw.functions.sin(t) + draw.uniform(-1, 1) * draw.noise
            points.append((x, r * draw.functions.cos(t) + draw.uniform(-1, 1) * draw.noise, label))
    return points


def reg_plane(n: int, draw: Draw) -> list[Point]:
    """A plane to regress: (x + y) / 10."""
    return _regression(n, draw, lambda x, y: _scaled(x + y, (-10, 10), (-1, 1)))


CONES = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def reg_gauss(n: int, draw: Draw) -> list[Point]:
    """Six cones to regress, up and down in turn, of radius 2."""

    def height(x: float, y: float) -> float:
        label = 0.0
        for cx, cy, sign in CONES:
            share = max(0.0, min(1.0, _distance(x - cx, y - cy) / 2))
            h = sign * (1 - share)
            label = h if abs(h) > abs(label) else label
        return label

    return _regression(n, draw, height)


def _regression(n: int, draw: Draw, target: Callable[[float, float], float]) -> list[Point]:
    """Uniform points, and the target where the noise puts them."""
    points = []
    for _ in range(n):
        x, y = draw.uniform(-6, 6), draw.uniform(-6, 6)
        points.append((x, y, target(*draw.moved(x, y, 6))))
    return points


def _padded(x: float) -> float:
    return x + (0.3 if x > 0 else -0.3)


def _distance(dx: float, dy: float) -> float:
    return math.sqrt(dx * dx + dy * dy)


def _scaled(x: float, domain: tuple[float, float], out: tuple[float, float]) -> float:
    """A number of one interval, by a line that leads to another."""
    share = (x - domain[0]) / (domain[1] - domain[0])
    return out[0] * (1 - share) + out[1] * share


CLASSIFICATION = {"circle": circle, "xor": xor, "gauss": gauss, "spiral": spiral}  # as its links call them
REGRESSION = {"reg-plane": reg_plane, "reg-gauss": reg_gauss}
SIZES = {"classification": 500, "regression": 1200}


# ── more than two classes, labelled 0, 1, 2, …: sets of our own ───────────────────────────────────


def many_rings(n: int, k: int, draw: Draw) -> list[Point]:
    """A disk in rings around it."""

    def point(label: int, i: int, size: int) -> tuple[float, float]:
        r, angle = draw.uniform(label + 0.15, label + 0.85) * 5 / k, draw.uniform(0, 2 * math.pi)
        return draw.moved(r * draw.functions.sin(angle), r * draw.functions.cos(angle), 5)

    return _each(n, k, point)


def many_sectors(n: int, k: int, draw: Draw) -> list[Point]:
    """Sectors around the centre, two of each class, which lie opposite."""

    def point(label: int, i: int, size: int) -> tuple[float, float]:
        sector = label + k * math.floor(2 * draw.random())
        angle, r = (sector + draw.uniform(0.06, 0.94)) * math.pi / k, draw.uniform(0.6, 5)
        return draw.moved(r * draw.functions.cos(angle), r * draw.functions.sin(angle), 5)

    return _each(n, k, point)


def many_clouds(n: int, k: int, draw: Draw) -> list[Point]:
    """Normal clouds on a circle of radius 3; noise is their variance."""
    variance = _scaled(draw.noise, (0, 0.5), (0.5, 4))

    def point(label: int, i: int, size: int) -> tuple[float, float]:
        angle = 2 * math.pi * label / k + math.pi / 2
        x = draw.normal(3 * draw.functions.cos(angle), variance)
        return x, draw.normal(3 * draw.functions.sin(angle), variance)

    return _each(n, k, point)


def many_arms(n: int, k: int, draw: Draw) -> list[Point]:
    """Arms of a spiral; noise moves the points themselves."""

    def point(label: int, i: int, size: int) -> tuple[float, float]:
        r, t = i / size * 5, 1.75 * i / size * 2 * math.pi + 2 * math.pi * label / k
        x = r * draw.functions.sin(t) + draw.uniform(-1, 1) * draw.noise
        return x, r * draw.functions.cos(t) + draw.uniform(-1, 1) * draw.noise

    return _each(n, k, point)


def _each(n: int, k: int, point: Callable[[int, int, int], tuple[float, float]]) -> list[Point]:
    """Of each class as many points: of a label, the point's place in its class, and how many there are."""
    size = n // k
    return [(*point(label, i, size), float(label)) for label in range(k) for i in range(size)]


MANY = {"circle": many_rings, "xor": many_sectors, "gauss": many_clouds, "spiral": many_arms}


def shuffle(points: list[Point], random: Callable[[], float]) -> None:
    """Put points in a random order, from the last place to the first (Fisher and Yates)."""
    for last in range(len(points) - 1, -1, -1):
        other = math.floor(random() * (last + 1))
        points[last], points[other] = points[other], points[last]


# ── what a network sees of a point ────────────────────────────────────────────────────────────────

INPUTS: dict[str, Callable[[float, float, Functions], float]] = {  # in the order of the network's inputs
    "x": lambda x, y, f: x,
    "y": lambda x, y, f: y,
    "xSquared": lambda x, y, f: x * x,
    "ySquared": lambda x, y, f: y * y,
    "xTimesY": lambda x, y, f: x * y,
    "sinX": lambda x, y, f: f.sin(x),
    "sinY": lambda x, y, f: f.sin(y),
}
