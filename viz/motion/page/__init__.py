"""The step page: one HTML file that shows both passes step by step, and recomputes everything in the reader's hands."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from string import Template
from typing import Any, Literal

from autograd import FrozenChoiceWarning, LengthError, Value, expression
from autograd.characters import printable
from autograd.core.replay import kept_choice
from autograd.core.value import operands
from autograd.language.formula import chain
from autograd.language.javascript import table
from autograd.language.numbers import figure
from viz import shapes
from viz.drawing import LEGIBLE, Drawing
from viz.escape import xml
from viz.fitting import Fitting
from viz.formats import html, svg
from viz.graph.build import DIGITS
from viz.graph.scene import Edge, Level, Node, Rows, Scene, Style
from viz.graph.subgraph import Highlight
from viz.layout.engines import Engine
from viz.layout.sheet import Sheet, with_notes
from viz.motion.page import compact
from viz.motion.page.data import told
from viz.motion.page.views import View, all_views
from viz.motion.timeline import Passes, passes
from viz.pages import OneFilePage
from viz.theme import THEME, Theme

SCRIPTS = (
    *(
        "calculate",
        "names",
        "views",
        "numbers",
        "sentences",
        "folded",
        "cards",
        "steps",
        "keys",
        "slips",
        "quiz",
        "force",
        "ledger",
    ),
    *("inputs", "window", "moving", "unfold", "print", "start"),
)  # .js, in this order; "folded" where something is, "unfold" where something unfolds
SMALL = 11.0  # points: what text has at least where a card is unfolded that has no legible unfolding
LONGEST_HEADING = 90  # characters
STAGE = (13.08, 5.9)  # inches: what the picture has at most of a slide of 13.3 × 7.5, beside buttons and sentence
CELL = 900  # pixels: the width of a notebook's cell
BESIDE, SLIDER = 224, 37  # pixels: the height of all but the picture and sliders, and of a row of sliders
WIDE = 8.888888888  # there is room for such numbers, to three digits; of longer ones the page writes fewer digits


class Page(OneFilePage):
    """Both passes of a graph in one HTML file: it opens from disk, in a frame of slides, and in a notebook.

    Attributes:
        html: the document as text.

    Example:
        >>> from autograd import parse
        >>> import viz
        >>> viz.page(parse("y = a*b", a=2, b=3)["y"])
        <Page of y: 4 steps>
    """

    def __init__(self, passes: Passes, heading: str, fittings: Sequence[Fitting]) -> None:
        fitting = fittings[0]
        self.passes, self.heading, self.theme = passes, heading, fitting.theme
        self.views = all_views(View(passes, fitting.drawing(passes.scene)), fittings)
        self._data = told(self.views)

    @cached_property
    def picture(self) -> shapes.Picture:
        """The cards and arrows that the page begins with, with room for other numbers than stand there at first."""
        return _picture(self.views[0], self.theme)

    def _parts(self) -> html.Parts:
        drawn, looks = self._drawing()
        body = Template(_file("page.html")).substitute(title=xml(self.heading), svg=drawn)
        return html.Parts(body, self._style(looks), self._script(), "graph", self._data)

    def _drawing(self) -> tuple[str, str]:
        """The pictures, and the style that says how classes look: colours are the style's matter, light and dark."""
        names = {colour.upper(): name for name, colour in reversed(html.colours(self.theme).items())}
        pictures = [self.picture, *(_picture(view, self.theme) for view in self.views[1:])]
        begun = (shapes.Group(f"{picture.width:.1f} {picture.height:.1f}", "view", ()) for picture in pictures)
        groups = [group for mark, picture in zip(begun, pictures, strict=True) for group in (mark, *picture.groups)]
        drawn = svg.write(replace(self.picture, groups=tuple(groups)))
        drawn = re.sub(' style="[^"]*"', "", drawn, count=1)  # which the policy would refuse
        drawn = compact.picture(compact.parted(drawn))
        drawn = re.sub('#[0-9A-Fa-f]{6}(?=")', lambda c: f"var(--{names.get(c[0].upper(), 'ink')})", drawn)
        return compact.looks(drawn)

    def _style(self, looks: str) -> str:
        return compact.short_names(compact.style(html.schemes(looks + _file("page.css"), self.theme)))

    def _script(self) -> str:
        """The rows of the table that are used, and the files that work with them."""
        uses = {(z.op, len(operands(z))) for z in self.passes.graph if z.op}
        folds = any(view.passes.view.groups or view.passes.view.folding.carried for view in self.views)
        wanted = {"folded": folds, "unfold": len(self.views) > 1}
        files = [_file(f"{name}.js") for name in SCRIPTS if wanted.get(name, True)]
        return compact.script("\n".join([f'"use strict";\nconst rows = {table(uses)};', *files]))

    @property
    def height(self) -> int:
        """How high a frame has to be, in pixels, that is as wide as a notebook's cell."""
        drawn = CELL * self.picture.height / max(self.picture.width, CELL * 3 / 4)
        sliders = sum(not z.op and id(z) in self.passes.view.ids for z in self.passes.lines)
        return round(drawn + BESIDE + SLIDER * -(-sliders // (CELL // 300)))

    def still(self) -> str:
        scene = self.passes.scene
        return svg.write(with_notes(Drawing(scene, self.theme, self.views[0].drawing.engine).placed, scene, self.theme))

    def __repr__(self) -> str:
        return f"<Page of {self.passes.scene.caption}: {len(self.passes.steps)} steps>"


def page(
    output: Value,
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    style: Style | Literal["auto"] = "auto",
    parameters: Iterable[Value] | None = None,
    digits: int | None = None,
    theme: Theme | str = THEME,
    title: str | None = None,
    around: Value | str | None = None,
    depth: int = 2,
    between: tuple[Value | str, Value | str] | None = None,
    symbols: bool = False,
    rows: Rows = "auto",
    highlight: Highlight | None = None,
    caption: bool | str = False,
) -> Page:
    """Both passes of J as a page to step through, with sliders on the leaves, a ledger for each node, and a quiz.

    The page calculates with floats, by the table of operations in JavaScript: values, slopes and
    gradients are those of J wherever the reader moves the leaves. It loads nothing and sends nothing,
    except to a reveal.js around it: the keys that go on from the first and the last step.

    Args:
        output: the node J.
        level, style: as for `draw`. "auto" gives each node a step as long as the page's smallest text has 14 pt on a
            slide, as cards or as a circuit, in rows too; it folds larger graphs just so far that they have that.
            A card of several nodes is one step, and unfolds at a click; level="value" always has each node's.
            What a leaf of a circuit shows where it stands again is that use's share, and moves with its slider.
        names, engine, parameters, digits, rows, caption, theme: as for `draw`; `theme` is the light one, a dark one is
            built in.
        title: the heading; default: J as a formula of its leaves.
        around, depth, between: draw only a part, as for `draw`; the page calculates all of J.
        symbols: gradients as formulas too, which hold wherever the leaves stand; no card unfolds then.
        highlight: as for `draw`; a pale card is not pale in its own steps.

    Returns:
        A Page, which notebooks show; `.save("J.html")` writes it.

    Raises:
        OperandError: output is not a Value. DrawingError: too many cards, an unknown choice, a number that no
            float holds.

    Example:
        >>> from autograd import parse
        >>> graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
        >>> page(graph["J"]).heading
        'J = 3 · (a + b · c)'
    """

    def prepared(scene: Scene) -> Scene:
        return widened(scene, digits or DIGITS[scene.style])

    sheets = (Sheet(size=(STAGE[0] * zoom, STAGE[1] * zoom), caption=caption) for zoom in (1.0, LEGIBLE / SMALL))
    fittings = [Fitting(theme, engine, sheet, prepared) for sheet in sheets]
    both = passes(
        output, level, names, parameters, digits, style=style, rows=rows, fits=fittings[0].fits,
        around=around, depth=depth, between=between, symbols=symbols, highlight=highlight,
    )  # fmt: skip
    if kept := kept_choice(both.sheet.shown.originals, output.order, "page"):
        warnings.warn(kept, FrozenChoiceWarning, stacklevel=2)
        both = replace(both, scene=replace(both.scene, note=" ".join(filter(None, [both.scene.note, kept]))))
    fittings[0].fits(both.scene)  # which a level that was asked for is not asked about
    heading = printable(title) if title is not None else _heading(output, both.scene.caption)
    return Page(both, heading, fittings)


def _heading(output: Value, name: str) -> str:
    with suppress(LengthError):
        formula = chain(name, printable(expression(output)))
        if len(formula) <= LONGEST_HEADING:
            return formula
    return f"Both passes of {name}"


def joined(rows: Iterable[Sequence[str]]) -> list[str]:
    """The texts of rows, one after the other."""
    return [text for row in rows for text in row]


def _picture(view: View, theme: Theme) -> shapes.Picture:
    """A view's cards and arrows with the texts that stand there at first."""
    scene, placed = view.passes.scene, view.drawing.placed
    texts: dict[tuple[str, str], tuple[str | None, ...]] = {}
    titles = {node.id: node.title for node in view.drawing.scene.nodes}  # a name that nobody gave may be left out
    nodes = [replace(node, title=titles.get(node.id, node.title)) for node in (*scene.nodes, *view.again.values())]
    texts |= {("node", node.id): _texts(node) for node in nodes}
    texts |= {("forward", e.id): (e.label, e.gradient) for e in scene.edges}
    texts |= {("backward", e.id): (e.slope,) for e in scene.edges}
    groups = tuple(_with_texts(g, texts[g.kind, g.id]) for g in placed.groups)
    return with_notes(replace(placed, background=None, groups=groups), scene, theme, view.drawing.sheet.caption)


def _texts(node: Node) -> tuple[str | None, ...]:
    """All that stands on a card or a wire, in order."""
    names = [text for text in (node.operation[0], node.title) if text]
    return (*(names or [""]), node.value, *filter(None, joined(node.entries)), node.gradient)


def _with_texts(group: shapes.Group, texts: Sequence[str | None]) -> shapes.Group:
    """A card or an arrow with other texts in place of its own, in order."""
    rest = iter(texts if group.kind != "forward" else filter(None, texts))
    changed = (replace(s, text=next(rest) or "") if isinstance(s, shapes.Text) else s for s in group.shapes)
    return replace(group, shapes=tuple(changed))


def widened(scene: Scene, digits: int) -> Scene:
    """The scene with numbers as wide as sliders make them, and words for all that they change."""
    brief, wide = (figure(WIDE, digits=min(digits, n))[0] for n in (2, 3))
    given = f"−{wide}"  # what a slider gives

    def widen(text: Any, wide: str = given if scene.style == "circuit" else wide) -> Any:
        *head, number = re.split("(?<= [=≈] )|(?<=^∂ )", text or "")
        return "".join(head) + max(number, wide, key=len) if re.search(r"\d$", number) else text

    def entries(n: Node) -> Iterator[tuple[str, str]]:
        room = given if n.role in ("input", "parameter") else brief
        yield from ((widen(value, room), widen(gradient, brief)) for value, gradient in n.entries)

    def card(n: Node) -> Node:
        gradient = n.gradient if n.role == "output" else widen(n.gradient)  # ∂J/∂J = 1
        return replace(n, value=widen(n.value), gradient=gradient, entries=tuple(entries(n)))

    def arrow(e: Edge) -> Edge:
        again = e.again and card(e.again)
        return replace(e, slope=widen(e.slope), label=widen(e.label), gradient=widen(e.gradient), again=again)

    nodes, edges = [card(n) for n in scene.nodes], [arrow(e) for e in scene.edges]
    shown = [*nodes, *(e.again for e in edges if e.again)]
    changing = {text for n in shown for text in (n.value if not n.entries else "", n.gradient, *joined(n.entries))}
    fixed = {text for n in shown for text in (n.title, n.value if n.entries else "")} - changing
    latex = {text: scene.latex[text] for text in fixed if text in scene.latex}
    return replace(scene, apart=True, lit=None, nodes=tuple(nodes), edges=tuple(edges), latex=latex)


def _file(name: str) -> str:
    """A file beside this one."""
    return html.file(__package__, name)
