"""From a Value to its picture: build a scene, fold it until it can be read, and hand it over as a Drawing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Literal

from autograd import SmallTextWarning, Value
from autograd.language.names import Labels
from autograd.passes.exercises import Exercise
from autograd.passes.one_pass import OnePass
from viz.drawing import LEGIBLE, Drawing
from viz.fitting import Fitting
from viz.graph import gradient_graph as derivatives
from viz.graph.build import build
from viz.graph.exercise import blanked
from viz.graph.inputs import with_inputs
from viz.graph.scene import Direction, Flow, Level, Rows, Scene, Style
from viz.graph.subgraph import Highlight
from viz.layout.engines import Engine
from viz.layout.sheet import Sheet
from viz.theme import THEME, Theme

SHEET = tuple(field.name for field in fields(Sheet))  # options of the page; of the others some are of the drawing
LOOK = ("theme", "engine")
MOST_PARTS = 3  # nodes around which a part is tried, to say which one can be read


def draw(
    output: Value,
    direction: Direction = "backward",
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    style: Style | Literal["auto"] = "auto",
    parameters: Iterable[Value] | None = None,
    digits: int | None = None,
    theme: Theme | str = THEME,
    around: Value | str | None = None,
    depth: int = 2,
    between: tuple[Value | str, Value | str] | None = None,
    symbols: bool = False,
    rows: Rows = "auto",
    highlight: Highlight | None = None,
    size: tuple[float, float] | None = None,
    aspect: float | None = None,
    title: str = "",
    caption: bool | str = False,
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
        direction: "backward" draws both passes, "forward" values only; "LR" from left to right, "TB" from the
            top down; or one of each, such as "forward TB".
        level: "value" gives each node a card; "named" gives one to each leaf and each node with a name,
            whose formula then spans the nameless nodes between; "neuron" and "layer" one to each of
            these, the weights on the edges. "auto" makes the smallest text 14 pt on a slide: by a circuit, by
            rows, by titles in two lines or fractions with a slash, and else by folding just as far as needed,
            as `.folded` says: sums, nameless nodes, weights onto edges, neurons, layers, long chains, formulas.
        names: other names, by node or by name.
        style: "cards", or "circuit" for each operation as a small circle with its sign, to the right of it a wire
            with the value above and the gradient below, of inputs too; it has every node, and larger text. Where
            fewer wires cross then, a leaf stands at its second use again, as w⁽²⁾ with that use's share of the
            gradient. "auto" takes cards, or with level="auto" a circuit where the text of all the nodes' cards were
            below 14 pt.
        engine: "embedded" needs no program on the machine; "dot" is the machine's own Graphviz.
        parameters: the leaves that are learned. Beside them inputs show no gradient. Default: leaves
            called w, w_1, Wxh, layer1.w0, theta …, and beside those b, bh, U, V, gamma, beta.
        digits: significant digits of the numbers; default 4, in a circuit 3.
        theme: "light", "dark", "print", or a Theme of your own.
        around, depth: draw only what is at most `depth` edges away from this node (or its name).
        between: draw only the paths from the first node to the second.
        symbols: write gradients as formulas too, ∂J/∂b = 3 · c = 6 (extra `symbolic`).
        rows: 1, 2 or 3 rows, as on a typewriter; "auto" takes more than one where the text is below 14 pt
            on a slide otherwise, grows by 15 % or more, and at most two roads, or five wires, pass from row to row.
        highlight: what stays as it is while the rest is pale: a node (or its name) with its arrows; a leaf with
            all that it reaches; or the stations of a path, ("b", "J").
        size: width and height in inches, which the picture with its title and caption then fits, such as
            (13.3, 7.5) for a slide, (12, 5.5) for one whose title is the slide's own.
        aspect: width / height of the picture in place of a size, such as 16/9.
        title: a heading above the picture.
        caption: True says below the picture what was folded; or a text of your own.
        transparent: no background.

    Returns:
        A Drawing, which notebooks show and `.save("J.svg")` writes.

    Raises:
        SmallTextWarning: folded by "auto" as far as it can be, its smallest text still is below 14 pt.
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
        around=around, depth=depth, between=between, symbols=symbols, rows=rows, highlight=highlight,
        theme=theme, engine=engine, size=size, aspect=aspect, title=title, caption=caption, transparent=transparent,
    )  # fmt: skip


def draw_forward(output: Value, direction: Flow = "LR", **options: Any) -> Drawing:
    """The forward pass alone; the options are those of `draw`."""
    return draw(output, f"forward {direction}", **options)  # type: ignore[arg-type]


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
    """The Drawing of the scene that `build` chooses; each scene that it asks about is laid out once in one row."""
    look = {name: options.pop(name) for name in LOOK if name in options}
    sheet = Sheet(**{name: options.pop(name) for name in SHEET if name in options})
    arguments, options = shown.own(arguments), shown.own(options)

    def chosen(**part: Any) -> tuple[Drawing, bool]:
        """The drawing, and whether it can be read where that is asked."""
        fitting = Fitting(**look, sheet=sheet)
        scene = build(shown.output, *arguments, fits=fitting.fits, **{**options, **part})
        return fitting.drawing(scene), fitting.legible

    best, legible = chosen()
    if not legible:
        _warn(best, shown, chosen if "around" in options else None)
    return best.of(replace(best.scene, note=shown.note(Labels(shown.nodes, options.get("names")))))


def _warn(drawing: Drawing, shown: OnePass, part: Callable[..., tuple[Drawing, bool]] | None) -> None:
    """Say that a picture is small, and which part of it would not be."""
    page = "{:.3g} × {:.3g} in".format(*drawing.page)
    size = drawing.label_size(drawing.page)
    what = f"has {size:.1f} pt" if size else "is far too small"
    remedy = "Draw a smaller graph." if part is None else _remedy(shown, part)
    message = f"The smallest text of {drawing.scene.caption} {what} on {page}; {LEGIBLE:g} pt can be read. {remedy}"
    warnings.warn(message, SmallTextWarning, stacklevel=4)


def _remedy(shown: OnePass, part: Callable[..., tuple[Drawing, bool]]) -> str:
    """The arguments that draw the largest part around a named node, from the result on, that can be read."""
    named = [z.name for z in reversed(shown.nodes) if z.op and z.name]
    for depth in (2, 1):
        for name in dict.fromkeys(named[:MOST_PARTS]):
            if part(around=name, depth=depth)[1]:
                return f"Draw a part, such as around={name!r}, depth={depth}."
    return "Give inner nodes names, and draw a part with around= or between=."
