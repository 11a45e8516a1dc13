"""Pictures of computation graphs: one card a quantity, values forward, gradients back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd import Value
from viz.drawing import LEGIBLE, SLIDE, Drawing
from viz.graph import gradient_graph as derivatives
from viz.graph.build import build
from viz.graph.exercise import draw_exercise
from viz.graph.scene import Direction, Level, Scene
from viz.layout.engines import Engine
from viz.motion.frames import Frame, Frames, frames
from viz.motion.page import Page, page
from viz.networks.network import NetworkStyle, network
from viz.theme import THEME, THEMES, Paint, Theme

if TYPE_CHECKING:
    from viz import descent as descent
    from viz import plots as plots
    from viz.descent import SURFACES, descend

__all__ = [
    "SURFACES",
    "THEMES",
    "Drawing",
    "Frame",
    "Frames",
    "NetworkStyle",
    "Page",
    "Paint",
    "Theme",
    "descend",
    "draw",
    "draw_backward",
    "draw_exercise",
    "draw_forward",
    "frames",
    "network",
    "page",
]


def __getattr__(name: str) -> Any:
    """What needs NumPy is imported when it is first asked for: a picture does not."""
    if name in ("descent", "plots"):
        return import_module(f"viz.{name}")
    if name in ("SURFACES", "descend"):
        return getattr(import_module("viz.descent"), name)
    raise AttributeError(f"module 'viz' has no attribute {name!r}")


def draw(
    output: Value,
    direction: Direction = "backward",
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
    theme: Theme | str = THEME,
    around: Value | str | None = None,
    depth: int = 2,
    between: tuple[Value | str, Value | str] | None = None,
    symbols: bool = False,
    size: tuple[float, float] | None = None,
    transparent: bool = False,
) -> Drawing:
    """A picture of the graph of J: each quantity a card with its formula, value and gradient ∂J/∂x.

    Grey arrows carry values forward; dashed red ones carry gradients back, with the local slope ∂z/∂x
    in symbols and numbers. Gradients are those of J alone, from the slopes recorded in the nodes: no
    backward pass has to have run, and no `.grad` is touched. A node that no gradient reaches shows a
    dash, which is not 0.

    Args:
        output: the node J.
        direction: "backward" draws both passes, "forward" values only.
        level: "value" gives each node a card; "named" gives one to each leaf and each node with a name,
            whose formula then spans the nameless nodes between; "neuron" and "layer" one to each of
            these, the weights on the edges. "auto" folds just so far that the smallest text has 14 pt
            on a slide: sums, nameless nodes, weights onto edges, neurons, layers, long chains. The
            picture and `.folded` say what was folded.
        names: other names, by node or by name.
        engine: "embedded" needs no program on the machine; "dot" is the machine's own Graphviz.
        parameters: the leaves that are learned. Beside them inputs show no gradient. Default: leaves
            called w, w_1, layer1.w0, theta …, and b, bias beside those.
        digits: significant digits of the numbers.
        theme: "light", "dark", "print", or a Theme of your own.
        around, depth: draw only what is at most `depth` edges away from this node (or its name).
        between: draw only the paths from the first node to the second.
        symbols: write gradients as formulas too, ∂J/∂b = 3 · c = 6 (extra `symbolic`).
        size: width and height in inches, which the picture then fits, as (13.3, 7.5) for a slide.
        transparent: no background.

    Returns:
        A Drawing, which notebooks show; `.save("J.svg")` writes SVG, PNG, PDF, TikZ, DOT or Mermaid.

    Raises:
        OperandError: output is not a Value. DrawingError: more than 400 cards, an unknown choice, a layout
            that takes more than half a minute. MissingExtra: symbols without SymPy.

    Example:
        >>> from autograd import parse
        >>> graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
        >>> "∂u/∂b = c = 2" in draw(graph["J"]).svg
        True
    """
    look: dict[str, Any] = {"theme": theme, "engine": engine, "size": size, "transparent": transparent}
    part: dict[str, Any] = {"around": around, "depth": depth, "between": between, "symbols": symbols}
    return _drawn(build, output, direction, level, names, parameters, digits, **look, **part)


def draw_forward(output: Value, **options: Any) -> Drawing:
    """The forward pass alone; the options are those of `draw`."""
    return draw(output, "forward", **options)


def draw_backward(output: Value, *, as_graph: bool = False, order: int = 1, **options: Any) -> Drawing:
    """Both passes; or with as_graph=True the graph of the gradient itself, ∂J/∂x = … as nodes.

    Args:
        output: the node J.
        as_graph: draw what `grad(J, leaves, create_graph=True)` calculates, for the parameters if there are any.
        order: 2 adds the second derivatives, in a colour of their own.
        options: those of `draw`; with as_graph names, parameters, digits, level, theme, engine, size, transparent.

    Raises:
        OperandError, DrawingError: as for `draw`.

    Example:
        >>> from autograd import Value
        >>> b, c = Value(3.0, "b"), Value(2.0, "c")
        >>> "∂J/∂b = c · 3" in draw_backward((3 * (b * c)).named("J"), as_graph=True).svg
        True
    """
    if not as_graph:
        return draw(output, "backward", **options)
    return _drawn(derivatives.build, output, order, **options)


def _drawn(
    build: Callable[..., Scene],
    *arguments: Any,
    theme: Theme | str = THEME,
    engine: Engine = "embedded",
    size: tuple[float, float] | None = None,
    transparent: bool = False,
    **options: Any,
) -> Drawing:
    """A Drawing of what `build` says; it is told whether a scene can be read."""

    def fits(scene: Scene) -> bool:
        return Drawing(scene, theme, engine).label_size(size or SLIDE) >= LEGIBLE

    return Drawing(build(*arguments, fits=fits, **options), theme, engine, size, transparent)
