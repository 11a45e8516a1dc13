"""Both passes as pictures: the same cards in the same places, and at each step only what is known by then."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, overload

from autograd import DrawingError, Value
from viz import fonts as font
from viz import shapes
from viz.drawing import MOST_PIXELS, Drawing, write_whole
from viz.formats import beamer, pdf
from viz.graph.scene import Node
from viz.layout.engines import Engine
from viz.motion.timeline import Passes, passes
from viz.shapes import Box, Curve, Group, Head, Picture, Shape, Text
from viz.theme import THEME, Theme, themed

MOST_FRAMES = 300
MOST_MOVING = 6 * MOST_PIXELS  # pixels of all pictures of an animation
MOVING = 1200  # the width of an animation in pixels, if none is given
LATER = "…"  # in place of a number that is not computed yet
SECONDS = 1.5  # that a picture of an animation stays


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

    def __init__(self, both: Passes, theme: Theme | str = THEME, engine: Engine = "embedded") -> None:
        self.passes, self.theme, self.engine = both, themed(theme), engine
        if len(both.steps) > MOST_FRAMES:
            raise DrawingError(
                f"The passes take {len(both.steps)} steps, more than {MOST_FRAMES} pictures. "
                "Take an inner node in place of the output, or name some nodes and take level='named'."
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
        whole = shapes.place(self.passes.scene, self.theme, self.engine)
        wrapped = [wrap(sentence, max(whole.width, 480.0), self.theme) for sentence in self.sentences]
        widest = max(font.width(line, self.theme.card_size, True) for lines in wrapped for line in lines)
        page = max(whole.width, widest + 2 * self.theme.margin), max(map(len, wrapped))
        return [
            Frame(self.passes, self.theme, self.engine, self._picture(whole, at, lines, *page), self.sentences[at])
            for at, lines in enumerate(wrapped)
        ]

    def _picture(self, whole: Picture, at: int, lines: Sequence[str], width: float, rows: int) -> Picture:
        """The whole picture as it stands after a step, the step's sentence below."""
        shift, line = (width - whole.width) / 2, 1.5 * self.theme.card_size
        step = _Step(self.passes, self.theme, at)
        groups = [step.group(group) for group in whole.groups]
        moved = [replace(g, shapes=tuple(_moved(s, shift) for s in g.shapes)) for g in groups if g is not None]
        below = [
            Text(width / 2, whole.height + (i + 1) * line, text, self.theme.card_size, self.theme.ink, True)
            for i, text in enumerate(lines)
        ]
        height = whole.height + rows * line + self.theme.card_size
        caption = Group(f"s{at}", "sentence", tuple(below))
        return replace(whole, width=width, height=height, groups=(*moved, caption), title=self.sentences[at])

    # ── files ─────────────────────────────────────────────────────────────────────────────────────

    def save(
        self,
        path: str | os.PathLike[str],
        width: int | None = None,
        seconds: float = SECONDS,
    ) -> list[Path]:
        """Write the pictures; the ending says how.

        Args:
            path: "J.gif" or "J.apng" moves, "J.pdf" has a page a step, "J.tex" is a Beamer document with overlays
                and "J.tikz" its picture alone, "J-{:03}.svg" or ".png" (or .pdf) is a
                file a step, numbered from 1; a folder gets 001.svg, 002.svg, …
            width: of PNG, GIF and APNG in pixels; default 1200 if it moves, else 144 dots an inch.
            seconds: that each step stays; the last one stays three times as long.

        Returns:
            The paths, in order. Each file is written whole or not at all.

        Raises:
            DrawingError: an unknown ending, too many pixels, or a file that cannot be written.
        """
        text = os.fspath(path)
        if text.endswith(("/", os.sep)) or Path(text).is_dir():
            Path(text).mkdir(parents=True, exist_ok=True)
            text = str(Path(text.replace("{", "{{").replace("}", "}}"), "{:03}.svg"))
        if re.search(r"\{[^{}]*\}", text.replace("{{", "")):
            return self._save_numbered(text, width)
        formats: dict[str, Callable[[], bytes]] = {
            ".gif": lambda: self.gif(width, seconds),
            ".apng": lambda: self.apng(width, seconds),
            ".pdf": self.pdf,
            ".tex": lambda: beamer.document([frame.picture for frame in self], self._latex).encode(),
            ".tikz": lambda: self.tikz.encode(),
        }
        ending = Path(text).suffix.lower()
        if ending not in formats:
            raise DrawingError(
                f"'{text}' is no place for pictures of several steps. Choose from {', '.join(formats)}, a numbered "
                "name such as 'J-{:03}.svg' or '.png', or a folder with a / at its end."
            )
        write_whole(Path(text), formats[ending]())
        return [Path(text)]

    def _save_numbered(self, pattern: str, width: int | None) -> list[Path]:
        try:
            paths = [Path(pattern.format(i)) for i in range(1, len(self) + 1)]
        except (ValueError, LookupError, AttributeError):
            paths = []
        if len(set(paths)) < len(self):
            raise DrawingError(f"'{pattern}' does not number the pictures. Write it as 'J-{{:03}}.svg'.")
        return [frame.save(path, width=width) for frame, path in zip(self, paths, strict=True)]

    def pdf(self) -> bytes:
        """A PDF with a page for each step, its text as text."""
        return pdf.book([frame.picture for frame in self])

    @cached_property
    def tikz(self) -> str:
        """One `tikzpicture` with Beamer's overlays, for one's own slides; a .tex file is a whole document."""
        return beamer.overlays([frame.picture for frame in self], self._latex)

    @cached_property
    def _latex(self) -> dict[str, str]:
        """Each text's LaTeX, for mathematics mode."""
        spoken = replace(self.passes, dialect="latex")
        found = {**self.passes.scene.latex, LATER: r"\dots"}
        for frame, step in zip(self, self.passes.steps, strict=True):
            sides = spoken.sentence(*step).split(" = ")
            lines = [
                s.text for g in frame.picture.groups if g.kind == "sentence" for s in g.shapes if isinstance(s, Text)
            ]
            for line in lines:
                first, count = "= " * line.startswith("= "), line.removeprefix("= ").count(" = ") + 1
                part, sides = (sides[:count], sides[count:]) if line is not lines[-1] else (sides, [])
                found[line] = first + " = ".join(part)
        return found

    def gif(self, width: int | None = None, seconds: float = SECONDS) -> bytes:
        """A GIF that moves and begins again; sizes as for `save`."""
        images = [image.quantize(255, dither=0) for image in self._images(width)]
        return _moving("GIF", images, seconds, disposal=1)

    def apng(self, width: int | None = None, seconds: float = SECONDS) -> bytes:
        """A PNG that moves, for browsers and notebooks; where it can't, the first picture stays."""
        return _moving("PNG", self._images(width), seconds, save_all=True)

    def _images(self, width: int | None) -> list[Any]:
        """All pictures as Pillow's images on the page's colour."""
        from PIL import Image

        size = self[0].picture
        width = min(MOVING, round(2 * size.width)) if width is None else width
        pixels = width * max(1, round(width * size.height / size.width)) * len(self)
        if pixels > MOST_MOVING:
            raise DrawingError(
                f"{len(self)} pictures of {width} pixels width are {pixels} pixels, too many. "
                "Take a smaller width, or PDF or numbered SVG."
            )
        images = []
        for frame in self:
            image = Image.open(io.BytesIO(frame.png(width))).convert("RGBA")
            page = Image.new("RGBA", image.size, self.theme.background)
            page.alpha_composite(image)
            images.append(page.convert("RGB"))
        return images

    def _repr_mimebundle_(self, include: Container[str] | None = None, exclude: Container[str] | None = None) -> Any:
        width = round(self[0].picture.width * 4 / 3) if len(self) else 0
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        wanted = [kind for kind in ("image/png", *bundle) if not include or kind in include]
        wanted = [kind for kind in wanted if not exclude or kind not in exclude]
        if "image/png" in wanted:
            bundle["image/png"] = self.apng()
        return {kind: bundle[kind] for kind in wanted}, {"image/png": {"width": min(width, MOVING)}}


