"""Both passes as pictures: the same cards in the same places, and at each step only what is known by then."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, overload

from autograd import DrawingError, Value
from autograd.atomic_files import why
from viz import saving
from viz.drawing import Drawing
from viz.formats import beamer, notebook, pdf, raster
from viz.graph.scene import Edge, Level, Node, Rows, Style
from viz.layout.engines import Engine
from viz.layout.sheet import with_notes
from viz.layout.styles import style_of
from viz.motion.timeline import Passes, passes
from viz.shapes import Box, Curve, Group, Head, Picture, Shape, Text, move
from viz.theme import THEME, Theme, themed

MOST_FRAMES = 300
LATER = "…"  # in place of a number that is not computed yet


class Frame(Drawing):
    """One step: a Drawing that also says its sentence."""

    def __init__(self, both: Passes, theme: Theme, engine: Engine, picture: Picture, sentence: str) -> None:
        super().__init__(both.scene, theme, engine)
        self.__dict__["picture"], self.sentence = picture, sentence

    def __repr__(self) -> str:
        return f"<Frame: {self.sentence}>"


class Frames(Sequence[Frame]):
    """A picture for each step of both passes, made when first asked for.

    Example:
        >>> from autograd import parse
        >>> import viz
        >>> frames = viz.frames(parse("u = b*c; J = 3*u", b=3, c=2)["J"])
        >>> len(frames), frames[3]
        (6, <Frame: ∂J/∂u = 3>)
    """

    kinds: ClassVar[tuple[saving.Kind, ...]] = ("sequence",)

    def __init__(self, both: Passes, theme: Theme | str = THEME, engine: Engine = "embedded") -> None:
        self.passes, self.theme, self.engine = both, themed(theme), engine
        if len(both.steps) > MOST_FRAMES:
            raise DrawingError(
                f"The passes take {len(both.steps)} steps, more than {MOST_FRAMES} pictures. "
                "Take an inner node in place of the output, draw a part, such as with around=node, "
                "or fold more, such as with level='layer'."
            )

    def __len__(self) -> int:
        return len(self.passes.steps)

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> list[Frame]: ...
    def __getitem__(self, index: int | slice) -> Frame | list[Frame]:
        return self._frames[index]

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    def __repr__(self) -> str:
        return f"<Frames of {self.passes.scene.caption}: {len(self)} steps>"

    @cached_property
    def sentences(self) -> list[str]:
        """What each step says."""
        return [self.passes.sentence(*step) for step in self.passes.steps]

    @cached_property
    def _frames(self) -> list[Frame]:
        scene = self.passes.scene
        whole = with_notes(Drawing(scene, self.theme, self.engine).placed, scene, self.theme)
        spoken = replace(self.passes, dialect="latex")
        room = max(whole.width, 480.0) - 2 * self.theme.margin
        said = zip(self.sentences, map(spoken.sentence, *zip(*self.passes.steps, strict=True)), strict=True)
        wrapped = [wrap(sentence, latex, room, self.theme) for sentence, latex in said]
        widest = max(line.width for lines in wrapped for line in lines)
        page = max(whole.width, widest + 2 * self.theme.margin), max(sum(map(self._row, lines)) for lines in wrapped)
        return [
            Frame(self.passes, self.theme, self.engine, self._picture(whole, at, lines, *page), self.sentences[at])
            for at, lines in enumerate(wrapped)
        ]

    def _row(self, line: Text) -> float:
        """How much room a sentence's line takes."""
        return max(1.5 * self.theme.card_size, line.height + 0.5 * self.theme.card_size)

    def _picture(self, whole: Picture, at: int, lines: Sequence[Text], width: float, below: float) -> Picture:
        """The whole picture as it stands after a step, the step's sentence below."""
        shift, y = (width - whole.width) / 2, whole.height
        appearance = Appearance(self.passes, self.theme, at)
        groups = [appearance.group(group) for group in whole.groups]
        moved = [move(group, shift, 0) for group in groups if group is not None]
        sentence = []
        for line in lines:
            sentence.append(line.at(width / 2, y + self._row(line) / 2))
            y += self._row(line)
        height = whole.height + below + self.theme.card_size / 2
        caption = Group(f"s{at}", "sentence", tuple(sentence))
        title = ". ".join(filter(None, [self.sentences[at], self.passes.scene.note]))
        return replace(whole, width=width, height=height, groups=(*moved, caption), title=title)

    # ── files ─────────────────────────────────────────────────────────────────────────────────────

    def save(
        self,
        path: str | os.PathLike[str],
        width: int | None = None,
        seconds: float = raster.SECONDS,
        outlines: bool = False,
    ) -> list[Path]:
        """Write the pictures; the ending says how.

        Args:
            path: "J.gif", "J.apng" or "J.mp4" moves, "J.pdf" has a page a step, "J.pptx" a slide with the sentence
                as its note, "J.tex" is a Beamer document with overlays and "J.tikz" its picture alone, "J-{:03}.svg"
                (or .png, …) is a file a step, numbered from 1; a folder gets 001.svg, 002.svg, …
            width: of PNG, GIF, APNG and MP4 in pixels; default 1200 if it moves, else 144 dots an inch.
            seconds: that each step stays; the last one stays three times as long.
            outlines: of SVG: letters as paths, as for `Drawing.save`.

        Returns:
            The paths, in order. Each file is written whole or not at all.

        Raises:
            DrawingError: an unknown ending, too many pixels, or a file that cannot be written.
            MissingExtra: .pptx without python-pptx, .mp4 without ffmpeg.
        """
        options = saving.Options(width=width, seconds=seconds, outlines=outlines)
        text = os.fspath(path)
        if text.endswith(("/", os.sep)) or os.path.isdir(text):  # noqa: PTH112  # False of what is no name at all
            try:
                Path(text).mkdir(parents=True, exist_ok=True)
            except (OSError, ValueError) as failure:
                raise DrawingError(f"'{text}' is no folder: {why(failure)}. Choose another place.") from None
            text = str(Path(text.replace("{", "{{").replace("}", "}}"), "{:03}.svg"))
        if re.search(r"\{[^{}]*\}", text.replace("{{", "")):
            return saving.save_each(self, text, options)
        return [saving.save(self, text, options)]

    @property
    def pictures(self) -> list[Picture]:
        """The shapes of each step."""
        return [frame.picture for frame in self]

    def pdf(self) -> bytes:
        """A PDF with a page for each step, its text as text."""
        return pdf.book(self.pictures)

    @cached_property
    def tikz(self) -> str:
        """One `tikzpicture` with Beamer's overlays, for one's own slides; a .tex file is a whole document."""
        return beamer.overlays(self.pictures)

    def gif(self, width: int | None = None, seconds: float = raster.SECONDS) -> bytes:
        """A GIF that moves and begins again; sizes as for `save`."""
        return raster.gif(self.pictures, width, seconds)

    def apng(self, width: int | None = None, seconds: float = raster.SECONDS) -> bytes:
        """A PNG that moves, for browsers and notebooks; where it can't, the first picture stays."""
        return raster.apng(self.pictures, width, seconds)

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> notebook.Bundle:
        writers: dict[str, notebook.Writer] = {"image/png": self.apng, "text/plain": self.__repr__}
        return notebook.bundle(writers, lambda: notebook.size(*self[0].picture.size), include, exclude)


