"""From a Value to its picture: build a scene, fold it until it can be read, and hand it over as a Drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from autograd import Value
from autograd.language.names import Labels
from autograd.passes.exercises import Exercise
from autograd.passes.one_pass import OnePass
from viz.drawing import Drawing
from viz.graph import gradient_graph as derivatives
from viz.graph.build import build
from viz.graph.exercise import blanked
from viz.graph.inputs import with_inputs
from viz.graph.scene import Direction, Level, Scene, Style
from viz.layout.engines import Engine
from viz.theme import THEME, Theme

LOOK = ("theme", "engine", "size", "transparent")  # options of a drawing; the others are of its scene


def draw(
    output: Value,
    direction: Direction = "backward",
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    style: Style = "cards",
    parameters: Iterable[Value] | None = None,
    digits: int | None = None,
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
    dash, which is not 0. Where a leaf has changed since J was calculated, the numbers are those of
    `J.forward()`, and a note below says so.

    Args:
        output: the node J.
        direction: "backward" draws both passes, "forward" values only.
        level: "value" gives each node a card; "named" gives one to each leaf and each node with a name,
            whose formula then spans the nameless nodes between; "neuron" and "layer" one to each of
            these, the weights on the edges. "auto" folds just so far that the smallest text has 14 pt
            on a slide: sums, nameless nodes, weights onto edges, neurons, layers, long chains. The
            picture and `.folded` say what was folded.
        names: other names, by node or by name.
        style: "cards", or "circuit" for each operation as a small circle with its sign, to the right of it a wire
            with the value above and the gradient below, of inputs too; it has every node, and larger text.
        engine: "embedded" needs no program on the machine; "dot" is the machine's own Graphviz.
        parameters: the leaves that are learned. Beside them inputs show no gradient. Default: leaves
            called w, w_1, layer1.w0, theta …, and b, bias beside those.
        digits: significant digits of the numbers; default 4, in a circuit 3.
        theme: "light", "dark", "print", or a Theme of your own.
        around, depth: draw only what is at most `depth` edges away from this node (or its name).
        between: draw only the paths from the first node to the second.
        symbols: write gradients as formulas too, ∂J/∂b = 3 · c = 6 (extra `symbolic`).
        size: width and height in inches, which the picture then fits, such as (13.3, 7.5) for a slide.
        transparent: no background.

    Returns:
        A Drawing, which notebooks show and `.save("J.svg")` writes.

    Raises:
        OperandError: output is not a Value. DrawingError: more than 400 cards, an unknown choice, a layout
            that takes more than half a minute. MissingExtra: symbols without SymPy.

    Example:
        >>> from autograd import parse
        >>> graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
        >>> "∂u/∂b = c = 2" in draw(graph["J"]).svg
        True
        >>> [node.operation[0] for node in draw(graph["J"], style="circuit").scene.nodes if node.wires]
        ['×', '+', '×3']
    """
    shown, parameters = OnePass(output), None if parameters is None else list(parameters)
    if level != "value":
        with_inputs(shown.nodes, shown.own(parameters))
    return _drawn(
        build, shown, direction, level, names=names, style=style, parameters=parameters, digits=digits,
        around=around, depth=depth, between=between, symbols=symbols,
        theme=theme, engine=engine, size=size, transparent=transparent,
    )  # fmt: skip


def draw_forward(output: Value, **options: Any) -> Drawing:
    """The forward pass alone; the options are those of `draw`."""
    return draw(output, "forward", **options)


def draw_backward(output: Value, *, as_graph: bool = False, order: int = 1, **options: Any) -> Drawing:
    """Both passes; or with as_graph=True the graph of the gradient itself, ∂J/∂x = … as nodes.

    Args:
        output: the node J.
        as_graph: draw what `grad(J, leaves, create_graph=True)` calculates, for the parameters if there are any.
        order: 2 adds the second derivatives, in a colour of their own.
        options: those of `draw`; with as_graph names, style, parameters, digits, level, theme, engine, size,
            transparent.

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
    return _drawn(derivatives.build, OnePass(output), order, **options)


def draw_exercise(exercise: Exercise, **options: Any) -> Drawing:
    """The picture of an exercise's graph with blanks for what it asks.

    Args:
        exercise: what `autograd.exercise` made.
        options: those of `draw`.

    Returns:
        A Drawing. Where gradients are asked, arrows name the local slopes and leave their numbers out.

    Example:
        >>> from autograd import exercise
        >>> picture = draw_exercise(exercise("a = 5; b = 3; u = a*b; J = 2*u"))
        >>> "∂J/∂a = ____" in picture.svg, "∂u/∂a = b" in picture.svg
        (True, False)
    """
    shown = exercise.passes.sheet.shown
    return _drawn(lambda *graph, fits, **options: blanked(build(*graph, **options), exercise), shown, **options)


def _drawn(build: Callable[..., Scene], shown: OnePass, *arguments: object, **options: Any) -> Drawing:
    """The Drawing of the scene that `build` chooses; each scene that it asks about is laid out once."""
    drawings: dict[object, Drawing] = {}
    look = {name: options.pop(name) for name in LOOK if name in options}
    arguments, options = shown.own(arguments), shown.own(options)

    def drawing(scene: Scene) -> Drawing:
        drawing = drawings.setdefault((scene.nodes, scene.edges, scene.column), Drawing(scene, **look))
        drawing.scene = scene  # other notes and LaTeX: cards and arrows stay where they are
        return drawing

    scene = build(shown.output, *arguments, fits=lambda scene: drawing(scene).is_legible(), **options)
    return drawing(replace(scene, note=shown.note(Labels(shown.nodes, options.get("names")))))
