"""The subcommand network: a diagram of a model or of layer sizes; its options are the fields of NetworkStyle."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from viz import NetworkStyle, network
from viz.commands.expressions import add_output
from viz.networks.network import random_network

if TYPE_CHECKING:
    from viz.commands.expressions import Commands


def add_network(commands: Commands) -> None:
    """The arguments of `chalkgrad network`."""
    example = "example: chalkgrad network 3 4 4 1 -o net.svg, or: chalkgrad network model.npz --input 1 0 --numbers"
    purpose = "draw a neural network"
    one = commands.add_parser("network", help=purpose, description=f"{purpose.capitalize()}.", epilog=example)
    one.add_argument(
        "layers", nargs="+", metavar="SIZE|MODEL", help="units of each layer, inputs first; or a saved model"
    )
    add_output(one, "picture", default="network.svg")
    one.set_defaults(run=_network, output="network.svg")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")
    one.add_argument("--seed", type=int, metavar="N", help="give the layer sizes random weights by this seed")
    one.add_argument("--activation", metavar="NAME", help="of hidden layers, with --seed")
    one.add_argument("--input", nargs="+", type=float, metavar="X", help="a sample: show the activations")
    one.add_argument("--target", nargs="+", type=float, metavar="Y", help="show the loss's gradients too")
    one.add_argument("--loss", metavar="NAME", help="as nn.losses names it")
    for field in fields(NetworkStyle):
        flag, about = "--" + field.name.replace("_", "-"), field.metadata["purpose"]
        if isinstance(field.default, bool):
            one.add_argument(flag, action=argparse.BooleanOptionalAction, default=field.default, help=about)
        elif field.name == "by_weight":
            one.add_argument(flag, nargs="*", default=field.default, metavar="WHAT", help=about)
        else:
            kind = str if field.metadata["choices"] or not field.metadata["most"] else type(field.default or 0.0)
            choices = field.metadata["choices"] or None
            one.add_argument(flag, type=kind, choices=choices, default=field.default, help=about)


def _network(choice: argparse.Namespace) -> None:
    options = {field.name: getattr(choice, field.name) for field in fields(NetworkStyle)}
    options["by_weight"] = tuple(options["by_weight"])
    model: Any = choice.layers
    if all(word.isdecimal() for word in choice.layers):
        model = [int(word) for word in choice.layers]
        if choice.seed is not None:
            model = random_network(model, choice.activation, choice.seed)
    elif len(choice.layers) == 1:
        model = choice.layers[0]
    drawing = network(model, choice.input, choice.target, loss=choice.loss, **options)
    path = drawing.save(choice.output, width=choice.width)
    print(f"{drawing}\nPicture: {path}")