def frames(
    output: Value,
    level: Level = "value",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    style: Style | Literal["auto"] = "auto",
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
    theme: Theme | str = THEME,
    rows: Rows = "auto",
    around: Value | str | None = None,
    depth: int = 2,
    between: tuple[Value | str, Value | str] | None = None,
) -> Frames:
    """Both passes of J as pictures, one for each step: every card in its place, numbers as they become known.

    The card and the arrows of the step stand out, its sentence stands below; a number that is not
    computed yet is "…", which is neither 0 nor the "—" of a gradient that never comes.

    Args:
        output: the node J.
        level: as for `draw`; a card is a step, also where it stands for several nodes.
        names, engine, style, parameters, digits, theme, rows, around, depth, between: as for `draw`.

    Returns:
        Frames: a sequence of drawings, which notebooks show moving; `.save("J.gif")` writes GIF, APNG, a PDF
        with a page a step, or numbered SVG and PNG.

    Raises:
        OperandError: output is not a Value. DrawingError: too many cards or steps, an unknown choice.

    Example:
        >>> from autograd import parse
        >>> graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
        >>> frames(graph["J"]).sentences[0]
        'u = b · c = 3 · 2 = 6'
    """
    both = passes(
        output, level, names, parameters, digits, style=style, rows=rows, around=around, depth=depth, between=between,
        fits=lambda scene: Drawing(scene, theme, engine).is_legible(),
    )  # fmt: skip
    return Frames(both, theme, engine)


