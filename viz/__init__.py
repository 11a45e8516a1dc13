"""Pictures of computation graphs: one card a quantity, values forward, gradients back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from autograd import Value
from viz.drawing import Drawing
from viz.engine import Engine
from viz.scene import Direction, Level, build
from viz.style import THEME, Theme

if TYPE_CHECKING:
    from viz.descent import SURFACES, descend

__all__ = ["SURFACES", "Drawing", "Theme", "descend", "draw", "draw_backward", "draw_forward"]


def __getattr__(name: str) -> Any:
    """What needs NumPy is imported when it is first asked for: a picture does not."""
    if name in ("SURFACES", "descend"):
        from viz import descent

        return getattr(descent, name)
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
    theme: Theme = THEME,
) -> Drawing:
    """A picture of the graph of J: each quantity a card with its formula, value and gradient ∂J/∂x.

    Grey arrows carry values forward; dashed red ones carry gradients back, with the local slope ∂z/∂x
    in symbols and numbers. Gradients are those of J alone, from the slopes recorded in the nodes: no
    backward pass has to have run, and no `.grad` is touched. A node that no gradient reaches shows a
    dash, which is not 0.

    Args:
        output: the node J.
        direction: "backward" draws both passes, "forward" values only.
        level: "value" (and "auto") gives each node a card; "named" gives one to each leaf and each node
            with a name, whose formula then spans the nameless nodes between.
        names: other names, by node or by name.
        engine: "embedded" needs no program on the machine; "dot" is the machine's own Graphviz.
        parameters: the leaves that are learned. Beside them inputs show no gradient. Default: leaves
            called w, w_1, layer1.w0, theta …, and b, bias beside those.
        digits: significant digits of the numbers.
        theme: colours and sizes.

    Returns:
        A Drawing, which notebooks show; `.save("J.svg")` writes SVG, PNG, PDF or DOT.

    Raises:
        OperandError: output is not a Value. DrawingError: more than 400 cards, an unknown choice.

    Example:
        >>> from autograd import parse
        >>> graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
        >>> "∂u/∂b = c = 2" in draw(graph["J"]).svg
        True
    """
    return Drawing(build(output, direction, level, names, parameters, digits), theme, engine)


def draw_forward(output: Value, **options: Any) -> Drawing:
    """The forward pass alone; the options are those of `draw`."""
    return draw(output, "forward", **options)


def draw_backward(output: Value, **options: Any) -> Drawing:
    """Both passes; the options are those of `draw`."""
    return draw(output, "backward", **options)
