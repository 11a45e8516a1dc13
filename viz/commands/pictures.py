"""The subcommands that write pictures: draw, frames, page, network, descend."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from autograd import Value, steps, topological
from viz import THEMES, NetworkStyle, draw, draw_backward, draw_forward, frames, network, page
from viz.commands.expressions import EXPRESSION, add_output, assigned, command, result, subcommand
from viz.formats.raster import DPI, SECONDS
from viz.graph import levels as foldings
from viz.graph.choices import ROWS, STYLES
from viz.graph.subgraph import find
from viz.pictures import SHEET
from viz.saving import endings

if TYPE_CHECKING:
    from viz.commands.expressions import Commands

CIRCUIT = "circuit: each operation as a small circle, its value above its wire, its gradient below"
PART = ("rows", "around", "depth", "between")  # options that the graph of a gradient has not
SHOWN = ("symbols", "highlight", "caption")
METAVARS = {str: "COLOUR", float: "X", int: "N"}  # of the options of a network's style, by their type


def add_draw(commands: Commands) -> None:
    one = command(commands, "draw", _draw, "print both passes and write a picture", f"{EXPRESSION} -o J.svg")
    add_output(one, "picture", default="the name + .svg")
    one.add_argument("--forward", action="store_true", help="values only, no gradients")
    one.add_argument("--direction", choices=("LR", "TB"), default="LR", help="TB: from the top down")
    one.add_argument("--as-graph", action="store_true", help="the graph of the gradient itself")
    one.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: with --as-graph, second derivatives too")
    _add_choices(one, "auto")
    _add_shown(one)
    one.add_argument("--title", default="", metavar="TEXT", help="a heading above the picture")
    one.add_argument("--transparent", action="store_true", help="no background")
    one.add_argument("--size", metavar="WxH", type=_inches, help="fit a page, in inches: 13.3x7.5")
    one.add_argument("--aspect", metavar="W:H", type=_aspect, help="the picture's shape in place of a size: 16:9")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")
    one.add_argument("--dpi", type=float, default=DPI, metavar="N", help="of a PNG without --width (default: 144)")
    _add_outlines(one)


def _add_choices(one: argparse.ArgumentParser, level: str) -> None:
    """The options of every picture of a graph; `_choices` reads them."""
    one.add_argument("--style", choices=STYLES, default="auto", help=CIRCUIT)
    about = f"{foldings.summary()} (default: {level})"
    one.add_argument("--level", choices=foldings.names(), default=level, help=about)
    about = "the leaves that are learned, or none; beside them inputs show no gradient (default: w, w_1, Wxh …, b)"
    one.add_argument("--parameters", nargs="+", metavar="NAME", help=about)
    about = "rows, as on a typewriter; auto: more than one where the text is small otherwise"
    one.add_argument("--rows", type=_rows, choices=ROWS, default="auto", help=about)
    one.add_argument("--around", metavar="NAME", help="only what is near this node")
    one.add_argument("--depth", type=int, default=2, metavar="N", help="how near: edges away (default: 2)")
    one.add_argument("--between", nargs=2, metavar="NAME", help="only the paths from the first node to the second")
    one.add_argument("--theme", choices=tuple(THEMES), default="light", help="colours")
    one.add_argument("--engine", choices=("embedded", "dot"), default="embedded", help="dot: this machine's Graphviz")


def _add_shown(one: argparse.ArgumentParser) -> None:
    """The further options of a picture and of a page, SHOWN."""
    one.add_argument("--symbols", action="store_true", help="gradients as formulas too (needs SymPy)")
    about = "what stays while the rest is pale: a node; a leaf and all that it reaches; or a path's stations"
    one.add_argument("--highlight", nargs="+", metavar="NAME", help=about)
    about = "below the picture what was folded, or this text"
    one.add_argument("--caption", nargs="?", const=True, default=False, metavar="TEXT", help=about)


def _choices(choice: argparse.Namespace, output: Value) -> dict[str, Any]:
    """The arguments that these options are."""
    keys = ("style", "level", "theme", "engine", *PART, *SHOWN)
    options = {key: getattr(choice, key) for key in keys if hasattr(choice, key)}
    if choice.parameters:
        names = [] if choice.parameters == ["none"] else choice.parameters
        options["parameters"] = [find(topological(output), name) for name in names]
    return options


def _draw(choice: argparse.Namespace) -> None:
    name, output = result(choice)
    options = {**_choices(choice, output), **{key: getattr(choice, key) for key in SHEET}, "digits": choice.digits}
    if choice.as_graph:
        whole = {key: options[key] for key in options if key not in (*PART, "symbols", "highlight")}
        drawing = draw_backward(output, as_graph=True, order=choice.order, **whole)
    else:
        drawing = (draw_forward if choice.forward else draw)(output, direction=choice.direction, **options)
    path = drawing.save(choice.output or f"{name}.svg", choice.width, choice.dpi, choice.outlines)
    print(steps(output, choice.digits or 6))
    print(f"\nPicture: {path}")


def _add_outlines(parser: argparse.ArgumentParser) -> None:
    about = "of an SVG: letters as paths, for programs that lack the fonts"
    parser.add_argument("--outlines", action="store_true", help=about)


def add_frames(commands: Commands) -> None:
    one = command(commands, "frames", _frames, "write a picture for each step of both passes", f"{EXPRESSION} -o J.gif")
    add_output(one, "sequence", default="the name + .gif; a file a step: 'J-{:03}.svg'")
    _add_choices(one, "value")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of GIF, APNG, MP4 and PNG")
    about = "that a step stays in GIF, APNG and MP4"
    one.add_argument("--seconds", type=float, default=SECONDS, metavar="N", help=about)
    _add_outlines(one)


def _frames(choice: argparse.Namespace) -> None:
    name, output = result(choice)
    pictures = frames(output, digits=choice.digits or 4, **_choices(choice, output))
    paths = pictures.save(choice.output or f"{name}.gif", choice.width, choice.seconds, choice.outlines)
    print(*(f"{i}  {sentence}" for i, sentence in enumerate(pictures.sentences, 1)), sep="\n")
    print(f"\nPictures: {paths[0]}" + (f" … {paths[-1]}" if paths[1:] else ""))


def add_page(commands: Commands) -> None:
    one = command(commands, "page", _page, "write a page to step through in a browser", f"{EXPRESSION} -o J.html")
    add_output(one, "page", default="the name + .html")
    _add_choices(one, "auto")
    _add_shown(one)
    one.add_argument("--title", metavar="TEXT", help="the heading (default: the formula)")


def _page(choice: argparse.Namespace) -> None:
    name, output = result(choice)
    document = page(output, digits=choice.digits, title=choice.title, **_choices(choice, output))
    print(f"Page: {document.save(choice.output or f'{name}.html')}")


def add_playground(commands: Commands) -> None:
    example = '"#dataset=xor&networkShape=2" -o play.html'
    one = subcommand(commands, "playground", _playground, "write a page in which a small network learns", example)
    one.add_argument("link", nargs="?", default="", help='a link of TensorFlow\'s Playground, or its part from "#" on')
    one.add_argument("--data", metavar="FILE", help="your own data, a CSV file, in place of the link's data set")
    one.add_argument("--model", metavar="FILE", help="a saved model whose layers and weights the page begins with")
    one.add_argument("--title", default="Playground", metavar="TEXT", help="the heading (default: Playground)")
    add_output(one, "page", default="play.html")


def _playground(choice: argparse.Namespace) -> None:
    from viz import playground

    document = playground(choice.link, data=choice.data, model=choice.model, title=choice.title)
    print(f"Page: {document.save(choice.output or 'play.html')}")


def _inches(text: str) -> tuple[float, float]:
    try:
        width, height = map(float, text.lower().split("x"))
    except ValueError:
        message = f"{text!r} is not a size; write width and height in inches, such as 13.3x7.5"
        raise argparse.ArgumentTypeError(message) from None
    return width, height


def _aspect(text: str) -> float:
    try:
        width, height = map(float, text.split(":"))
        return width / height
    except (ValueError, ZeroDivisionError):
        message = f"{text!r} is not a shape; write width and height, such as 16:9"
        raise argparse.ArgumentTypeError(message) from None


def _rows(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _numbered(text: str) -> list[int]:
    try:
        return [int(number) for number in _listed(text) if number != "0"]
    except ValueError:
        message = f"{text!r} is no list of units; write their numbers, such as 2,5"
        raise argparse.ArgumentTypeError(message) from None


def add_network(commands: Commands) -> None:
    example = "3 4 4 1 -o net.svg, or: chalkgrad network model.npz --input 1 0 --numbers"
    one = subcommand(commands, "network", _network, "draw a neural network", example)
    about = "units of each layer, inputs first; or a saved model"
    one.add_argument("layers", nargs="+", metavar="SIZE|MODEL", help=about)
    add_output(one, "picture", default="network.svg")
    one.set_defaults(output="network.svg")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")
    _add_outlines(one)
    one.add_argument("--seed", type=int, metavar="N", help="give the layer sizes random weights by this seed")
    one.add_argument("--activation", metavar="NAME", help="of hidden layers, with --seed")
    one.add_argument("--input", nargs="+", type=float, metavar="X", help="a sample: show the activations")
    one.add_argument("--target", nargs="+", type=float, metavar="Y", help="show the loss's gradients too")
    one.add_argument("--loss", metavar="NAME", help="as nn.losses names it")
    about = "what lines are: gradients are those at the sample"
    one.add_argument("--show", choices=("weights", "gradients"), default="weights", help=about)
    one.add_argument("--caption", action="store_true", help="write below what is not drawn")
    one.add_argument("--fills", nargs="+", default=(), metavar="COLOUR", help="of each layer's circles, inputs first")
    about = "of the hidden units, for each layer a list as in edge,corner,h_3"
    one.add_argument("--hidden", nargs="+", type=_listed, default=(), metavar="NAMES", help=about)
    about = "units that dropout leaves out, from 1, for each hidden layer a list as in 2,5; or 0 for none"
    one.add_argument("--dropped", nargs="+", type=_numbered, default=(), metavar="UNITS", help=about)
    about = "stands before the inputs: an image, or the points of a CSV file"
    one.add_argument("--picture", metavar="FILE", help=about)
    one.add_argument("--theme", choices=tuple(THEMES), default="light", help="colours")
    one.add_argument("--transparent", action="store_true", help="no background")
    one.add_argument("--size", metavar="WxH", type=_inches, help="fit a page, in inches: 13.3x7.5")
    for field in fields(NetworkStyle):
        flag, about = "--" + field.name.replace("_", "-"), field.metadata["purpose"]
        if isinstance(field.default, bool):
            one.add_argument(flag, action=argparse.BooleanOptionalAction, default=field.default, help=about)
        elif field.name == "by_weight":
            one.add_argument(flag, nargs="*", default=field.default, metavar="WHAT", help=about)
        else:
            kind = field.metadata["kind"]
            legal = {"choices": field.metadata["choices"]} if field.metadata["choices"] else {"metavar": METAVARS[kind]}
            one.add_argument(flag, type=kind, default=field.default, help=about, **legal)


def _network(choice: argparse.Namespace) -> None:
    options = {field.name: getattr(choice, field.name) for field in fields(NetworkStyle)}
    options["by_weight"] = tuple(options["by_weight"])
    model: Any = choice.layers
    if all(word.isdecimal() for word in choice.layers):
        model = [int(word) for word in choice.layers]
        if choice.seed is not None:
            import nn

            activation = {} if choice.activation is None else {"activation": choice.activation}
            model = nn.MLP(model[0], model[1:], rng=choice.seed, **activation)
    elif len(choice.layers) == 1:
        model = choice.layers[0]
    options |= {
        key: getattr(choice, key)
        for key in ("loss", "show", "caption", "fills", "hidden", "dropped", "picture", "theme", "transparent", "size")
    }
    drawing = network(model, choice.input, choice.target, **options)
    path = drawing.save(choice.output, choice.width, outlines=choice.outlines)
    print(f"{drawing}\nPicture: {path}")


def add_descend(commands: Commands) -> None:
    example = '"x**2 + y**2" x=1.5 y=1.5 --optimizer adam,momentum -o paths.gif'
    one = command(commands, "descend", _descend, "follow a surface of two variables downhill", example)
    one.description = (
        "Follow a surface of two variables downhill; saddle, hills, plateau … are known by name. "
        "An .html is a page in which start, formula and the arguments of the optimisers can be changed."
    )
    about = "such as adam,momentum or adam=0.1,sgd; an unknown one lists all"
    one.add_argument("--optimizer", default="sgd", metavar="NAMES", help=about)
    about = "learning rate of those without one of their own (default: 0.01)"
    one.add_argument("--rate", type=float, default=0.01, metavar="RATE", help=about)
    one.add_argument("--steps", type=int, default=500, metavar="N", help="the most steps that are taken (default: 500)")
    about = "stop where both slopes are below it; 0 goes on (default: 0.01)"
    one.add_argument("--tolerance", type=float, default=1e-2, metavar="SLOPE", help=about)
    one.add_argument("--domain", type=float, nargs=4, metavar=("X0", "X1", "Y0", "Y1"), help="what the picture shows")
    add_output(one, "plot", "animation", "page", default="none")
    one.add_argument("--surface", metavar="FILE", help="draw the surface in three dimensions, with the paths on it")
    one.add_argument("--update", metavar="FILE", help="draw the first optimiser's own first step as a graph")


def _descend(choice: argparse.Namespace) -> None:
    from viz.descent import descend, relief, update
    from viz.plots import save

    start = {name: float(x) for name, x in assigned(choice.values).items()}
    chosen = choice.optimizer.split(",")
    domain = tuple(choice.domain) if choice.domain else None
    descent = descend(
        choice.expression, start or None, chosen, rate=choice.rate, steps=choice.steps,
        tolerance=choice.tolerance or None, domain=domain,
    )  # fmt: skip
    print(descent)
    if choice.output:
        is_page = choice.output.lower().endswith(endings("page"))
        print(f"\nPicture: {(descent.page() if is_page else descent).save(choice.output)}")
    if choice.surface:
        print(f"\nPicture: {save(relief(descent).figure, choice.surface)}")
    if choice.update:
        path = descent.paths[0]
        step = update(chosen[0], [path.gradients[0][0]], path.points[0][0], choice.rate)
        print(f"\nPicture: {draw_forward(step, level='named', digits=choice.digits or 4).save(choice.update)}")
