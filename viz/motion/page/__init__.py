"""The step page: one HTML file that shows both passes step by step, and recomputes everything in the reader's hands."""

from __future__ import annotations

import json
import os
import re
import warnings
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, ClassVar, Literal

from autograd import FrozenChoiceWarning, LengthError, Value, expression
from autograd.characters import printable
from autograd.core.replay import kept_choice
from autograd.core.value import operands
from autograd.language.formula import chain
from autograd.language.javascript import table
from autograd.language.numbers import figure
from viz import saving, shapes
from viz.escape import xml
from viz.formats import svg
from viz.graph.scene import Scene
from viz.layout.engines import Engine
from viz.layout.place import place
from viz.layout.sheet import with_notes
from viz.motion.timeline import Passes, passes
from viz.theme import THEME, THEMES, Theme, themed

LONGEST_HEADING = 90  # characters
WIDE = -88.888888888  # cards have room for such numbers; the page sets longer ones smaller


class Page:
    """One HTML file with everything in it: it opens from disk, in a frame of slides, and in a notebook.

    Attributes:
        html: the document as text.

    Example:
        >>> from autograd import parse
        >>> import viz
        >>> viz.page(parse("y = a*b", a=2, b=3)["y"])
        <Page of y: 4 steps>
    """

    kinds: ClassVar[tuple[saving.Kind, ...]] = ("page",)

    def __init__(self, passes: Passes, heading: str, theme: Theme | str = THEME, engine: Engine = "embedded") -> None:
        self.passes, self.heading, self.theme, self.engine = passes, heading, themed(theme), engine
        self._data = passes.data()

    @cached_property
    def picture(self) -> shapes.Picture:
        """The cards and arrows, with room for other numbers than those that stand there at first."""
        scene, digits = self.passes.scene, self.passes.digits
        placed = place(_widened(scene, digits), self.theme, self.engine)
        texts: dict[tuple[bool, str], tuple[str | None, ...]] = {}
        texts |= {(True, n.id): (n.title, n.value, n.gradient) for n in scene.nodes}
        texts |= {(False, e.id): (e.slope,) for e in scene.edges}
        groups = tuple(_with_texts(g, texts[g.kind == "node", g.id]) for g in placed.groups)
        return with_notes(replace(placed, background=None, groups=groups), scene, self.theme)

    @cached_property
    def html(self) -> str:
        """The page: its parts put into page.html, and the policy that allows these and nothing else."""
        names = {colour.upper(): name for name, colour in reversed(_colours(self.theme).items())}
        drawn = re.sub(' style="[^"]*"', "", svg.write(self.picture), count=1)  # which the policy would refuse
        drawn = re.sub(r"(\.\d)\d", r"\1", drawn)  # a tenth of a point is enough
        drawn = re.sub('#[0-9A-Fa-f]{6}(?=")', lambda c: f"var(--{names.get(c[0].upper(), 'ink')})", drawn)
        uses = {(z.op, len(operands(z))) for z in self.passes.graph if z.op}
        style = _variables(self.theme, self.picture.width)
        style += f"@media (prefers-color-scheme: dark) {{\n{_variables(THEMES['dark'])}}}\n{_file('page.css')}"
        script = f"const rows = {table(uses)};\n{_file('page.js')}"
        return Template(_file("page.html")).substitute(
            policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
            "base-uri 'none'; form-action 'none'",
            title=xml(self.heading),
            style=style,
            svg=drawn,
            data=_json(self._data),
            script=script,
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whole or not at all.

        Args:
            path: ends in .html.

        Returns:
            The path.

        Raises:
            DrawingError: an unknown ending, or a file that cannot be written.
        """
        return saving.save(self, path)

    def _repr_html_(self) -> str:
        height = round(min(self.picture.height, 420) + 60 * (1 + len(self.passes.kept) // 8) + 200)
        return (
            f'<iframe srcdoc="{xml(self.html)}" sandbox="allow-scripts" title="{xml(self.heading)}" '
            f'width="100%" height="{height}" style="border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Page of {self.passes.scene.caption}: {len(self.passes.steps)} steps>"


def page(
    output: Value,
    level: Literal["value", "named"] = "value",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
    theme: Theme | str = THEME,
    title: str | None = None,
) -> Page:
    """Both passes of J as a page to step through, with sliders on the leaves, a ledger for each node, and a quiz.

    The page calculates with floats, by the table of operations in JavaScript: values, slopes and
    gradients are those of J wherever the reader moves the leaves. It loads nothing and sends nothing.

    Args:
        output: the node J.
        level: "value" gives each node a card; "named" each leaf and each node with a name.
        names, engine, parameters, digits, theme: as for `draw`; `theme` is the light one, a dark one is built in.
        title: the heading; default: J as a formula of its leaves.

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
    both = passes(output, level, names, parameters, digits)
    if kept := kept_choice(both.sheet.shown.originals, output.order, "page"):
        warnings.warn(kept, FrozenChoiceWarning, stacklevel=2)
        both = replace(both, scene=replace(both.scene, note=" ".join(filter(None, [both.scene.note, kept]))))
    heading = printable(title) if title is not None else _heading(output, both.scene.caption)
    return Page(both, heading, theme, engine)


def _heading(output: Value, name: str) -> str:
    with suppress(LengthError):
        formula = chain(name, printable(expression(output)))
        if len(formula) <= LONGEST_HEADING:
            return formula
    return f"Both passes of {name}"


def _with_texts(group: shapes.Group, texts: Sequence[str | None]) -> shapes.Group:
    """A card or an arrow with other texts in place of its own, in order."""
    rest = iter(texts)
    changed = (replace(s, text=next(rest) or "") if isinstance(s, shapes.Text) else s for s in group.shapes)
    return replace(group, shapes=tuple(changed))


def _widened(scene: Scene, digits: int) -> Scene:
    """The scene with numbers as wide as sliders make them."""
    wide = figure(WIDE, digits=digits)[0]

    def widen(text: Any) -> Any:
        *head, number = re.split("(?<= [=≈] )", text or "")
        return text and "".join(head) + max(number, wide, key=len)

    nodes = [replace(node, value=widen(node.value), gradient=widen(node.gradient)) for node in scene.nodes]
    return replace(
        scene, apart=True, nodes=tuple(nodes), edges=tuple(replace(e, slope=widen(e.slope)) for e in scene.edges)
    )


def _colours(theme: Theme) -> dict[str, str]:
    """A theme's colours, #RRGGBB, by name."""
    paints = {
        f"{role}-{part.name}": getattr(paint, part.name)
        for role, paint in theme.roles.items()
        for part in fields(paint)
    }
    return paints | {f.name: getattr(theme, f.name) for f in fields(theme) if isinstance(f.default, str)}


def _variables(theme: Theme, width: float | None = None) -> str:
    """The colours as CSS variables."""
    lines = [f"--{name}: {colour};" for name, colour in _colours(theme).items()]
    lines += [f"--width: {width * 4 / 3:.0f}px;", f"--dash: {sum(theme.dash):g};"] if width else []
    return ":root { " + " ".join(lines) + " }\n"


def _file(name: str) -> str:
    """A file beside this one, its lines not indented: a page has to be small."""
    return re.sub("^ +", "", files(__package__).joinpath(name).read_text("utf-8"), flags=re.MULTILINE)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _json(data: object) -> str:
    """Data as JSON that can stand in a page: nothing in it ends the element or begins another.

    >>> _json(["</script>&"])
    '["\\\\u003c/script\\\\u003e\\\\u0026"]'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda c: f"\\u{ord(c[0]):04x}", text)