def wrap(sentence: str, latex: str, width: float, theme: Theme) -> list[Text]:
    """A sentence in lines of a width, broken before signs of equality."""
    sides = [re.split(r"(?<= )(?=(?:=|≈|\\approx) )", text) for text in (sentence, latex)]
    if len(sides[0]) != len(sides[1]):  # a name holds such a sign
        sides = [[sentence], [latex]]
    lines: list[Text] = []
    for words, formula in zip(*sides, strict=True):
        text = Text(0, 0, words, theme.card_size, theme.ink, latex=formula)
        longer = replace(lines[-1], text=lines[-1].text + words, latex=lines[-1].latex + formula) if lines else text
        if lines and longer.width <= width:
            lines[-1] = longer
        else:
            lines.append(text)
    return [replace(line, text=line.text.strip(), latex=line.latex.strip()) for line in lines]


class Appearance:
    """How cards and arrows look after a step: what is not known yet is "…", what the step is about stands out."""

    def __init__(self, both: Passes, theme: Theme, at: int) -> None:
        nodes, steps = both.scene.nodes, both.steps
        done = {(phase, nodes[i].id) for phase, i in steps[: at + 1]}
        self.theme, self.phase, self.current = theme, steps[at][0], nodes[steps[at][1]].id
        again = {edge.again: edge.tail for edge in both.scene.edges if edge.again}
        self.nodes = {node.id: node for node in (*nodes, *again)}
        self.first = {node.id: node.id for node in nodes} | {node.id: leaf for node, leaf in again.items()}
        results = {nodes[i].id for phase, i in steps if phase == "forward"}
        self.known = {node.id for node in nodes if node.id not in results or ("forward", node.id) in done}
        self.reached = {node.id for node in nodes if ("backward", node.id) in done}
        self.last = at == len(steps) - 1
        self.scene = replace(both.scene, latex={**both.scene.latex, LATER: r"\dots"})
        self.edges = {edge.id: edge for edge in both.scene.edges}

    def group(self, group: Group) -> Group | None:
        """A card or an arrow as it looks now; None while it is not there."""
        if group.kind == "node":
            return self._card(group, self.nodes[group.id])
        edge = self.edges.get(group.id)
        if edge is None:
            return group
        if group.kind == "backward" and edge.tail not in self.reached:
            return None
        if edge.gradient and edge.head not in self.reached:
            shapes = (shape for shape in group.shapes if not isinstance(shape, Text) or shape.text != edge.gradient)
            group = replace(group, shapes=tuple(shapes))
        return self._stressed(group) if self._is_current(group, edge) else group

    def _is_current(self, group: Group, edge: Edge) -> bool:
        """Whether the step goes along an arrow; in a circuit both passes go along the same wire."""
        same = group.kind == self.phase or self.scene.style == "circuit"
        return same and self.current == (edge.head if self.phase == "forward" else edge.tail)

    def _stressed(self, group: Group) -> Group:
        ink = self.theme.ink if self.phase == "forward" else self.theme.gradient
        stressed: list[Shape] = []
        for shape in group.shapes:
            match shape:
                case Curve():
                    shape = replace(shape, stroke=1.8 * shape.stroke, line=ink)
                case Head():
                    shape = replace(shape, fill=ink)
            stressed.append(shape)
        return replace(group, shapes=tuple(stressed))

    def _card(self, group: Group, node: Node) -> Group:
        theme, first = self.theme, self.first[node.id]
        known, done = first in self.known, first in self.reached or (not node.reached and self.last)
        now = _now(node, known, done)
        texts = (
            text if known and text.text != LATER else replace(text, colour=theme.muted)
            for text in style_of(self.scene).texts(now, self.scene, theme)
        )
        shapes: list[Shape] = []
        for shape in group.shapes:
            match shape:
                case Text():
                    shape = next(texts).at(shape.x, shape.middle)
                case Box() if node.id == self.current:
                    shape = replace(shape, stroke=2.4 * shape.stroke)
                case Box() if not known and (shape.stroke or self.scene.style == "cards"):
                    shape = replace(shape, fill=theme.background, line=theme.forward)
                case Curve() if not known:
                    shape = replace(shape, line=theme.forward)
            shapes.append(shape)
        return replace(group, shapes=tuple(shapes))


def _now(node: Node, known: bool, done: bool) -> Node:
    """A card with what is known of it, its values and its gradients."""
    value, gradient = node.value if known else LATER, node.gradient if done or node.gradient is None else LATER
    entries = tuple((v if known else LATER, g and (g if done else LATER)) for v, g in node.entries)
    return replace(node, value=value, gradient=gradient, entries=entries)
