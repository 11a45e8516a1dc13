"""The subcommands that write pictures of an expression: draw, frames, page."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from autograd import steps
from viz import THEMES, draw_backward, draw_forward, frames, page
from viz.commands.expressions import EXPRESSION, add_output, command, result
from viz.formats.raster import DPI, SECONDS
from viz.graph.scene import LEVELS

if TYPE_CHECKING:
    from viz.commands.expressions import Commands


def add_draw(commands: Commands) -> None:
    """The arguments of `chalkgrad draw`."""
    one = command(commands, "draw", _draw, "print both passes and write a picture", f"{EXPRESSION} -o J.svg")
    add_output(one, "picture", default="the name + .svg")
    one.add_argument("--forward", action="store_true", help="values only, no gradients")
    one.add_argument("--as-graph", action="store_true", help="the graph of the gradient itself")
    one.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: with --as-graph, second derivatives too")
    one.add_argument("--symbols", action="store_true", help="gradients as formulas too (needs SymPy)")
    one.add_argument("--level", choices=LEVELS, default="auto", help="how much to fold; auto: so that a slide is read")
    one.add_argument("--around", metavar="NAME", help="only what is near this node")
    one.add_argument("--depth", type=int, default=2, metavar="N", help="how near: edges away (default: 2)")
    one.add_argument("--between", nargs=2, metavar="NAME", help="only the paths from the first node to the second")
    one.add_argument("--theme", choices=tuple(THEMES), default="light", help="colours")
    one.add_argument("--transparent", action="store_true", help="no background")
    one.add_argument("--size", metavar="WxH", type=_inches, help="fit a page, in inches: 13.3x7.5")
    one.add_argument("--engine", choices=("embedded", "dot"), default="embedded", help="dot: this machine's Graphviz")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")
    one.add_argument("--dpi", type=float, default=DPI, metavar="N", help="of a PNG without --width (default: 144)")


def _draw(choice: argparse.Namespace) -> None:
    name, output = result(choice)
    options = {key: getattr(choice, key) for key in ("level", "engine", "theme", "size", "transparent")}
    options["digits"] = choice.digits or 4
    if choice.as_graph:
        drawing = draw_backward(output, as_graph=True, order=choice.order, **options)
    else:
        options |= {key: getattr(choice, key) for key in ("around", "depth", "between", "symbols")}
        drawing = (draw_forward if choice.forward else draw_backward)(output, **options)
    path = drawing.save(choice.output or f"{name}.svg", width=choice.width, dpi=choice.dpi)
    print(steps(output, choice.digits or 6))
    print(f"\nPicture: {path}")


def add_frames(commands: Commands) -> None:
    """The arguments of `chalkgrad frames`."""
    one = command(commands, "frames", _frames, "write a picture for each step of both passes", f"{EXPRESSION} -o J.gif")
    add_output(one, "sequence", default="the name + .gif; a file a step: 'J-{:03}.svg'")
    one.add_argument("--level", choices=("value", "named"), default="value", help="named: a card for each name")
    one.add_argument("--theme", choices=THEMES, default="light")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of GIF, APNG and PNG")
    one.add_argument("--seconds", type=float, default=SECONDS, help="that a step stays in GIF and APNG")


def _frames(choice: argparse.Namespace) -> None:
    name, output = result(choice)
    pictures = frames(output, choice.level, digits=choice.digits or 4, theme=choice.theme)
    paths = pictures.save(choice.output or f"{name}.gif", choice.width, choice.seconds)
    print(*(f"{i}  {sentence}" for i, sentence in enumerate(pictures.sentences, 1)), sep="\n")
    print(f"\nPictures: {paths[0]}" + (f" … {paths[-1]}" if paths[1:] else ""))


def add_page(commands: Commands) -> None:
    """The arguments of `chalkgrad page`."""
    one = command(commands, "page", _page, "write a page to step through in a browser", f"{EXPRESSION} -o J.html")
    add_output(one, "page", default="the name + .html")
    one.add_argument("--level", choices=("value", "named"), default="value", help="named: a card for each name")
    one.add_argument("--title", metavar="TEXT", help="the heading (default: the formula)")


def _page(choice: argparse.Namespace) -> None:
    name, output = result(choice)
    document = page(output, choice.level, digits=choice.digits or 4, title=choice.title)
    print(f"Page: {document.save(choice.output or f'{name}.html')}")


def _inches(text: str) -> tuple[float, float]:
    try:
        width, height = map(float, text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size; write width and height in inches, such as 13.3x7.5"
        ) from None
    return width, height
