"""Gradient descent as a page: a map to click on, optimisers side by side, each step's arithmetic and graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from string import Template
from typing import TYPE_CHECKING, Any

from autograd.core.op import OPS, Op
from autograd.language.javascript import table
from autograd.language.tokens import PRINTED
from viz.descent import arithmetic, variants
from viz.descent.surfaces import SURFACES
from viz.escape import xml
from viz.formats import html
from viz.formats.figure import COLOURS
from viz.motion import page
from viz.motion.page import compact
from viz.pages import OneFilePage
from viz.theme import THEME

if TYPE_CHECKING:
    from nn.optimizers import Optimizer

RATE = 0.01  # of the optimisers that the page has to choose from, as `viz.descend` has it
CONTOURS = 16
MATHS = ("names", "numbers")  # of the step page: names and numbers look the same in both
SCRIPTS = ("language", "surface", "contours", "walk", "map", "chart", "words", "graph", "controls", "start")
IN_DARK = ("#56B4E9", "#F0883E", "#5FD3A8", "#E79AC6", "#FFFFFF", "#F2B84B", "#B8C4D0", "#A7C7FF")  # of paths


class DescentPage(OneFilePage):
    """A descent in one HTML file: it opens from disk, in a frame of slides, and in a notebook.

    Attributes:
        html: the document as text.
    """

    height = 980

    def __init__(
        self,
        heading: str,
        names: Sequence[str],
        text: str,
        start: Sequence[float],
        domain: Sequence[float],
        walkers: Sequence[tuple[str, Optimizer]],
        stop: Mapping[str, Any],
        still: Callable[[], str],
    ) -> None:
        self.heading, self.walkers, self._still = heading, walkers, still
        self._all = [*walkers, *_others(walkers)]
        self._rules, self._decay = [variants.rules(optimizer) for _, optimizer in self._all], variants.decay()
        self._data = {
            "names": list(names),
            "surface": {"text": text, "start": list(start), "domain": list(domain)},
            "surfaces": {name: _surface(name) for name in SURFACES},
            "walkers": [_walker(*own, stop["steps"], rules) for own, rules in zip(self._all, self._rules, strict=True)],
            "decay": self._decay[1],
            "chosen": len(walkers),
            "functions": _functions(),
            "signs": _signs(),
            "looks": len(COLOURS),
            "contours": CONTOURS,
            **stop,
        }

    def _parts(self) -> html.Parts:
        body = Template(_file("page.html")).substitute(title=xml(self.heading))
        return html.Parts(body, _style(), self._script(), "descent", self._data)

    def still(self) -> str:
        return self._still()

    def _script(self) -> str:
        """The table of operations and the optimisers' rules, which are derived, and the files that work with them."""
        rows = table((op.name, len(op.operands)) for op in OPS.values() if not op.variadic)
        rules = ",\n".join(_switched(rules) for rules in self._rules)
        shared = [html.file(page.__name__, f"{name}.js") for name in MATHS]
        parts = [
            '"use strict";',
            f"const rows = {rows};",
            f"const rules = [\n{rules}];",
            f"const decay = {self._decay[0]};",
            _file("content.js"),
        ]
        return compact.script("\n".join([*parts, *shared, *(_file(f"{name}.js") for name in SCRIPTS)]))

    def __repr__(self) -> str:
        return f"<DescentPage of {self.heading}, with {', '.join(name for name, _ in self.walkers)}>"


def _others(walkers: Sequence[tuple[str, Optimizer]]) -> list[tuple[str, Optimizer]]:
    """Those of nn's optimisers that are not there already."""
    from nn.optimizers import OPTIMIZERS

    kinds = {type(optimizer) for _, optimizer in walkers}
    return [(name, kind(RATE)) for name, kind in OPTIMIZERS.items() if kind not in kinds]


def _surface(name: str) -> dict[str, Any]:
    known = SURFACES[name]
    return {"text": known.text, "start": list(known.start.values()), "domain": known.domain, "minima": known.minima}


def _walker(name: str, optimizer: Optimizer, steps: int, rules: Mapping[str, variants.Rule]) -> dict[str, Any]:
    """What the page knows of an optimiser besides its rule."""
    rate = optimizer.learning_rate
    lines = {on: lines for on, (_, lines) in rules.items()}
    every = [x["name"] for each in lines.values() for line in each for x in line["pieces"] if isinstance(x, dict)]
    return {
        "name": name,
        "rate": [float(rate(k)) for k in range(max(steps, 1))] if callable(rate) else float(rate),
        "formula": (type(optimizer).__doc__ or "").strip().splitlines()[0],
        "arguments": variants.arguments(optimizer),
        "switches": variants.switches(optimizer),
        "slots": dict(optimizer.slots),
        "lines": lines,
        "letters": {x: arithmetic.letter(x) for x in every},
    }


def _switched(rules: Mapping[str, variants.Rule]) -> str:
    """An optimiser's rules by the switches that are on."""
    return "{ " + ", ".join(f'"{on}": {text}' for on, (text, _) in rules.items()) + " }"


def _functions() -> dict[str, dict[str, Any]]:
    """The rows that a formula may call, by each of their names: which, how it is written, what may be left out."""
    rows = [op for op in OPS.values() if not op.variadic]
    return {
        name: {"row": op.name, "template": op.written["unicode"].template, "defaults": op.defaults}
        for op in rows
        for name in ((op.name, *op.aliases, *_printed(op)) if not op.infix else (f"{op.name} ",))
    }


def _printed(op: Op) -> list[str]:
    """What stands before its brackets where it is printed, such as σ."""
    name, bracket, _ = op.written["unicode"].template.partition(f"({', '.join(op.operands)})")
    return [name] if bracket and name != op.name else []


def _signs() -> dict[str, str]:
    """The rows that are written by a sign: roots by theirs, and | for a value between bars."""
    return {text[0]: name for text, name in PRINTED.items() if re.fullmatch(r"[^\w|]x|\|x\|", text)}


def _style() -> str:
    style = _file("page.css")
    lines = [" ".join(f".c{i} {{ --line: {colour}; }}" for i, colour in enumerate(own)) for own in (COLOURS, IN_DARK)]
    return compact.style(html.schemes(style, THEME, (lines[0], lines[1])))


def _file(name: str) -> str:
    """A file beside this one."""
    return html.file(__package__, name)
