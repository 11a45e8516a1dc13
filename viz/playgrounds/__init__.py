"""The playground: a small network that learns before one's eyes, each of its numbers to be opened; one HTML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from string import Template
from typing import Protocol

from autograd import OperandError
from nn.module import Module
from viz.escape import xml
from viz.formats import html, svg
from viz.motion import page
from viz.motion.page import compact
from viz.pages import OneFilePage
from viz.playgrounds import given, mathematics
from viz.playgrounds.given import Data
from viz.playgrounds.still import picture
from viz.theme import THEME

MATHS = ("names", "numbers")  # of the step page: names and numbers look the same in both
SCRIPTS = (
    *("random", "fdlibm", "points", "network", "kinds", "link", "clock", "play"),
    *("colours", "maps", "chart", "picture", "lines", "board", "card", "graph", "rival", "hands", "seen", "controls"),
    *("own", "archive", "export", "formulas", "start"),
)


class Playground(OneFilePage):
    """A playground in one HTML file: it opens from disk, in a frame of slides, and in a notebook.

    Attributes:
        link: what it begins with, where its address says nothing.
        html: the document as text.
    """

    height = 900
    sandbox = "allow-scripts allow-downloads"

    def __init__(self, link: str, title: str, content: Mapping[str, object]) -> None:
        self.link, self.heading, self._content = link, title, content

    def _parts(self) -> html.Parts:
        body = Template(_file("playground.html")).substitute(title=xml(self.heading))
        data = {"link": self.link, "saved": given.saved(), **self._content}
        return html.Parts(body, _style(), _script(), "playground", data)

    def still(self) -> str:
        """The network and its data, as the page begins with them, as SVG for notebooks that are not trusted."""
        return svg.write(picture(self.heading, self.link, self._content))

    def __repr__(self) -> str:
        return f"<Playground {self.link or '#'}>"


class Linked(Protocol):
    """What can say its state as a link, as `nn.playground.from_link` makes it."""

    @property
    def link(self) -> str: ...


def playground(
    play: str | Linked | None = None,
    *,
    data: Data | None = None,
    model: Module | str | os.PathLike[str] | None = None,
    title: str = "Playground",
) -> Playground:
    """A page in which a small network learns: TensorFlow's Playground, with what stands behind each number.

    It has every control of the original, and links mean the same in both. The page calculates by the table of
    operations and by nn's rules in JavaScript. It loads nothing and sends nothing.

    Args:
        play: a link of TensorFlow's Playground, or only its part from the "#" on, or an object with such a `link`;
            without one it begins with the usual circle. A link in the page's own address goes before it.
        data: your own, in place of the link's data set: a CSV file's path, or arrays (X, y). The page standardises
            two of the columns and says how; a last column with up to five different values is a class, else a number.
        model: what the page begins with, in place of the link's weights: a model of dense layers, or a saved one's
            path. Its last layer has one output (tanh for two classes, linear for a regression) or three to five
            (softmax).
        title: the heading.

    Returns:
        A Playground, which notebooks show; `.save("play.html")` writes it.

    Raises:
        OperandError: something that is no link.
        FileError: a file that cannot be read. ShapeError: arrays that do not fit each other.
        DrawingError: a model that is not such a network, too much data, or numbers that are not finite.

    Example:
        >>> playground("#dataset=xor&networkShape=2")
        <Playground #dataset=xor&networkShape=2>
    """
    link = "" if play is None else getattr(play, "whole_link", getattr(play, "link", play))
    if not isinstance(link, str):
        needs = "A playground needs a link as text, or what nn.playground makes of one"
        raise OperandError(f"{needs}, got {play!r}. Try '#dataset=xor'.")
    content: dict[str, object] = {}
    if data is not None:
        content["table"] = given.table(data)
    if model is not None:
        content["model"] = given.network(model)
    return Playground(link, title, content)


def _style() -> str:
    return compact.style(html.schemes(_file("playground.css"), THEME))


def _script() -> str:
    """The mathematics, which is derived, and the files that work with it."""
    own = {name: _file(f"{name}.js") for name in ("content", *SCRIPTS)}
    shared = [html.file(page.__name__, f"{name}.js") for name in MATHS]
    parts = ['"use strict";', own.pop("content"), mathematics.script(), *shared, *own.values()]
    return compact.script("\n".join(parts))


def _file(name: str) -> str:
    """A file beside this one."""
    return html.file(__package__, name)
