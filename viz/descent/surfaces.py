"""The six surfaces of gradient_descent_viz: formula, start, what is shown, and where the minima are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Surface:
    """A function of two variables as text, with where to look at it, where to start, and where its minima are."""

    text: str
    start: Mapping[str, float] = field(default_factory=lambda: {"x": 1.5, "y": 1.5})
    domain: tuple[float, float, float, float] = (-2.0, 2.0, -2.0, 2.0)  # x from, to, y from, to
    minima: tuple[tuple[float, float], ...] = ()  # in the domain, the lowest first


# Source: L. Jiang (2020), gradient_descent_viz: surfaces, domain and start; its z is our y. The plateau's minimum is
# the tip of a cone, with rings of minima around it.
SURFACES: dict[str, Surface] = {
    "local minimum": Surface(
        "z = 1.4*y; f = -2*exp(-((x - 1)**2 + z**2)/0.2) - 6*exp(-((x + 1)**2 + z**2)/0.2) + x**2 + z**2",
        minima=((-0.967577446, 0.0), (0.905317861, 0.0)),
    ),
    "global minimum": Surface("f = x**2 + y**2", minima=((0.0, 0.0),)),
    "saddle": Surface("f = sin(x) + y**2", minima=((-1.570796327, 0.0),)),
    "elliptic bowl": Surface("u = x/2; v = y/2; f = -exp(-(u**2 + 5*v**2)) + u**2 + v**2/2", minima=((0.0, 0.0),)),
    "hills": Surface(
        "z = 1.4*y; f = 2*exp(-((x - 1)**2 + z**2)/0.2) + 6*exp(-((x + 1)**2 + z**2)/0.2)"
        " - 2*exp(-((x - 1)**2 + (z + 1)**2)/0.2) + x**2 + z**2",
        minima=((0.900306522, -0.653401158), (0.041507126, -0.000640378)),
    ),
    "plateau": Surface("r = sqrt((10*x)**2 + (10*y)**2) + 0.01; f = -sin(r)/r + 0.01*r**2", minima=((0.0, 0.0),)),
}