def frames(
    output: Value,
    level: Literal["value", "named"] = "value",
    names: Mapping[Any, str] | None = None,
    engine: Engine = "embedded",
    *,
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
    theme: Theme | str = THEME,
) -> Frames:
    """Both passes of J as pictures, one for each step: every card in its place, numbers as they become known.

    The card and the arrows of the step stand out, its sentence stands below; a number that is not
    computed yet is "…", which is neither 0 nor the "—" of a gradient that never comes.

    Args:
        output: the node J.
        level: "value" gives each node a card and its steps; "named" each leaf and each node with a name.
        names, engine, parameters, digits, theme: as for `draw`.

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
    return Frames(passes(output, level, names, parameters, digits), theme, engine)


class _Step:
    """How cards and arrows look after a step."""

    def __init__(self, both: Passes, theme: Theme, at: int) -> None:
        nodes, steps = both.scene.nodes, both.steps
        done = {(phase, nodes[i].id) for phase, i in steps[: at + 1]}
        self.theme, self.phase, self.current = theme, steps[at][0], nodes[steps[at][1]].id
        self.nodes = {node.id: node for node in nodes}
        made = {nodes[i].id for phase, i in steps if phase == "forward"}
        self.known = {node.id for node in nodes if node.id not in made or ("forward", node.id) in done}
        self.reached = {node.id for node in nodes if ("backward", node.id) in done}
        self.last = at == len(steps) - 1
        self.edges = {edge.id: edge for edge in both.scene.edges}

    def group(self, group: Group) -> Group | None:
        if group.kind == "node":
            return self._card(group, self.nodes[group.id])
        edge = self.edges.get(group.id)
        if edge is None:
            return group
        if group.kind == "backward" and edge.tail not in self.reached:
            return None
        end = edge.head if group.kind == "forward" else edge.tail
        return self._stressed(group) if (self.phase, self.current) == (group.kind, end) else group

    def _stressed(self, group: Group) -> Group:
        ink = self.theme.ink if group.kind == "forward" else self.theme.gradient
        heavy: list[Shape] = []
        for shape in group.shapes:
            match shape:
                case Curve():
                    shape = replace(shape, stroke=1.8 * shape.stroke, line=ink)
                case Head():
                    shape = replace(shape, fill=ink)
            heavy.append(shape)
        return replace(group, shapes=tuple(heavy))

    def _card(self, group: Group, node: Node) -> Group:
        theme, known = self.theme, node.id in self.known
        done = node.id in self.reached or (not node.reached and self.last)
        texts = iter((node.title, node.value if known else LATER, node.gradient if done else LATER))
        grey = iter((not known, not known, not done))
        found: list[Shape] = []
        for shape in group.shapes:
            match shape:
                case Text():
                    text, muted = next(texts), next(grey)
                    shape = replace(shape, text=text or "", colour=theme.muted if muted else shape.colour)
                case Box() if node.id == self.current:
                    shape = replace(shape, stroke=2.4 * shape.stroke)
                case Box() if not known:
                    shape = replace(shape, fill=theme.background, line=theme.forward)
                case Curve() if not known:
                    shape = replace(shape, line=theme.forward)
            found.append(shape)
        return replace(group, shapes=tuple(found))


def wrap(sentence: str, width: float, theme: Theme) -> list[str]:
    """A sentence in lines of a width, broken before equals signs."""
    lines = [""]
    for part in re.split("(?<= )(?== )", sentence):
        if lines[-1] and font.width(lines[-1] + part, theme.card_size, True) > width - 2 * theme.margin:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines]


def _moved(shape: Shape, dx: float) -> Shape:
    """A shape further to the right."""
    if isinstance(shape, Curve | Head):
        return replace(shape, points=tuple((x + dx, y) for x, y in shape.points))  # type: ignore[arg-type]
    return replace(shape, x=shape.x + dx)


def _moving(kind: str, images: Sequence[Any], seconds: float, **options: Any) -> bytes:
    """Pillow's images as one file."""
    if not 0.02 <= seconds <= 60:
        raise DrawingError(f"A step cannot stay for {seconds:g} s. Take 0.02 to 60.")
    times = [round(1000 * seconds)] * len(images)
    times[-1] *= 3
    file = io.BytesIO()
    options |= {"save_all": True, "append_images": images[1:], "duration": times, "loop": 0}
    images[0].save(file, kind, **options)
    return file.getvalue()
